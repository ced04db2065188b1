import DownbeatCore

/// Reads `log_stats`: which lines of which files are counted, and by what.
struct LogStatsDecoder {
    let context: DecodingContext

    /// The words of `format`.
    private enum FormatWord: String, CaseIterable { case common, combined, json, pattern }

    /// The entries of the map, and the nodes that problems are shown at, by the names of
    /// `LogStatsProblem.key`.
    private struct Map {
        var node: YAMLNode
        var entries: [String: YAMLEntry] = [:]
        var places: [String: YAMLNode] = [:]
        var hasRefused = false
    }

    /// The options; nil when something is wrong, which has been reported then.
    func decode(_ node: YAMLNode) -> LogStatsOptions? {
        let name = LogStatsOptions.builtInName
        guard let entries = context.entries(node, of: name) else { return nil }
        var map = Map(node: node)
        for entry in entries {
            if InnerKey.logStats.contains(entry.name) {
                map.entries[entry.name] = entry
                map.places[entry.name] = entry.value
            } else {
                context.reportUnknown(entry, at: .inner(parent: name, keys: InnerKey.logStats))
                map.hasRefused = map.hasRefused || !entry.name.hasPrefix("x-")
            }
        }
        let files = self.files(&map)
        let format = self.format(&map)
        let window: LogWindow.Kind? = word("window", map)
        requireKeys(map)
        let groupBy = self.groupBy(&map)
        let latencyUnit: LogStatsOptions.LatencyUnit? = word("latency_unit", map, default: .seconds)
        let query: LogStatsOptions.Query? = word("query", map, default: .cut)
        let top = self.top(map)
        guard let format else { return nil }
        // What could not be read does not hide what is wrong with the rest.
        let options = LogStatsOptions(
            files: files ?? ["/"],
            format: format,
            latencyUnit: latencyUnit ?? .seconds,
            window: window ?? .all,
            groupBy: groupBy ?? [],
            query: query ?? .cut,
            top: top ?? LogStatsOptions.topMax
        )
        let problems = options.problems
        for problem in problems { report(problem, in: map) }
        let isWhole =
            files != nil && window != nil && groupBy != nil && latencyUnit != nil && query != nil
            && top != nil
        return isWhole && problems.isEmpty ? options : nil
    }

    // MARK: Keys

    /// Reports the keys that are missing, unless a key that was refused may have been meant.
    private func requireKeys(_ map: Map) {
        let needed = [
            ("files", "files: [\"/var/log/nginx/access.log*\"]"), ("format", "format: combined"),
            ("window", "window: previous_hour"),
        ]
        let missing = needed.filter { map.entries[$0.0] == nil }
        guard !missing.isEmpty, !map.hasRefused else { return }
        let names = missing.map { "`\($0.0)`" }
        let list =
            names.count == 1
            ? names[0]
            : "\(names.dropLast().joined(separator: ", ")) and \(names[names.count - 1])"
        context.report(
            .keyMissing,
            "`log_stats` needs \(list)",
            at: map.node,
            label: "add `\(missing.map(\.1).joined(separator: ", "))`",
            showsLine: false
        )
    }

    private func files(_ map: inout Map) -> [String]? {
        guard let entry = map.entries["files"] else { return nil }
        guard let texts = context.texts(entry.value, of: entry.name, single: .allowed) else {
            return nil
        }
        var globs: [String] = []
        for (index, (_, node)) in texts.enumerated() {
            map.places["files[\(index)]"] = node
            if let glob = context.glob(node, of: entry.name) { globs.append(glob) }
        }
        return globs.count == texts.count ? globs : nil
    }

    private func groupBy(_ map: inout Map) -> [LogField]? {
        guard let entry = map.entries["group_by"] else { return [] }
        guard let texts = context.texts(entry.value, of: entry.name, single: .allowed) else {
            return nil
        }
        var found: [LogField] = []
        for (index, (_, node)) in texts.enumerated() {
            map.places["group_by[\(index)]"] = node
            if let field = context.word(node, of: entry.name, as: LogField.self) {
                found.append(field)
            }
        }
        return found.count == texts.count ? found : nil
    }

    /// The word of a key; nil when it is wrong, or missing without a default.
    private func word<Word: RawRepresentable & CaseIterable>(
        _ key: String,
        _ map: Map,
        default standard: Word? = nil
    ) -> Word? where Word.RawValue == String {
        guard let entry = map.entries[key] else { return standard }
        return context.word(entry.value, of: key, as: Word.self)
    }

    private func top(_ map: Map) -> Int? {
        guard let entry = map.entries["top"] else { return LogStatsOptions.topMax }
        return context.integer(entry.value, of: "top", in: 1...LogStatsOptions.topMax)
    }

    // MARK: Format

    private func format(_ map: inout Map) -> LogFormat? {
        guard let word: FormatWord = word("format", map) else { return nil }
        refuse("fields", unless: word == .json, "`format: json`", map)
        refuse("pattern", unless: word == .pattern, "`format: pattern`", map)
        refuse(
            "latency_unit",
            unless: word == .json || word == .pattern,
            "`format: json` or `pattern`",
            map
        )
        switch word {
        case .common: return .common
        case .combined: return .combined
        case .json: return fields(&map).map(LogFormat.json)
        case .pattern: return pattern(map).map(LogFormat.pattern)
        }
    }

    private func refuse(_ key: String, unless fits: Bool, _ companion: String, _ map: Map) {
        guard let entry = map.entries[key], !fits else { return }
        context.report(
            .companionMissing,
            "`\(key)` goes with \(companion)",
            at: entry.key,
            label: "remove it, or write \(companion)"
        )
    }

    private func fields(_ map: inout Map) -> [LogRole: String]? {
        guard let entry = map.entries["fields"] else {
            needs("fields", "fields: { time: \"@timestamp\", status: status }", map)
            return nil
        }
        guard let entries = context.entries(entry.value, of: "fields") else { return nil }
        var fields: [LogRole: String] = [:]
        var isSound = true
        for inner in entries {
            guard let role = LogRole(rawValue: inner.name) else {
                let roles = LogRole.allCases.map(\.rawValue)
                context.reportUnknown(inner, at: .inner(parent: "fields", keys: roles))
                isSound = isSound && inner.name.hasPrefix("x-")
                continue
            }
            map.places["fields.\(inner.name)"] = inner.value
            fields[role] = context.text(inner.value, of: "fields.\(inner.name)")
            isSound = isSound && fields[role] != nil
        }
        return isSound ? fields : nil
    }

    /// A pattern stands as it is: `$` ends a line there.
    private func pattern(_ map: Map) -> String? {
        guard let entry = map.entries["pattern"] else {
            needs("pattern", "pattern: '\\[(?<time>[^\\]]+)\\] (?<status>\\d+)'", map)
            return nil
        }
        return context.scalar(entry.value, of: "pattern")
    }

    private func needs(_ key: String, _ example: String, _ map: Map) {
        guard let format = map.entries["format"] else { return }
        context.report(
            .keyMissing,
            "`format: \(key == "fields" ? "json" : "pattern")` needs `\(key)`",
            at: format.value,
            label: "add `\(example)`"
        )
    }

    // MARK: Problems

    /// Reports what the options say of themselves, at the key it concerns.
    private func report(_ problem: LogStatsProblem, in map: Map) {
        let node = map.places[problem.key] ?? map.node
        guard let offset = problem.offset, let text = node.text else {
            context.report(
                .logStatsValue,
                problem.message,
                at: node,
                label: DecodingContext.asLabel(problem.remedy)
            )
            return
        }
        let before = String(decoding: text.utf8.prefix(offset), as: UTF8.self)
        context.report(
            TextError(
                code: DiagnosticCode.logStatsValue.rawValue,
                message: problem.message,
                offset: before.unicodeScalars.count,
                length: 1,
                remedy: problem.remedy
            ),
            in: node,
            text: text
        )
    }
}

extension DecodingContext {
    /// A glob, absolute or counted from the folder of the file it stands in.
    ///
    /// In that folder's name `*`, `?` and `[` are characters like others.
    func glob(_ node: YAMLNode, of key: String) -> String? {
        guard let text = text(node, of: key), let path = path(node, of: key) else { return nil }
        guard !text.hasPrefix("/") else { return path }
        let folder = problems.sources[node.spot.file]?.folder ?? "/"
        guard folder.contains(where: { "*?[\\".contains($0) }) else { return path }
        let escaped = folder.map { "*?[\\".contains($0) ? "\\\($0)" : String($0) }.joined()
        return AbsolutePath.joined(escaped, text)
    }
}
