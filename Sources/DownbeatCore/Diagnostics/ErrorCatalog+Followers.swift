extension ErrorCatalog {
    /// Jitter, and schedules that follow others.
    static let followerEntries: [Entry] = [
        Entry(
            .jitterTooLong,
            "a jitter longer than the time between two slots",
            """
            A slot is due before the next one begins, so `jitter` is less than the shortest time \
            between two slots of the rule. Where only a change of the clocks brings two closer, the \
            delay is cut instead.
            """,
            """
            every: 10m
            jitter: 5m
            """
        ),
        Entry(
            .jitterTrigger,
            "a jitter that does not fit its trigger",
            """
            `jitter` spreads times that many schedules share. `once`, `after` and intervals that \
            count from a start or an end have none.
            """,
            """
            at: "02:30"
            jitter: 5m
            """
        ),
        Entry(
            .jitterTooShort,
            "a jitter without a choice",
            """
            Delays are whole seconds from 0 up to, but not including, the jitter.
            """,
            """
            every: 1m
            jitter: 20s
            """
        ),
        Entry(
            .unknownLeader,
            "an unknown schedule behind `after`",
            """
            `after` names another schedule of the same files, also a disabled one. One that was \
            renamed has its new name here too.
            """,
            """
            schedules:
              export: { at: "02:30", command: [export] }
              report: { after: export, command: [report] }
            """
        ),
        Entry(
            .leaderCycle,
            "schedules that wait for each other",
            """
            Each would start when another one has succeeded, and none would ever begin. The first of \
            a chain has a time.
            """,
            """
            schedules:
              export: { at: "02:30", command: [export] }
              report: { after: export, command: [report] }
              send:   { after: report, command: [send] }
            """
        ),
        Entry(
            .followerKey,
            "a key that has no meaning beside `after`",
            """
            A trigger is judged in the moment in which the run it follows succeeds: nothing is late \
            and nothing is caught up. What is to be caught up is a matter of the schedule that it \
            follows.
            """,
            """
            schedules:
              export: { at: "02:30", catch_up: all, command: [export] }
              report: { after: export, overlap: queue_all, command: [report] }
            """
        ),
        Entry(
            .severalLeaders,
            "a list behind `after`",
            """
            A schedule follows one other. For several in turn let each follow the one before; for any \
            of several make a schedule for each.
            """,
            """
            after: export
            """
        ),
    ]
}
