/// What the store knows of a schedule besides its definition.
package struct ScheduleState: Hashable, Sendable {
    /// A pause of the schedule's slots.
    package struct Pause: Hashable, Sendable {
        package var since: Timestamp
        /// Nil: until somebody resumes it.
        package var until: Timestamp?
        package var reason: String

        package init(since: Timestamp, until: Timestamp?, reason: String) {
            self.since = since
            self.until = until
            self.reason = reason
        }
    }

    /// The latest slot that fired or was skipped, for intervals that count from an event.
    package struct LatestSlot: Hashable, Sendable {
        package var nominal: Timestamp
        package var fired: Bool
        /// When the first attempt of its run started; nil: not yet.
        package var startedAt: Timestamp?
        /// When its run reached a final state; nil: not yet.
        package var endedAt: Timestamp?

        package init(nominal: Timestamp, fired: Bool, startedAt: Timestamp?, endedAt: Timestamp?) {
            self.nominal = nominal
            self.fired = fired
            self.startedAt = startedAt
            self.endedAt = endedAt
        }
    }

    /// The store's key.
    package var id: Int64
    package var name: String
    /// Nominal time up to which slots have been considered.
    package var mark: Timestamp
    package var isEnabled: Bool
    package var pause: Pause?
    /// Nominal times that `skip` named, ascending.
    package var skipNext: [Timestamp]
    /// How many triggers of a schedule with `after` are to be skipped next.
    package var skipTriggers: Int
    /// What jitter is worked out by: the name, or the first one of a schedule that was renamed.
    package var jitterName: String
    package var firstSeen: Timestamp
    package var latestSlot: LatestSlot?
    /// The canonical text of the rule that the mark belongs to.
    package var ruleText: String
    /// `RunDefinition.revision` of the definition stored last.
    package var revision: String

    package init(
        id: Int64,
        name: String,
        mark: Timestamp,
        isEnabled: Bool = true,
        pause: Pause? = nil,
        skipNext: [Timestamp] = [],
        skipTriggers: Int = 0,
        jitterName: String? = nil,
        firstSeen: Timestamp,
        latestSlot: LatestSlot? = nil,
        ruleText: String = "",
        revision: String = ""
    ) {
        self.id = id
        self.name = name
        self.mark = mark
        self.isEnabled = isEnabled
        self.pause = pause
        self.skipNext = skipNext
        self.skipTriggers = skipTriggers
        self.jitterName = jitterName ?? name
        self.firstSeen = firstSeen
        self.latestSlot = latestSlot
        self.ruleText = ruleText
        self.revision = revision
    }
}

/// A run of a schedule that is not done, as the overlap policy sees it.
package struct ActiveRun: Hashable, Sendable {
    package var id: RunID
    package var state: RunState

    package init(id: RunID, state: RunState) {
        self.id = id
        self.state = state
    }
}

/// Why a due slot did not fire.
package enum SkipReason: String, Sendable, Codable, CaseIterable {
    case bounds
    case calendar
    case calendarRange = "calendar_range"
    case disabled
    case paused
    case skipNext = "skip_next"
    case catchUp = "catch_up"
    case expired
    case overlap
    case edited

    /// Whether neighbouring slots with this reason share one counted row.
    ///
    /// Overlap names the run in the way and `skip_next` a person's choice, so each has its own row.
    package var isCounted: Bool {
        switch self {
        case .bounds, .calendar, .calendarRange, .disabled, .paused, .catchUp, .edited: true
        case .skipNext, .expired, .overlap: false
        }
    }
}
