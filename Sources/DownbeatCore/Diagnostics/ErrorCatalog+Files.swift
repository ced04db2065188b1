// What is wrong with files and YAML.
extension ErrorCatalog {
    /// The file itself.
    static let fileEntries: [Entry] = [
        Entry(
            .missingPath,
            "no such file or folder",
            """
            The path for the schedule files does not exist. Without `--config` and
            `DOWNBEAT_CONFIG` the folder `schedules` in the working directory is read.
            """,
            """
            downbeat init
            downbeat check --config /etc/downbeat
            """
        ),
        Entry(
            .notAFile,
            "not a file",
            """
            A name that ends in `.yaml` belongs to a folder, a pipe, a socket or a device. Only
            plain files are read.
            """,
            """
            mv schedules/old.yaml schedules/old
            """
        ),
        Entry(
            .unreadableFile,
            "a file cannot be read",
            """
            The system refused to open or read the file; the message holds its words.
            """,
            """
            chmod u+r schedules/app.yaml
            """
        ),
        Entry(
            .fileTooLarge,
            "the file is too large",
            """
            A schedule file has at most 4 MiB. Split it: all files of a folder are read as one
            configuration.
            """,
            """
            schedules/a.yaml
            schedules/b.yaml
            """
        ),
        Entry(
            .invalidUTF8,
            "not valid UTF-8",
            """
            Schedule files are UTF-8, with or without a byte order mark. The place named is the
            first byte that is wrong.
            """,
            """
            iconv -f GB18030 -t UTF-8 old.yaml > new.yaml
            """
        ),
        Entry(
            .controlCharacter,
            "a control character",
            """
            YAML allows tab and line ends and no other control characters. Write them as escapes
            in double quotes.
            """,
            """
            description: "bell \\a"
            """
        ),
        Entry(
            .worldWritable,
            "everybody may write the file",
            """
            Whoever may write a schedule file runs commands with the rights of the daemon, so
            such a file or folder is not read.
            """,
            """
            chmod o-w schedules schedules/app.yaml
            """
        ),
        Entry(
            .untrustedOwner,
            "the file belongs to another user",
            """
            As root, Downbeat reads files of root, of the user who called sudo, and of the owner
            of the folder.
            """,
            """
            chown root schedules/app.yaml
            """
        ),
        Entry(
            .emptyFolder,
            "no schedule files in the folder",
            """
            The folder holds no file whose name ends in `.yaml` or `.yml`; hidden files do not
            count.
            """,
            """
            downbeat init
            """
        ),
        Entry(
            .tooManyFiles,
            "too many files",
            """
            At most 10,000 files of one folder are read; more mean a wrong folder.
            """,
            """
            downbeat check --config schedules
            """
        ),
        Entry(
            .tooManyProblems,
            "too many problems",
            """
            At most 1,000 problems are shown; often one mistake is behind many of them.
            """,
            """
            downbeat check
            """
        ),
    ]

    /// YAML.
    static let yamlEntries: [Entry] = [
        Entry(
            .unquotedStar,
            "an unquoted `*`",
            """
            YAML reads a `*` at the beginning of a value as the use of an anchor. Put the rule
            in quotes.
            """,
            """
            cron: "*/5 * * * *"
            """
        ),
        Entry(
            .tab,
            "a tab in the indentation",
            """
            YAML is indented with spaces. Set the editor to write spaces.
            """,
            """
            schedules:
              hello:
                every: 1m
            """
        ),
        Entry(
            .indentation,
            "wrong indentation",
            """
            All keys of a map begin in one column.
            """,
            """
            hello:
              every: 1m
              timeout: 10s
            """
        ),
        Entry(
            .syntax,
            "not YAML",
            """
            The text is not valid YAML; the message holds the words of the YAML library.
            """,
            """
            schedules:
              hello:
                every: 1m
                command: [echo, hello]
            """
        ),
        Entry(
            .undefinedAlias,
            "an alias without an anchor",
            """
            `*name` repeats a value that is marked with `&name` earlier in the same file.
            """,
            """
            x-retry: &patient { times: 5 }
            retry: *patient
            """
        ),
        Entry(
            .aliasExpansion,
            "aliases expand to too much",
            """
            Aliases of aliases can multiply without end. A file may grow by 100,000 entries
            through aliases.
            """,
            """
            defaults: { timeout: 10m }
            """
        ),
        Entry(
            .nesting,
            "nested too deep",
            """
            Maps and lists may stand 64 deep in one another; no key needs more than six.
            """,
            """
            env: { MODE: fast }
            """
        ),
        Entry(
            .severalDocuments,
            "a second document",
            """
            A file holds one YAML document. Write what follows `---` to a file of its own.
            """,
            """
            schedules/a.yaml
            schedules/b.yaml
            """
        ),
        Entry(
            .nonScalarKey,
            "a key that is not text",
            """
            A key is plain or quoted text: no list, no map, no alias.
            """,
            """
            hello: { every: 1m, command: [echo, hello] }
            """
        ),
        Entry(
            .tag,
            "a YAML tag",
            """
            Tags such as `!vault` or `!!binary` change the meaning of a value in other programs
            and have none here.
            """,
            """
            env: { TOKEN: secret:TOKEN }
            """
        ),
        Entry(
            .unclosedQuote,
            "a quote is not closed",
            """
            A text that begins with a quote ends with the same quote.
            """,
            """
            description: "nightly backup"
            """
        ),
        Entry(
            .colonInText,
            "`: ` in unquoted text",
            """
            A colon and a blank begin a value. Put a text that has them in quotes.
            """,
            """
            description: "note: runs at night"
            """
        ),
        Entry(
            .reservedCharacter,
            "a character that YAML keeps",
            """
            Unquoted values cannot begin with `@`, a backquote or `%`.
            """,
            """
            cron: "@daily"
            """
        ),
        Entry(
            .unclosedBracket,
            "a bracket is not closed",
            """
            A list ends with `]`, a map in braces with `}`, and commas stand between entries.
            """,
            """
            command: [tar, -czf, logs.tgz, logs]
            """
        ),
        Entry(
            .missingColon,
            "a key without a colon",
            """
            After a key come a colon and a blank.
            """,
            """
            timeout: 10m
            """
        ),
    ]
}
