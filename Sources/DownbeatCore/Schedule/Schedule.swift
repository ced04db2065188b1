/// A named entry of the schedule file: which action, on which rule, under which policies.
package struct Schedule: Sendable {
    /// 1 to 64 letters of any script, digits, `-`, `_`, `.`; NFC; the identity of the schedule.
    package var name: String
    /// When it fires: trigger, zone and bounds.
    package var rule: Rule
    /// What each run of it does; copied into the run.
    package var definition: RunDefinition
    package var queue: String
    package var overlap: OverlapPolicy
    package var catchUp: CatchUp
    /// A run that no attempt started within this long of its due time becomes `expired`; nil: never.
    package var expires: Duration?
    /// By less than this its slots may be moved to spread load (`downbeat spread`); nil: not at all.
    ///
    /// It changes nothing by itself.
    package var spread: Duration?
    package var keep: KeepPolicy
    package var isEnabled: Bool
    /// The name whose mark, state and history this schedule takes over; nil: none.
    package var renamedFrom: String?
    package var tags: [String]
    package var description: String?
    /// Where the schedule stands.
    package var source: SourcePlace
    /// Keys that came from `defaults`, with the place of each.
    package var inherited: [String: SourcePlace]
    /// Sentences that `explain` adds: an inherited policy that gave way to a written one.
    package var remarks: [String]
    /// What the texts of another dialect mean; empty where `cron` has its own form.
    package var translations: [DialectTranslation] = []

    package init(
        name: String,
        rule: Rule,
        definition: RunDefinition,
        queue: String = "default",
        overlap: OverlapPolicy = .skip,
        catchUp: CatchUp,
        expires: Duration? = nil,
        spread: Duration? = nil,
        keep: KeepPolicy = KeepPolicy(),
        isEnabled: Bool = true,
        renamedFrom: String? = nil,
        tags: [String] = [],
        description: String? = nil,
        source: SourcePlace = SourcePlace(file: "", line: 0, column: 0),
        inherited: [String: SourcePlace] = [:],
        remarks: [String] = []
    ) {
        self.name = name
        self.rule = rule
        self.definition = definition
        self.queue = queue
        self.overlap = overlap
        self.catchUp = catchUp
        self.expires = expires
        self.spread = spread
        self.keep = keep
        self.isEnabled = isEnabled
        self.renamedFrom = renamedFrom
        self.tags = tags
        self.description = description
        self.source = source
        self.inherited = inherited
        self.remarks = remarks
    }
}

/// A place in a file; line and column count from 1, columns in Unicode scalars.
package struct SourcePlace: Hashable, Sendable, Codable {
    package var file: String
    package var line: Int
    package var column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }
}
