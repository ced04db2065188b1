extension ErrorCatalog {
    /// What `simulate` and `spread` look ahead with.
    static let forecastEntries: [Entry] = [
        Entry(
            .spreadOutOfRange,
            "a tolerance that spreads nothing",
            """
            Slots are moved by whole minutes inside a day, so `spread` takes a time from 1m to 24h. It \
            only allows `downbeat spread` to propose another minute; by itself it moves nothing.
            """,
            """
            schedules:
              certificates: { at: "03:00", spread: 20m, command: [renew] }
            """
        )
    ]
}
