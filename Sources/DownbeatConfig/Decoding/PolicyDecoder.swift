import DownbeatCore

/// What a schedule's policies came to, without what depends on its trigger.
struct Policies {
    var timeout: Duration?
    var grace: Duration = .seconds(10)
    var expires: Duration?
    var spread: Duration?
    var retry: RetryPolicy = .none
    var delivery: Delivery = .atLeastOnce
    var queue: String = "default"
    var overlap: OverlapPolicy = .skip
    /// Nil: as the trigger has it.
    var catchUp: CatchUpPolicy?
    var catchUpWithin: Duration?
    var catchUpLimit: Int?
    var lateAfter: Duration?
    var environment: [EnvironmentVariable] = []
    var workingDirectory: String?
    var user: String?
    var successCodes: [Int32] = [0]
    var keep = KeepPolicy()
    var tags: [String] = []
    var remarks: [String] = []
}

/// Reads the keys that may stand in a schedule and under `defaults`.
struct PolicyDecoder {
    /// More repeats than this are a mistake.
    static let retryTimesMax = 1000
    static let catchUpLimitMax = 1_000_000
    static let keepRunsMax = 100_000_000
    /// The longest name of a user on Linux.
    static let userLengthMax = 32

    let fields: ScheduleFields
    let context: DecodingContext
    let declared: DeclaredNames

    func decode() -> Policies {
        var policies = Policies()
        if let grace = duration(.grace) { policies.grace = grace }
        policies.timeout = limit(.timeout)
        policies.expires = limit(.expires)
        policies.spread = spread()
        policies.catchUpWithin = duration(.catchUpWithin)
        policies.lateAfter = duration(.lateAfter)
        if let field = fields.field(.catchUpLimit) {
            policies.catchUpLimit = context.integer(
                field.entry.value,
                of: field.entry.name,
                in: 1...Self.catchUpLimitMax
            )
        }
        if let field = fields.field(.queue),
            let name = context.text(field.entry.value, of: field.entry.name)
        {
            policies.queue = name
            checkQueue(name, at: field.entry.value)
        }
        policies.user = user()
        policies.workingDirectory = fields.field(.workingDirectory).flatMap {
            context.path($0.entry.value, of: $0.entry.name)
        }
        if let codes = successCodes() { policies.successCodes = codes }
        policies.tags = tags()
        policies.keep = keep()
        policies.environment = EnvironmentDecoder(context: context, secrets: declared.secrets)
            .decode(fields.merged(.environment, in: context))
        decodeRetry(into: &policies)
        decodeCatchUp(into: &policies)
        keepReadingsApart(&policies)
        return policies
    }

    private func checkQueue(_ name: String, at node: YAMLNode) {
        guard let queues = declared.queues, !queues.contains(name) else { return }
        let near = Suggestion.nearest(to: name, among: queues.sorted())
        context.report(
            .unlistedQueue,
            "no queue `\(name)`",
            at: node,
            label: near.isEmpty
                ? "list it: `queues: { \(name): 1 }`"
                : "did you mean \(near.map { "`\($0)`" }.joined(separator: " or "))?",
            suggestion: near.count == 1 ? near.first : nil
        )
    }

    // MARK: Durations

    private func duration(_ key: ScheduleKey) -> Duration? {
        fields.field(key).flatMap { context.duration($0.entry.value, of: $0.entry.name) }
    }

    /// A duration, or `none`, which undoes an inherited one.
    func limit(_ key: ScheduleKey) -> Duration? {
        guard let field = fields.field(key), field.entry.value.text != "none" else { return nil }
        return context.duration(field.entry.value, of: field.entry.name)
    }

    // MARK: Retry and delivery

    private func decodeRetry(into policies: inout Policies) {
        let deliveryField = fields.field(.delivery)
        if let field = deliveryField,
            let delivery = context.word(field.entry.value, of: field.entry.name, as: Delivery.self)
        {
            policies.delivery = delivery
        }
        var times: ScheduleFields.Field?
        for field in fields.merged(.retry, in: context) {
            decode(field.entry, into: &policies.retry)
            if field.entry.name == "times" { times = field }
        }
        guard policies.delivery == .atMostOnce, policies.retry.times > 0, let times,
            let deliveryField
        else { return }
        policies.retry = .none
        guard times.layer == 0 || times.layer == deliveryField.layer else {
            policies.remarks.append(
                "inherited `retry` does not apply: with `delivery: at_most_once` no attempt is repeated"
            )
            return
        }
        context.report(
            .retryAtMostOnce,
            "`retry` contradicts `delivery: at_most_once`",
            at: times.entry.key,
            label: "at most one attempt may ever start; write `times: 0`",
            related: context.related(deliveryField.entry.key, "at most once from here")
        )
    }

    private func decode(_ entry: YAMLEntry, into retry: inout RetryPolicy) {
        let key = "retry.\(entry.name)"
        switch entry.name {
        case "times":
            if let times = context.integer(entry.value, of: key, in: 0...Self.retryTimesMax) {
                retry.times = times
            }
        case "wait":
            if let wait = context.duration(entry.value, of: key, allowsZero: .allowed) {
                retry.wait = wait
            }
        case "max_wait":
            if let wait = context.duration(entry.value, of: key) { retry.maxWait = wait }
        case "factor":
            if let factor = context.decimal(entry.value, of: key, in: 1...100) {
                retry.factor = factor
            }
        case "jitter":
            if let share = context.percentage(entry.value, of: key) { retry.jitter = share }
        default:
            context.reportUnknown(entry, at: .inner(parent: "retry", keys: InnerKey.retry))
        }
    }

    // MARK: Catch-up and overlap

    private func decodeCatchUp(into policies: inout Policies) {
        let catchUpField = fields.field(.catchUp)
        let overlapField = fields.field(.overlap)
        if let field = catchUpField {
            policies.catchUp = context.word(
                field.entry.value,
                of: field.entry.name,
                as: CatchUpPolicy.self
            )
        }
        if let field = overlapField,
            let overlap = context.word(
                field.entry.value,
                of: field.entry.name,
                as: OverlapPolicy.self
            )
        {
            policies.overlap = overlap
        }
        guard policies.catchUp == .all, let catchUpField else { return }
        guard let overlapField else {
            policies.overlap = .queueAll
            return
        }
        switch policies.overlap {
        case .queueAll, .allow: return
        case .skip, .queue, .replace: break
        }
        let overlap = policies.overlap.rawValue
        if catchUpField.layer == overlapField.layer {
            let second = Self.isBefore(catchUpField.entry, overlapField.entry)
            let (first, last) = second ? (catchUpField, overlapField) : (overlapField, catchUpField)
            context.report(
                .catchUpOverlap,
                "`catch_up: all` contradicts `overlap: \(overlap)`, which would drop the slots caught up",
                at: last.entry.key,
                label: "write `overlap: queue_all` or `overlap: allow`, or another `catch_up`",
                related: context.related(first.entry.key, "contradicts this")
            )
        } else if catchUpField.layer < overlapField.layer {
            policies.overlap = .queueAll
            policies.remarks.append(
                "inherited `overlap: \(overlap)` became `queue_all`, since the schedule says `catch_up: all`"
            )
        } else {
            policies.catchUp = nil
            policies.remarks.append(
                "inherited `catch_up: all` gave way to `overlap: \(overlap)`: the trigger's default applies"
            )
        }
    }

    private static func isBefore(_ left: YAMLEntry, _ right: YAMLEntry) -> Bool {
        (left.key.spot.line, left.key.spot.column) < (right.key.spot.line, right.key.spot.column)
    }

    // MARK: The rest

    private func user() -> String? {
        guard let field = fields.field(.user),
            let name = context.text(field.entry.value, of: "user")
        else { return nil }
        let isPlausible =
            !name.isEmpty && name.utf8.count <= Self.userLengthMax && !name.hasPrefix("-")
            && !name.unicodeScalars.contains {
                $0 == ":" || $0 == "/" || $0.properties.isWhitespace
            }
        guard isPlausible else {
            context.report(
                .badUser,
                "`\(name)` cannot be the name of a user",
                at: field.entry.value,
                label: "write a name of /etc/passwd, without a group"
            )
            return nil
        }
        return name
    }

    private func successCodes() -> [Int32]? {
        guard let field = fields.field(.successCodes) else { return nil }
        guard case .sequence(let items) = field.entry.value.content else {
            // The list is the answer that the message gives; a single number means a list of one.
            _ = context.texts(field.entry.value, of: field.entry.name, single: .refused)
            return nil
        }
        guard !items.isEmpty else {
            context.report(
                .emptyValue,
                "`success_codes` is an empty list: no run could ever succeed",
                at: field.entry.value
            )
            return nil
        }
        return items.compactMap {
            context.integer($0, of: field.entry.name, in: 0...255).map(Int32.init)
        }
    }

    private func tags() -> [String] {
        guard let field = fields.field(.tags),
            let texts = context.texts(field.entry.value, of: field.entry.name, single: .refused)
        else { return [] }
        var seen: Set<String> = []
        return texts.compactMap { text, node in
            guard context.checkName(text, at: node, noun: "tag") != nil else { return nil }
            return seen.insert(text).inserted ? text : nil
        }
    }

    private func keep() -> KeepPolicy {
        var keep = KeepPolicy()
        var bounds: [String: YAMLEntry] = [:]
        for field in fields.merged(.keep, in: context) {
            let entry = field.entry
            let key = "keep.\(entry.name)"
            switch entry.name {
            case "runs":
                if let age = context.duration(entry.value, of: key) { keep.runs = age }
            case "output":
                if let age = context.duration(entry.value, of: key) { keep.output = age }
            case "at_most":
                bounds[entry.name] = entry
                if let count = context.integer(entry.value, of: key, in: 1...Self.keepRunsMax) {
                    keep.atMost = count
                }
            case "at_least":
                bounds[entry.name] = entry
                if let count = context.integer(entry.value, of: key, in: 0...Self.keepRunsMax) {
                    keep.atLeast = count
                }
            default:
                context.reportUnknown(entry, at: .inner(parent: "keep", keys: InnerKey.keep))
            }
        }
        if keep.atLeast > keep.atMost, let entry = bounds["at_most"] ?? bounds["at_least"] {
            context.report(
                .keepBounds,
                "`keep.at_least` (\(keep.atLeast)) is more than `keep.at_most` (\(keep.atMost))",
                at: entry.key
            )
        }
        return keep
    }
}
