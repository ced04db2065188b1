extension Trigger {
    /// The catch-up policy of a schedule that names none.
    ///
    /// A fixed time means "once that day" and is made up for; a rhythm (a cron rule whose minute or
    /// hour begins with `*`, an interval) goes on with its next beat.
    package var defaultCatchUp: CatchUpPolicy {
        switch self {
        case .cron(let expressions): expressions.contains(where: \.isWildcard) ? .skip : .once
        case .celery(let crontab): crontab.isWildcard ? .skip : .once
        case .daily, .once: .once
        case .every, .after: .skip
        }
    }
}
