/// How one language says what a schedule does: all its words, and none of the decisions.
///
/// A sentence begins in lower case where the language has cases, so that it can stand inside another;
/// it has no full stop.
package protocol Phrases: Sendable {
    // MARK: Triggers

    /// When a pattern fires, with every restriction.
    func sentence(_ pattern: PatternDescription) -> String
    /// Its days alone: `on days 1-7 of the month, or on any Monday`.
    func days(_ days: PatternDescription.Days) -> String
    /// One field of an expression, for a drawing.
    func words(of field: FieldDescription) -> String
    /// Fire times at one distance, and what is worth knowing about what they count from.
    func interval(_ period: Duration, from origin: IntervalOrigin) -> (words: String, note: String)
    /// One fire time, as `2027-01-15 16:00`.
    func once(at time: String) -> String
    /// A follower's trigger, and what is worth knowing about it.
    func after(_ name: String) -> (words: String, note: String)
    /// Several sentences of which any fires.
    func alternatives(_ sentences: [String]) -> String
    /// A sentence as it stands alone.
    func standing(_ sentence: String) -> String
    func note(_ note: TriggerNote) -> String
    func suggestion(_ suggestion: TriggerSuggestion) -> String
    /// A text of another dialect with what it means here.
    func translated(_ translation: DialectTranslation) -> String
    func dialect(_ note: DialectNote) -> String
    /// How far after its time a run is due.
    func jitter(_ jitter: Jitter) -> String

    // MARK: Rules

    /// The rule's sentence with its calendar and bounds.
    func restricted(_ sentence: String, by restrictions: [RuleRestriction]) -> String
    /// What a calendar does to the times of other days, and which years it knows.
    func calendar(_ calendar: DayCalendar, _ miss: CalendarMiss) -> String
    /// What a schedule says of its own about clock changes; nil: it leaves that to its trigger.
    func daylight(_ policy: DaylightPolicy) -> String?
    /// What one clock change does to a rule.
    func clockEffect(_ effect: ClockEffect) -> String
    /// Why no fire time comes any more.
    func end(_ end: RuleEnd) -> String
    /// `Sun 2027-03-14: clocks go forward 1h`.
    func change(_ change: ZoneChange, on day: String) -> String

    // MARK: Times

    /// `Mon` and its like, 0 for Sunday.
    func shortWeekday(_ weekday: Int) -> String
    /// A date with the short name of its weekday.
    func dated(_ date: String, _ weekday: String) -> String
    /// Between clauses of one line: `; `.
    var clauseBreak: String { get }
    /// At most two units.
    func duration(_ duration: Duration) -> String

    // MARK: Expressions

    /// The line that says what an expression means.
    func means(_ sentence: String) -> String
    /// The line of its next fire times; `zone` is named, `hasMore`: they are not the last.
    func nextTimes(_ times: [String], hasMore: Bool, zone: String) -> String

    // MARK: Schedules

    func label(_ label: ScheduleLabel) -> String
    func overlap(_ policy: OverlapPolicy) -> String
    func catchUp(_ catchUp: CatchUp) -> String
    func attempts(_ definition: RunDefinition) -> String
    func queue(_ name: String, limit: Int?) -> String
    func expires(after time: Duration) -> String
    /// What `delivery: at_most_once` means.
    var atMostOnce: String { get }
    /// How long runs are kept; the numbers are grouped by thousands.
    func keeps(_ keep: KeepPolicy, atLeast: String, atMost: String) -> String
    /// `9 lines`, of a number that may be grouped.
    func lines(_ count: Int) -> String
    func inherits(_ keys: String, from place: String) -> String
    func onFailure(_ command: String) -> String
    /// Where and as whom a command runs.
    func place(folder: String?, user: String?, variables: [String]) -> String
    func paused(until end: String?, reason: String, resume: String) -> String
    func next(_ next: NextWords) -> String
    func last(_ last: LastWords) -> String
}

/// A field of an expression, with its values.
package enum FieldDescription: Hashable, Sendable {
    case second(FieldValues)
    case minute(FieldValues)
    case hour(FieldValues)
    case monthDays(PatternDescription.MonthDays)
    case month(FieldValues)
    /// Nil: every day of the week.
    case weekdays(PatternDescription.Weekdays?)
    case year(FieldValues)
}

/// What an interval counts from.
package enum IntervalOrigin: Hashable, Sendable {
    /// A fixed time on the wall: `2001-01-01 00:00`.
    case time(String)
    case start
    case lastStart
    case lastEnd
}

/// What surprises people about a trigger.
package enum TriggerNote: Hashable, Sendable {
    case neverFires
    /// All five fields of Celery's map must match.
    case celery
    /// `+` before the weekdays.
    case plus
    /// Both day fields are set, and either matches.
    case either
    /// A day field begins with `*`, so that both must match.
    case star
}

/// What to write if something else was meant.
package enum TriggerSuggestion: Hashable, Sendable {
    case firstWeekday(Int, cron: String)
    case bothDays(cron: String)
}

/// What restricts a rule beside its trigger.
package enum RuleRestriction: Hashable, Sendable {
    case zone(String)
    case calendar(name: String, miss: CalendarMiss)
    /// Inclusive: a date, or a date and time.
    case from(String)
    /// The last date, inclusive.
    case through(String)
    /// Exclusive: a date and time.
    case until(String)
}

/// The first words of a line about a schedule.
package enum ScheduleLabel: Hashable, Sendable, CaseIterable {
    case about, when, dialect, calendar, jitter, clocks, does, stdin, paused, overlap, catchUp,
        attempts, failed
    case queue, start, keeps, tags, inherits, note, last
}

/// When a schedule runs next.
package enum NextWords: Hashable, Sendable {
    case disabled
    case paused
    /// With the reason; nil: not known.
    case ended(RuleEnd?)
    /// A follower waits for a run of this schedule.
    case leader(String, LeaderNext)
    /// With the name of the zone where it is not the schedule's, how much later it is due if the rule
    /// has jitter, and how far away that is.
    case time(String, zone: String?, jitter: Duration?, distance: Duration)
}

/// When the schedule runs that a follower waits for.
package enum LeaderNext: Hashable, Sendable {
    case disabled
    case paused
    /// It follows another one in turn.
    case after(String)
    case time(String)
    case ended
}

/// What is not quite the same in another dialect's own program.
package enum DialectNote: Hashable, Sendable {
    /// Its intervals count from a start of its own.
    case countsFromItsStart(CronDialect)
    /// It treats changes of the clock in another way.
    case clockChanges(CronDialect)
}

/// How the latest run went.
package struct LastWords: Hashable, Sendable {
    package var state: RunState
    package var time: String
    package var attempts: Int
    package var error: String?
    package var schedule: String

    package init(
        state: RunState,
        time: String,
        attempts: Int,
        error: String?,
        schedule: String
    ) {
        self.state = state
        self.time = time
        self.attempts = attempts
        self.error = error
        self.schedule = schedule
    }
}
