extension ErrorCatalog {
    /// Calendars: their definitions, their files, and the schedules that use them.
    static let calendarEntries: [Entry] = [
        Entry(
            .unknownCalendar,
            "an unknown calendar",
            """
            A schedule and an operation name calendars of `calendars:` or built-in ones: cn-workdays.
            """,
            """
            calendars: { office: { off: [2026-12-24..2026-12-31] } }
            schedules:
              report: { at: "09:00", calendar: office, command: [make-report] }
            """
        ),
        Entry(
            .calendarCycle,
            "a calendar made of itself",
            """
            An operation leads back to the calendar that it makes, so no day of it is defined.
            """,
            """
            calendars:
              company: { off: [2026-12-31] }
              office: { all_of: [cn-workdays, company] }
            """
        ),
        Entry(
            .badCalendarFile,
            "an .ics file that cannot be used",
            """
            The file is no iCalendar file, or has an event whose days cannot all be told: a \
            repetition other than `FREQ=YEARLY`. A calendar with some holidays missing is worse \
            than none, so such a file is refused.
            """,
            """
            calendars: { holidays: { file: holidays.ics, years: 2026-2027 } }
            """
        ),
        Entry(
            .calendarForm,
            "a calendar of no right form",
            """
            A calendar is a week with exceptions (`base`, `off`, `on`, `file`, `years`, `beyond`) or \
            one operation on other calendars (`all_of`, `any_of`, `not`).
            """,
            """
            calendars:
              company: { base: weekdays, off: [2026-12-31], on: [2026-12-27], years: 2026 }
              office: { all_of: [cn-workdays, company] }
            """
        ),
        Entry(
            .calendarTrigger,
            "a calendar that does not fit its trigger",
            """
            `once` has its day already, and the times of `every` come each day, so that none need \
            move to another. `at`, `cron` and `crontab` take every `calendar_miss`.
            """,
            """
            at: "09:00"
            days: 1
            calendar: cn-workdays
            calendar_miss: before
            """
        ),
        Entry(
            .calendarEnds,
            "a calendar that ends soon",
            """
            Outside its years a calendar assumes nothing: slots there are skipped, with the reason \
            `calendar_range`. Add the dates of the next year; those of China are published in \
            November. `beyond: weekdays` takes Monday to Friday instead.
            """,
            """
            calendars: { cn-workdays: { file: cn-2027.yaml } }
            """
        ),
    ]
}
