import DownbeatCore

// Reading of single values: each returns nil after it has reported what is wrong.
extension DecodingContext {
    /// The text of a scalar with `${NAME}` filled in; `key` is its name for messages.
    func text(_ node: YAMLNode, of key: String) -> String? {
        guard let raw = scalar(node, of: key) else { return nil }
        do {
            let text = try Substitution.apply(to: raw, environment: environment)
            guard !text.utf8.contains(0) else {
                report(
                    .nulCharacter,
                    "`\(key)` holds a NUL character",
                    at: node,
                    label: "remove it"
                )
                return nil
            }
            return text
        } catch {
            report(error, in: node, text: raw)
            return nil
        }
    }

    /// The text of a scalar as it stands.
    func scalar(_ node: YAMLNode, of key: String, expecting what: String = "a text") -> String? {
        guard !node.isNull else {
            reportNoValue(node, of: key)
            return nil
        }
        guard let text = node.text else {
            reportShape(node, of: key, expecting: what)
            return nil
        }
        return text
    }

    func reportNoValue(_ node: YAMLNode, of key: String) {
        report(.noValue, "`\(key)` has no value", at: node, label: "write one, or remove the key")
    }

    func reportShape(_ node: YAMLNode, of key: String, expecting what: String) {
        let fix = Self.shapeExample(of: key, given: node.text)
        report(
            .wrongShape,
            "`\(key)` takes \(what), not \(node.kind)",
            at: node,
            label: fix.map { "write `\($0)`" } ?? "",
            suggestion: fix
        )
    }

    /// How the value of a key looks that is often written otherwise.
    private static func shapeExample(of key: String, given text: String?) -> String? {
        switch key {
        case "retry": "{ times: \(text.flatMap { Int($0) } ?? 2) }"
        case "keep": "{ runs: \(text ?? "30d") }"
        case "env": "{ NAME: value }"
        case "log_stats":
            "{ files: \"\(text ?? "access.log*")\", format: combined, window: previous_hour }"
        case "queues": "{ default: 2 }"
        case "backup": "{ sqlite: \(text ?? "app.db"), to: backups }"
        case "retention": "{ keep_daily: \(text.flatMap { Int($0) } ?? 7) }"
        default: nil
        }
    }

    /// A map; an empty value counts as an empty map when `allowsNull` says so.
    func entries(_ node: YAMLNode, of key: String) -> [YAMLEntry]? {
        if case .mapping(let entries) = node.content { return entries }
        if node.isNull {
            reportNoValue(node, of: key)
        } else {
            reportShape(node, of: key, expecting: "a map")
        }
        return nil
    }

    func bool(_ node: YAMLNode, of key: String) -> Bool? {
        guard let text = text(node, of: key) else { return nil }
        // What a variable gives may need quotes, since a plain `{` begins a map.
        if node.isQuoted, text == node.text, ["true", "false"].contains(text) {
            report(
                .notABoolean,
                "`\(key)` is true or false; in quotes it is text",
                at: node,
                label: "write `\(text)` without quotes",
                suggestion: text
            )
            return nil
        }
        switch text {
        case "true": return true
        case "false": return false
        default:
            let meant: String? =
                switch text.lowercased() {
                case "yes", "on", "y", "1", "true": "true"
                case "no", "off", "n", "0", "false": "false"
                default: nil
                }
            report(
                .notABoolean,
                "`\(key)` is true or false, not `\(text)`",
                at: node,
                label: meant.map { "write `\($0)`" } ?? "write `true` or `false`",
                suggestion: meant
            )
            return nil
        }
    }

    /// An integer in decimal digits, within a range.
    func integer(_ node: YAMLNode, of key: String, in range: ClosedRange<Int>) -> Int? {
        guard let text = text(node, of: key) else { return nil }
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let isDecimal = !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard isDecimal, digits.count == 1 || !digits.hasPrefix("0") else {
            let trimmed = isDecimal ? String(digits.drop { $0 == "0" }) : ""
            let fix = trimmed.isEmpty ? nil : trimmed
            report(
                .notAnInteger,
                "`\(text)` is not a whole number in decimal digits",
                at: node,
                label: fix.map { "did you mean `\($0)`?" }
                    ?? "write digits only, such as `\(range.lowerBound + 1)`",
                suggestion: fix
            )
            return nil
        }
        guard let value = Int(text), range.contains(value) else {
            report(
                .numberOutOfRange,
                "`\(key)` is \(range.lowerBound) to \(range.upperBound), not \(text)",
                at: node
            )
            return nil
        }
        return value
    }

    /// A duration of more than nothing.
    func duration(
        _ node: YAMLNode,
        of key: String,
        allowsZero: ZeroDuration = .refused
    ) -> Duration? {
        guard let text = text(node, of: key) else { return nil }
        do {
            let duration = try DurationText.parse(text)
            guard allowsZero == .allowed || duration > .zero else {
                report(.zeroDuration, "`\(key)` must be longer than nothing", at: node)
                return nil
            }
            return duration
        } catch {
            if allowsZero == .allowed, ["0", "0s"].contains(text) { return .zero }
            report(error, in: node, text: text)
            return nil
        }
    }

    enum ZeroDuration {
        case refused
        case allowed
    }

    /// One of the words of an enum.
    func word<Word: RawRepresentable & CaseIterable>(
        _ node: YAMLNode,
        of key: String,
        as type: Word.Type
    ) -> Word? where Word.RawValue == String {
        guard let text = text(node, of: key) else { return nil }
        if let word = Word(rawValue: text) { return word }
        let words = Word.allCases.map(\.rawValue)
        let near = Suggestion.nearest(to: text, among: words)
        report(
            .unknownWord,
            "`\(key)` has no value `\(text)`",
            at: node,
            label: near.isEmpty
                ? "one of \(words.joined(separator: ", "))"
                : "did you mean \(near.map { "`\($0)`" }.joined(separator: " or "))?",
            suggestion: near.count == 1 ? near.first : nil
        )
        return nil
    }

    /// A list of texts; a single text is one item when `single` allows it.
    func texts(
        _ node: YAMLNode,
        of key: String,
        single: SingleText
    ) -> [(text: String, node: YAMLNode)]? {
        guard case .sequence(let items) = node.content else {
            if single == .allowed { return text(node, of: key).map { [($0, node)] } }
            guard let written = scalar(node, of: key, expecting: "a list") else { return nil }
            let words = written.split { $0 == " " || $0 == "," }
            let list = "[\(words.joined(separator: ", "))]"
            report(
                .wrongShape,
                "`\(key)` takes a list, not a text",
                at: node,
                label: "write `\(list)`",
                suggestion: list
            )
            return nil
        }
        guard !items.isEmpty else {
            report(.emptyValue, "`\(key)` is an empty list", at: node)
            return nil
        }
        var found: [(String, YAMLNode)] = []
        for item in items {
            guard let text = text(item, of: key) else { continue }
            found.append((text, item))
        }
        return found.count == items.count ? found : nil
    }

    enum SingleText {
        case allowed
        case refused
    }

    /// A path, absolute or counted from the folder of the file it stands in.
    func path(_ node: YAMLNode, of key: String) -> String? {
        guard let text = text(node, of: key) else { return nil }
        guard !text.isEmpty else {
            report(.emptyValue, "`\(key)` is empty", at: node, label: "write a path")
            return nil
        }
        guard !text.hasPrefix("~") else {
            report(
                .homeFolder,
                "`~` has no meaning here: the daemon's home may be another's",
                at: node,
                label: "write the whole path, or `${HOME}`"
            )
            return nil
        }
        guard !text.hasPrefix("/") else { return text }
        let folder = problems.sources[node.spot.file]?.folder ?? "/"
        return AbsolutePath.joined(folder, text)
    }
}

/// Joining of paths without a look at the disk.
enum AbsolutePath {
    /// `path` seen from `folder`, without `.` and with `..` taken away where a name stands before it.
    static func joined(_ folder: String, _ path: String) -> String {
        let whole = path.hasPrefix("/") ? path : "\(folder)/\(path)"
        var parts: [Substring] = []
        for part in whole.split(separator: "/") where part != "." {
            if part == ".." {
                _ = parts.popLast()
            } else {
                parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/")
    }
}
