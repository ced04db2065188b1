/// The shape of a log's lines.
package enum LogFormat: Hashable, Sendable {
    /// The Common Log Format: `client ident user [time] "request" status bytes`.
    case common
    /// `common` with `"referrer" "agent"` at its end, as nginx and Apache write by custom.
    case combined
    /// One JSON object a line; for each role the dotted path of its value.
    case json(fields: [LogRole: String])
    /// A regular expression of the kind that `LinePattern` reads, with groups named after roles.
    case pattern(String)

    /// The word in a schedule file.
    package var word: String {
        switch self {
        case .common: "common"
        case .combined: "combined"
        case .json: "json"
        case .pattern: "pattern"
        }
    }
}

/// What to count in which files: the `log_stats:` map of a schedule.
///
/// The encoded form has the words of the map and is part of a run's stored definition: a key that is
/// written once stays. Keys with their default value are written too, so that a later change of a
/// default does not change stored runs.
package struct LogStatsOptions: Hashable, Sendable {
    package enum LatencyUnit: String, Hashable, Sendable, Codable, CaseIterable {
        case seconds = "s"
        case milliseconds = "ms"
        case microseconds = "us"

        var microseconds: Double {
            switch self {
            case .seconds: 1_000_000
            case .milliseconds: 1000
            case .microseconds: 1
            }
        }
    }

    /// What becomes of `?` and what follows it in a path.
    package enum Query: String, Hashable, Sendable, Codable, CaseIterable { case cut, keep }

    /// Groups that one window holds at most; the rest of each field is summed to `(other)`.
    package static let topMax = 1000
    /// More globs than anybody writes by hand.
    package static let filesMax = 64

    /// Globs; relative ones count from the working directory.
    package var files: [String]
    package var format: LogFormat
    /// What a latency in the log counts.
    package var latencyUnit: LatencyUnit
    package var window: LogWindow.Kind
    /// Each field is counted by itself.
    package var groupBy: [LogField]
    package var query: Query
    /// Groups of each field that are reported, 1 to `topMax`.
    package var top: Int

    package init(
        files: [String],
        format: LogFormat,
        latencyUnit: LatencyUnit = .seconds,
        window: LogWindow.Kind,
        groupBy: [LogField] = [],
        query: Query = .cut,
        top: Int = topMax
    ) {
        self.files = files
        self.format = format
        self.latencyUnit = latencyUnit
        self.window = window
        self.groupBy = groupBy
        self.query = query
        self.top = top
    }
}

extension LogStatsOptions: Codable {
    private enum Key: String, CodingKey {
        case files, format, fields, pattern
        case latencyUnit = "latency_unit"
        case window
        case groupBy = "group_by"
        case query, top
    }

    package init(from decoder: any Decoder) throws {
        let map = try decoder.container(keyedBy: Key.self)
        files = try map.decode([String].self, forKey: .files)
        let word = try map.decode(String.self, forKey: .format)
        switch word {
        case "common": format = .common
        case "combined": format = .combined
        case "json":
            let named = try map.decode([String: String].self, forKey: .fields)
            var fields: [LogRole: String] = [:]
            for (name, path) in named {
                guard let role = LogRole(rawValue: name) else {
                    throw DecodingError.dataCorruptedError(
                        forKey: .fields,
                        in: map,
                        debugDescription: "no role is called \(name)"
                    )
                }
                fields[role] = path
            }
            format = .json(fields: fields)
        case "pattern": format = .pattern(try map.decode(String.self, forKey: .pattern))
        default:
            throw DecodingError.dataCorruptedError(
                forKey: .format,
                in: map,
                debugDescription: "no format is called \(word)"
            )
        }
        latencyUnit = try map.decode(LatencyUnit.self, forKey: .latencyUnit)
        window = try map.decode(LogWindow.Kind.self, forKey: .window)
        groupBy = try map.decode([LogField].self, forKey: .groupBy)
        query = try map.decode(Query.self, forKey: .query)
        top = try map.decode(Int.self, forKey: .top)
    }

    package func encode(to encoder: any Encoder) throws {
        var map = encoder.container(keyedBy: Key.self)
        try map.encode(files, forKey: .files)
        try map.encode(format.word, forKey: .format)
        switch format {
        case .common, .combined: break
        case .json(let fields):
            let pairs = fields.map { ($0.key.rawValue, $0.value) }
            try map.encode(Dictionary(uniqueKeysWithValues: pairs), forKey: .fields)
        case .pattern(let text): try map.encode(text, forKey: .pattern)
        }
        try map.encode(latencyUnit, forKey: .latencyUnit)
        try map.encode(window, forKey: .window)
        try map.encode(groupBy, forKey: .groupBy)
        try map.encode(query, forKey: .query)
        try map.encode(top, forKey: .top)
    }
}
