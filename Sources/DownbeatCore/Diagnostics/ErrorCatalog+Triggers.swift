// What is wrong in the texts of triggers.
extension ErrorCatalog {
    /// Cron rules, times, days, durations, instants.
    static let triggerEntries: [Entry] = [
        Entry(
            TextErrorCode.fieldCount,
            "not five to seven fields",
            """
            A cron rule has five fields: minute, hour, day of month, month, day of week. A sixth
            stands first and is the second; a seventh stands last and is the year.
            """,
            """
            cron: "30 2 * * *"
            """
        ),
        Entry(
            TextErrorCode.extraField,
            "a field too many",
            """
            Six fields begin with the second. What ends in a year is in the order of EventBridge
            or Quartz, and what ends in a name is a line of /etc/crontab.
            """,
            """
            cron: "0 30 2 * * * 2027"
            """
        ),
        Entry(
            TextErrorCode.badValue,
            "not a value of the field",
            """
            The field takes numbers, names, `*`, ranges, lists and steps. Days of the month also
            take `L`, `LW` and `15W`, days of the week `5#2` and `5L`.
            """,
            """
            cron: "0 9 * * fri#2"
            """
        ),
        Entry(
            TextErrorCode.outOfRange,
            "out of range",
            """
            Seconds and minutes are 0-59, hours 0-23, days 1-31, months 1-12, weekdays 0-7, years
            1970-2199. Midnight is hour 0.
            """,
            """
            cron: "0 0 * * *"
            """
        ),
        Entry(
            TextErrorCode.backwardsRange,
            "a range that runs backwards",
            """
            Some programs wrap such a range and some never fire. Write its two halves.
            """,
            """
            cron: "0 22-23,0-2 * * *"
            """
        ),
        Entry(
            TextErrorCode.badStep,
            "not a step",
            """
            A step is a number above 0 behind `/`.
            """,
            """
            cron: "*/5 * * * *"
            """
        ),
        Entry(
            TextErrorCode.stepWithoutRange,
            "a step behind a single value",
            """
            `5/15` means different things to different programs. Write the range.
            """,
            """
            cron: "5-59/15 * * * *"
            """
        ),
        Entry(
            TextErrorCode.emptyItem,
            "an empty item of a list",
            """
            A comma has a value on both sides.
            """,
            """
            cron: "0,30 * * * *"
            """
        ),
        Entry(
            TextErrorCode.badName,
            "not a name of this field",
            """
            Weekdays are `sun` to `sat`, months `jan` to `dec`; each stands in its own field.
            """,
            """
            cron: "0 9 * jan mon"
            """
        ),
        Entry(
            TextErrorCode.badRange,
            "not a range",
            """
            A range has a value on both sides of `-`.
            """,
            """
            cron: "0 9-17 * * *"
            """
        ),
        Entry(
            TextErrorCode.badNickname,
            "not a nickname",
            """
            There are `@hourly`, `@daily`, `@midnight`, `@weekly`, `@monthly`, `@yearly`,
            `@annually` and `@every`, in lower case.
            """,
            """
            cron: "@daily"
            """
        ),
        Entry(
            TextErrorCode.reboot,
            "`@reboot` has no time",
            """
            A schedule fires at times, and a start of the machine is none. Let systemd run it.
            """,
            """
            systemctl enable my-task.service
            """
        ),
        Entry(
            TextErrorCode.zoneInExpression,
            "a zone in the expression",
            """
            The zone of a schedule stands in its own key.
            """,
            """
            timezone: America/New_York
            cron: "0 9 * * *"
            """
        ),
        Entry(
            TextErrorCode.otherDialect,
            "syntax of another scheduler",
            """
            The expression is of another program, which reads some fields differently. The key
            `dialect` has the texts of Celery, Quartz, robfig/cron (Kubernetes), EventBridge and
            systemd translated.
            """,
            """
            dialect: systemd
            cron: "Mon..Fri 12:00"
            """
        ),
        Entry(
            TextErrorCode.dialectFields,
            "not the fields of the dialect",
            """
            `dialect` says whose text stands behind `cron`: `celery` and `robfig` (`k8s`) have five
            fields, `quartz` six or seven with the second first, `eventbridge` six with the year last,
            `systemd` a weekday, a date and a time. Leave the key out for cron's own form.
            """,
            """
            dialect: quartz
            cron: "0 30 2 ? * MON-FRI"
            """
        ),
        Entry(
            TextErrorCode.openDay,
            "`?` in none or both of the day fields",
            """
            Quartz and EventBridge combine no two day fields: one restricts, the other is `?`. To have
            either of two, write a list of two expressions; to have both at once, cron's own form with
            `+` before the weekday.
            """,
            """
            dialect: quartz
            cron: ["0 0 12 1 * ?", "0 0 12 ? * MON"]
            """
        ),
        Entry(
            TextErrorCode.dialectModifier,
            "`L`, `W` or `#` that the dialect does not take",
            """
            Quartz takes `L`, `LW`, `L-3` and `15W` as the only day of the month, `6L` and `6#3` as the
            only weekday. EventBridge has no `L-3`.
            """,
            """
            dialect: quartz
            cron: "0 0 12 L-3 * ?"
            """
        ),
        Entry(
            TextErrorCode.dialectForm,
            "outside of what is read of the dialect",
            """
            The times of a schedule are whole seconds on the calendar of its own zone. Parts of a
            second and seconds since the epoch are not translated.
            """,
            """
            dialect: systemd
            cron: "Mon..Fri *-*-* 08:00"
            """
        ),
        Entry(
            TextErrorCode.badCharacter,
            "a character that no field has",
            """
            Often a dash or an asterisk that a word processor has replaced.
            """,
            """
            cron: "0 9-17 * * *"
            """
        ),
        Entry(
            TextErrorCode.accidentalForm,
            "Celery takes it by accident",
            """
            Celery reads the text, and not as it looks. Write what it means.
            """,
            """
            crontab: { minute: "0", day_of_week: "mon,tue" }
            """
        ),
        Entry(
            TextErrorCode.badTimeOfDay,
            "not a time of day",
            """
            Times are `HH:MM` or `HH:MM:SS` on a 24-hour clock.
            """,
            """
            at: "02:30"
            """
        ),
        Entry(
            TextErrorCode.midnightAs24,
            "midnight as 24:00",
            """
            `24:00` may mean the beginning or the end of a day; 00:00 begins one.
            """,
            """
            at: "00:00"
            """
        ),
        Entry(
            TextErrorCode.badDay,
            "not a day",
            """
            Days are `mon` to `sun`, 1 to 31, `last`, `weekdays`, ranges of them, and one weekday of
            the month: `1st mon` to `5th mon`, `last fri`.
            """,
            """
            days: [1st mon, 15, last]
            """
        ),
        Entry(
            TextErrorCode.backwardsDays,
            "days that run backwards",
            """
            Write the two halves of the range.
            """,
            """
            days: [fri, sat, sun, mon]
            """
        ),
        Entry(
            TextErrorCode.badDuration,
            "not a duration",
            """
            Durations are numbers with `ms`, `s`, `m`, `h`, `d`, `w`, the larger unit first, or
            ISO 8601.
            """,
            """
            timeout: 1h30m
            """
        ),
        Entry(
            TextErrorCode.durationWithoutUnit,
            "a number without a unit",
            """
            10 what? Seconds and minutes are both common elsewhere, so the unit must be written.
            """,
            """
            timeout: 10m
            """
        ),
        Entry(
            TextErrorCode.negativeDuration,
            "a negative duration",
            """
            Time does not run backwards.
            """,
            """
            timeout: 10m
            """
        ),
        Entry(
            TextErrorCode.shortPeriod,
            "an interval below one second",
            """
            The smallest interval is one second.
            """,
            """
            every: 1s
            """
        ),
        Entry(
            TextErrorCode.longDuration,
            "a very long duration",
            """
            A duration is at most 100 years.
            """,
            """
            keep: { runs: 90d }
            """
        ),
        Entry(
            TextErrorCode.badInstant,
            "not a date and time",
            """
            Write a date, a local date and time, or RFC 3339 with an offset.
            """,
            """
            once: 2027-01-31 08:00
            until: 2027-12-31
            from: 2027-01-01T00:00:00+08:00
            """
        ),
        Entry(
            TextErrorCode.noSuchDate,
            "a date that does not exist",
            """
            The month does not have this day, or the clock not this time.
            """,
            """
            until: 2027-02-28
            """
        ),
        Entry(
            TextErrorCode.missingOffset,
            "an instant without an offset",
            """
            Without an offset the instant depends on a zone that is not known here.
            """,
            """
            anchor: 2027-01-01T00:00:00+08:00
            """
        ),
        Entry(
            TextErrorCode.missingTime,
            "a date without a time",
            """
            `once` fires at an instant and `anchor` counts from one, so a date alone is not enough.
            """,
            """
            once: 2027-01-31 08:00
            """
        ),
    ]
}
