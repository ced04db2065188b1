// What is wrong with keys, names and shapes.
extension ErrorCatalog {
    /// Keys, names, shapes.
    static let keyEntries: [Entry] = [
        Entry(
            .unknownKey,
            "an unknown key",
            """
            A key that means nothing is an error, since a mistyped key would change nothing and
            nobody would notice. Keys that begin with `x-` are free.
            """,
            """
            timezone: Asia/Shanghai
            """
        ),
        Entry(
            .laterKey,
            "a key of a later version",
            """
            The key is part of the file format, but this version does not act on it.
            """,
            """
            x-jitter: 20s
            """
        ),
        Entry(
            .duplicate,
            "defined twice",
            """
            A key, and a schedule across all files, is defined once. Both places are shown.
            """,
            """
            nightly-backup:
              at: "02:30"
            """
        ),
        Entry(
            .notABoolean,
            "neither true nor false",
            """
            YAML versions disagree on `yes`, `no`, `on` and `off`, so only `true` and `false`
            are read; in quotes they are text.
            """,
            """
            enabled: false
            """
        ),
        Entry(
            .misplacedKey,
            "a key in the wrong place",
            """
            The key exists and belongs elsewhere; the message says where.
            """,
            """
            retry: { times: 2, wait: 30s }
            """
        ),
        Entry(
            .namesDifferByCase,
            "names that differ by case",
            """
            Two schedules such as `Backup` and `backup` are mistaken for one another.
            """,
            """
            backup:
            backup-weekly:
            """
        ),
        Entry(
            .badName,
            "not a name",
            """
            Names have 1 to 64 letters of any script, digits, `-`, `_` and `.`, and do not begin
            with `-`.
            """,
            """
            nightly-backup:
            每日备份:
            """
        ),
        Entry(
            .foreignKey,
            "a key of another tool",
            """
            Other schedulers call it so; the message names the key of this format.
            """,
            """
            command: [backup, --all]
            """
        ),
        Entry(
            .badMerge,
            "a merge of something else than a map",
            """
            `<<` takes the entries of a map, or of a list of maps.
            """,
            """
            x-base: &base { timeout: 5m }
            hello: { <<: *base, every: 1m, command: [date] }
            """
        ),
        Entry(
            .wrongShape,
            "a value of the wrong shape",
            """
            The key takes a text, a list or a map, and something else stands there.
            """,
            """
            tags: [backup, nightly]
            """
        ),
        Entry(
            .severalServiceFiles,
            "settings of the service in two files",
            """
            `state`, `queues`, `drain` and `secrets` stand in one file, by custom
            `downbeat.yaml`.
            """,
            """
            queues: { default: 2, backup: 1 }
            """
        ),
        Entry(
            .formatVersion,
            "another format version",
            """
            This version of Downbeat reads files of format version 1.
            """,
            """
            version: 1
            """
        ),
        Entry(
            .tooManySchedules,
            "too many schedules",
            """
            A service has at most 100,000 schedules.
            """,
            """
            downbeat check
            """
        ),
        Entry(
            .noValue,
            "a key without a value",
            """
            The key stands there and nothing behind it. Write a value, or remove the key.
            """,
            """
            timeout: 10m
            """
        ),
    ]

    /// What does not fit together.
    static let crossEntries: [Entry] = [
        Entry(
            .neverFires,
            "a rule that never fires",
            """
            No date of any year matches the rule, or none between `from` and `until`.
            """,
            """
            at: "00:00"
            days: last
            """
        ),
        Entry(
            .emptyBounds,
            "`until` is not after `from`",
            """
            `from` is inclusive and `until` exclusive, except that a bare date as `until`
            includes that day.
            """,
            """
            from: 2027-01-01
            until: 2027-12-31
            """
        ),
        Entry(
            .unlistedQueue,
            "an unlisted queue",
            """
            Queues are listed under `queues` with the number of runs at once; `default` is
            always there.
            """,
            """
            queues: { default: 2, backup: 1 }
            """
        ),
        Entry(
            .catchUpOverlap,
            "`catch_up: all` against `overlap`",
            """
            Slots that are caught up fall due together. An `overlap` that drops or replaces
            waiting runs would lose them again.
            """,
            """
            catch_up: all
            overlap: queue_all
            """
        ),
        Entry(
            .retryAtMostOnce,
            "`retry` against `delivery: at_most_once`",
            """
            At most one attempt of such a run may ever start, so a failed one is not repeated.
            """,
            """
            delivery: at_most_once
            retry: { times: 0 }
            """
        ),
        Entry(
            .renamedFromExisting,
            "the old name still exists",
            """
            `renamed_from` takes over the history of a schedule that is gone.
            """,
            """
            renamed_from: old-name
            """
        ),
        Entry(
            .renamedFromItself,
            "renamed from itself",
            """
            `renamed_from` names another schedule.
            """,
            """
            renamed_from: old-name
            """
        ),
        Entry(
            .renamedTwice,
            "renamed twice",
            """
            The history of one schedule goes to one schedule.
            """,
            """
            renamed_from: old-name
            """
        ),
        Entry(
            .companionMissing,
            "a key without its companion",
            """
            `days` goes with `at`, `anchor` with `every`, and `stdin` with `command` or `shell`.
            `dst_gap` and `dst_overlap` go with `cron`, `crontab` or `at`: intervals and instants
            know no changes of the clock.
            """,
            """
            at: "09:00"
            days: mon-fri
            """
        ),
        Entry(
            .keepBounds,
            "`at_least` above `at_most`",
            """
            `at_least` runs stay even when old, and runs above `at_most` go even when young.
            """,
            """
            keep: { at_most: 1000, at_least: 20 }
            """
        ),
        Entry(
            .noTrigger,
            "no trigger",
            """
            A schedule has one of `cron`, `crontab`, `at`, `every`, `once`.
            """,
            """
            every: 10m
            """
        ),
        Entry(
            .severalTriggers,
            "several triggers",
            """
            A schedule has one trigger; `cron` and `at` take lists.
            """,
            """
            cron: ["0 4 * * *", "0 16 * * sat,sun"]
            """
        ),
        Entry(
            .noAction,
            "no action",
            """
            A schedule has one action: `command`, `shell`, or a built-in, `backup` or `log_stats`.
            """,
            """
            command: [date]
            """
        ),
        Entry(
            .severalActions,
            "several actions",
            """
            A schedule has one action.
            """,
            """
            shell: date && uptime
            """
        ),
        Entry(
            .commandKeyOnly,
            "a key of commands beside a built-in",
            """
            `cwd` and `success_codes` are for `command` and `shell`. Paths of a built-in count from
            the folder of the schedule file, and it says itself whether it succeeded. Inherited from
            `defaults`, the keys do no harm.
            """,
            """
            command: [./report]
            cwd: /srv/app
            """
        ),
        Entry(
            .keyMissing,
            "a map without a key that it needs",
            """
            Some maps say nothing without certain keys: `log_stats` needs `files`, `format` and
            `window`, `format: json` needs `fields`, and `format: pattern` needs `pattern`.
            """,
            """
            log_stats:
              files: ["/var/log/nginx/access.log*"]
              format: combined
              window: previous_hour
            """
        ),
        Entry(
            .logStatsValue,
            "a value of `log_stats` that does not fit",
            """
            Lines are grouped by what they carry: `common` has no user agent, `json` has what `fields`
            names, and a pattern what its groups are named after. A pattern is a regular expression
            that fits a line from its beginning, and to its end if it ends with `$`; a part is named
            as in `(?<status>\\d+)`. Each kind of line needs its `time`.
            """,
            """
            log_stats:
              files: ["/srv/app/access.log*"]
              format: pattern
              pattern: '(?<client>\\S+) \\[(?<time>[^\\]]+)\\] (?<status>\\d+) (?<latency>[\\d.]+)'
              window: since_last
              group_by: [status]
            """
        ),
        Entry(
            .sideBySide,
            "runs side by side that must follow one another",
            """
            With `window: since_last` each run goes on where the one before it ended. Two at once would
            count the same lines twice, so `overlap: allow` is refused. Inherited from `defaults` it
            becomes `skip`.
            """,
            """
            overlap: skip
            log_stats:
              files: ["/var/log/nginx/access.log*"]
              format: combined
              window: since_last
            """
        ),
        Entry(
            .backupIncomplete,
            "a backup without a source or a place",
            """
            `backup` needs what to save, `sqlite` (a database file) or `directory` (a folder), and
            `to`, the folder of the copies. Paths count from the folder of the schedule file.
            """,
            """
            backup: { sqlite: /srv/app/app.db, to: /srv/backup/app }
            """
        ),
        Entry(
            .severalSources,
            "several sources of one backup",
            """
            A backup saves one database or one folder. Two schedules may share the folder `to`: each
            lists and lets go its own copies alone.
            """,
            """
            backup: { directory: /srv/app, to: /srv/backup/app }
            """
        ),
        Entry(
            .backupOntoItself,
            "a backup into what it saves",
            """
            The folder of the copies is the folder that is saved. A folder inside of it may be: it
            is left out by itself.
            """,
            """
            backup: { directory: /srv/app, to: /srv/backup/app }
            """
        ),
        Entry(
            .programMissing,
            "a program that is not installed",
            """
            Folders are archived by `tar`, copies are packed by `zstd` (the default) or `gzip`. A
            backup that cannot start must not be found out about at night. `compress: none` needs no
            program.
            """,
            """
            backup: { sqlite: app.db, to: backups, compress: gzip }
            """
        ),
    ]
}
