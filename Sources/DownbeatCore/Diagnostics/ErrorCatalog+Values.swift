// What is wrong with values, and warnings.
extension ErrorCatalog {
    /// Values.
    static let valueEntries: [Entry] = [
        Entry(
            .unknownWord,
            "not one of the words",
            """
            The key takes one word of a closed list.
            """,
            """
            overlap: skip
            """
        ),
        Entry(
            .notAnInteger,
            "not a whole number",
            """
            Whole numbers are decimal digits without a leading zero: YAML reads `010` as 8.
            """,
            """
            retry: { times: 3 }
            """
        ),
        Entry(
            .numberOutOfRange,
            "a number out of range",
            """
            The message names the range.
            """,
            """
            success_codes: [0, 3]
            """
        ),
        Entry(
            .notAPercentage,
            "not a percentage",
            """
            Shares are written with `%`.
            """,
            """
            retry: { jitter: 10% }
            """
        ),
        Entry(
            .notADecimal,
            "not a decimal number",
            """
            Write digits, with one point if needed.
            """,
            """
            retry: { factor: 1.5 }
            """
        ),
        Entry(
            .commandNotAList,
            "a command as one text",
            """
            A command is a list, so that no quoting rules are needed; for a line of shell there
            is `shell`.
            """,
            """
            command: [tar, -czf, logs.tgz, logs]
            shell: tar -czf logs.tgz logs | cat
            """
        ),
        Entry(
            .emptyValue,
            "an empty value",
            """
            The text or list is empty.
            """,
            """
            command: [date]
            """
        ),
        Entry(
            .unknownPlaceholder,
            "an unknown placeholder",
            """
            There are `{{due}}`, `{{due_utc}}`, `{{due.date}}`, `{{schedule}}`, `{{run_id}}`,
            `{{attempt}}` and `{{last_ok}}`. For a literal `{{` write `{{{{`.
            """,
            """
            command: [sync, --since, "{{last_ok}}"]
            """
        ),
        Entry(
            .laterPlaceholder,
            "a placeholder of a later version",
            """
            `{{window.start}}` and `{{window.end}}` are not in this version.
            """,
            """
            command: [sync, --day, "{{due.date}}"]
            """
        ),
        Entry(
            .unclosedPlaceholder,
            "a placeholder is not closed",
            """
            `{{` opens a placeholder and `}}` closes it. For a literal `{{` write `{{{{`.
            """,
            """
            command: [echo, "{{due}}"]
            """
        ),
        Entry(
            .unsetVariable,
            "a variable that is not set",
            """
            `${NAME}` takes the variable from the environment of the program that reads the
            file. Give a default if it may be missing.
            """,
            """
            timeout: ${BACKUP_TIMEOUT:-10m}
            """
        ),
        Entry(
            .badSubstitution,
            "not a variable",
            """
            `${NAME}` and `${NAME:-default}` are read, and `$$` is a `$`.
            """,
            """
            env: { PRICE: "$$5" }
            """
        ),
        Entry(
            .undeclaredSecret,
            "an undeclared secret",
            """
            A secret is declared under `secrets`, which says where its value comes from.
            """,
            """
            secrets: { TOKEN: { env: APP_TOKEN } }
            """
        ),
        Entry(
            .partialSecret,
            "a secret inside a text",
            """
            `secret:NAME` is the whole value of a variable under `env`. Arguments can be read by
            every user of the machine.
            """,
            """
            env: { TOKEN: secret:TOKEN }
            """
        ),
        Entry(
            .badSecretSource,
            "a secret without a source",
            """
            A secret takes one of `env` and `file`; its value never stands in the file.
            """,
            """
            secrets:
              TOKEN: { env: APP_TOKEN }
              KEY: { file: /run/secrets/key }
            """
        ),
        Entry(
            .badVariableName,
            "not the name of a variable",
            """
            Names have letters, digits and `_`, and do not begin with a digit. `DOWNBEAT_` is
            taken.
            """,
            """
            env: { LOG_LEVEL: debug }
            """
        ),
        Entry(
            .homeFolder,
            "`~` in a path",
            """
            The daemon may run as another user, with another home.
            """,
            """
            cwd: /home/app/data
            """
        ),
        Entry(
            .nulCharacter,
            "a NUL character",
            """
            Arguments, variables and paths cannot hold NUL.
            """,
            """
            command: [printf, "a b"]
            """
        ),
        Entry(
            .badUser,
            "not a user",
            """
            `user` takes the name of a user of this machine, without a group.
            """,
            """
            user: app
            """
        ),
        Entry(
            .unknownZone,
            "an unknown time zone",
            """
            Zones have the names of the IANA data: `Asia/Shanghai`, `America/New_York`, `UTC`.
            The zone of the machine cannot be named.
            """,
            """
            timezone: Asia/Shanghai
            """
        ),
        Entry(
            .zoneAbbreviation,
            "an abbreviation of a zone",
            """
            `CST` is Shanghai, Chicago and Havana. Name the place.
            """,
            """
            timezone: Asia/Shanghai
            """
        ),
        Entry(
            .zoneData,
            "no zone data",
            """
            The rules of time zones come from the package tzdata of the system.
            """,
            """
            apt-get install tzdata
            """
        ),
        Entry(
            .zeroDuration,
            "a duration of nothing",
            """
            The duration must be longer than nothing; `none` for `timeout` and `expires` undoes
            an inherited one.
            """,
            """
            timeout: none
            """
        ),
        Entry(
            .inputTooLong,
            "a standard input that is too long",
            """
            What stands under `stdin` is stored with each definition, so it is bounded to 64 KiB.
            Longer texts belong in a file that the command reads.
            """,
            """
            shell: mail -s report ops < report.txt
            """
        ),
        Entry(
            .badExcludePattern,
            "no pattern of names",
            """
            `*` stands for any characters but `/`, `**` for any at all, `?` for one, `[a-z]` for one
            of a set. A pattern that begins with `/` counts from the folder, one that ends with `/`
            is for folders.
            """,
            """
            exclude: ["*.tmp", "cache/", "/build"]
            """
        ),
    ]

    /// Warnings.
    static let warningEntries: [Entry] = [
        Entry(
            .groupWritable,
            "the group may write the file",
            """
            Members of the group can run commands with the rights of the daemon.
            """,
            """
            chmod g-w schedules/app.yaml
            """
        ),
        Entry(
            .noSchedules,
            "no schedules",
            """
            The files are valid and hold no schedule.
            """,
            """
            schedules:
              hello: { every: 1m, command: [echo, hello] }
            """
        ),
        Entry(
            TextErrorCode.stepBeyondRange,
            "a step beyond the range",
            """
            `*/90` in the minutes matches minute 0 only.
            """,
            """
            cron: "0 * * * *"
            """
        ),
        Entry(
            TextErrorCode.starRule,
            "the star rule",
            """
            When a day field begins with `*`, both day fields must match. Some programs look at
            the whole field instead.
            """,
            """
            cron: "0 9 1-31/2 * mon"
            """
        ),
        Entry(
            TextErrorCode.eitherDay,
            "both day fields are set",
            """
            Then either one matches, as in every cron. `+` before the weekdays asks for both.
            """,
            """
            cron: "0 9 1-7 * +mon"
            """
        ),
        Entry(
            TextErrorCode.everyMinuteOfHour,
            "every minute of an hour",
            """
            `* 2 * * *` runs 60 times between 02:00 and 02:59.
            """,
            """
            cron: "0 2 * * *"
            """
        ),
        Entry(
            TextErrorCode.minuteLeftOut,
            "the minute is left out",
            """
            In the map of Celery a field that is left out is `*`.
            """,
            """
            crontab: { minute: "0", hour: "7" }
            """
        ),
        Entry(
            TextErrorCode.otherWeekday,
            "a weekday number that Quartz reads as another day",
            """
            Six fields with `?` look like Quartz, where 1 is Sunday. Without `dialect` 1 is Monday, as
            in every crontab. Say whose text it is, or write a name.
            """,
            """
            dialect: quartz
            cron: "0 0 12 ? * 2"
            """
        ),
        Entry(
            TextErrorCode.longPeriod,
            "an interval whose times of day move",
            """
            Intervals count hours. In a zone whose clocks change, one of a day, or of 12 hours,
            fires an hour earlier or later on the wall after each change.
            """,
            """
            at: "02:30"
            """
        ),
        Entry(
            .pastInstant,
            "the time has passed",
            """
            The schedule fires no more. That is no error: a file does not become invalid as time
            passes.
            """,
            """
            once: 2030-01-31 08:00
            """
        ),
        Entry(
            .literalSecret,
            "a value that looks like a secret",
            """
            It would be stored with each run. Declare it and name it.
            """,
            """
            secrets: { TOKEN: { env: APP_TOKEN } }
            """
        ),
        Entry(
            .shellSyntax,
            "shell syntax in a list",
            """
            A command has no shell: `|` and `>` are passed to the program.
            """,
            """
            shell: date > now.txt
            """
        ),
        Entry(
            .placeholderInInput,
            "a placeholder in `stdin`",
            """
            What stands in `stdin` reaches the command as it is: `{{due}}` is replaced in `command` and
            `env` only. The command has `DOWNBEAT_SLOT` and the others in its environment.
            """,
            """
            command: [mail, -s, "report of {{due.date}}", ops]
            """
        ),
        Entry(
            .rarelyFires,
            "less than once a year",
            """
            The rule is right and fires seldom, such as on 29 February.
            """,
            """
            cron: "0 0 1 3 *"
            """
        ),
        Entry(
            .duplicateRule,
            "a rule that is there twice",
            """
            Rules of one list that fire at the same times make one run, not two. One of them was
            likely meant otherwise.
            """,
            """
            cron: ["0 4 * * *", "0 16 * * sat,sun"]
            """
        ),
        Entry(
            .timeDoesNotExist,
            "a time that the clock jumps over",
            """
            On that day clocks go forward over the time. The schedule fires once, at the first
            instant after the gap.
            """,
            """
            at: "04:30"
            """
        ),
    ]
}
