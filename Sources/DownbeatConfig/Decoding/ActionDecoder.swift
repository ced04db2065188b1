import DownbeatCore

/// Reads what a schedule does: `command`, `shell`, or a built-in.
struct ActionDecoder {
    let fields: ScheduleFields
    let context: DecodingContext
    let environment: EnvironmentDecoder

    /// Keys that say what a schedule does.
    private static var keys: [ScheduleKey] {
        #if DEBUG
            ScheduleKey.actions + [.selfTest]
        #else
            ScheduleKey.actions
        #endif
    }

    /// Whether one of a schedule's own keys is an action.
    static func isAction(among own: ScheduleFields.Layer) -> Bool {
        keys.contains { own[$0] != nil }
    }

    func decode() -> Action? {
        let found = Self.keys.compactMap { key in fields.own(key).map { (key: key, entry: $0) } }
            .sorted { left, right in
                let (one, other) = (left.entry.key.spot, right.entry.key.spot)
                return (one.line, one.column) < (other.line, other.column)
            }
        guard found.count > 1 else {
            guard let (key, entry) = found.first else { return nil }
            let action = self.action(key, entry.value)
            if action?.isBuiltIn == true { refuseCommandKeys(beside: entry) }
            return action
        }
        let (first, second) = (found[0].entry, found[1].entry)
        context.report(
            .severalActions,
            "`\(first.name)` and `\(second.name)` exclude each other: a schedule has one action",
            at: second.key,
            label: "remove one, or make two schedules",
            related: context.related(first.key, "first action")
        )
        // All are read, so that their own mistakes are reported too.
        for (key, entry) in found { _ = action(key, entry.value) }
        return nil
    }

    /// Reports keys that a built-in has no use for, where the schedule itself names them.
    private func refuseCommandKeys(beside action: YAMLEntry) {
        let remedies: [(ScheduleKey, String)] = [
            (.workingDirectory, "remove it: paths of a built-in count from this file's folder"),
            (.successCodes, "remove it: a built-in says itself whether it succeeded"),
        ]
        for (key, remedy) in remedies {
            guard let entry = fields.own(key) else { continue }
            context.report(
                .commandKeyOnly,
                "`\(entry.name)` is for commands, not for `\(action.name)`",
                at: entry.key,
                label: remedy,
                related: context.related(action.key, "the action")
            )
        }
    }

    /// Reads the value of one key; a built-in has a case of its own here.
    private func action(_ key: ScheduleKey, _ node: YAMLNode) -> Action? {
        switch key {
        case .command: return command(node)
        case .shell: return shell(node)
        case .backup: return BackupDecoder(fields: fields, context: context).decode(node)
        case .logStats: return LogStatsDecoder(context: context).decode(node).map(builtIn)
        #if DEBUG
            case .selfTest:
                return context.scalar(node, of: "self_test").map { text in
                    .builtIn(BuiltIn(name: "self_test", options: text, words: "self test"))
                }
        #endif
        default:
            preconditionFailure("`\(key.rawValue)` is not an action")
        }
    }

    private func builtIn(_ options: some BuiltInOptions) -> Action {
        do {
            return .builtIn(try BuiltIn(options))
        } catch {
            preconditionFailure("texts, numbers and lists are always encoded: \(error)")
        }
    }

    private func command(_ node: YAMLNode) -> Action? {
        words(node, of: ScheduleKey.command.rawValue).map(Action.command)
    }

    /// The words of a command without a shell: `command`, and `on_failure`.
    func words(_ node: YAMLNode, of key: String) -> [String]? {
        guard case .sequence(let items) = node.content else {
            reportNotAList(node, of: key)
            return nil
        }
        guard !items.isEmpty else {
            context.report(
                .emptyValue,
                "`\(key)` is an empty list",
                at: node,
                label: "name a program"
            )
            return nil
        }
        var texts: [String] = []
        for item in items {
            guard let text = context.text(item, of: key),
                context.checkTemplate(text, in: item)
            else { continue }
            environment.refusePartialSecret(item.text ?? "", item)
            texts.append(text)
        }
        guard texts.count == items.count else { return nil }
        guard let program = texts.first, !program.isEmpty else {
            context.report(
                .emptyValue,
                "`\(key)` names no program",
                at: items[0],
                label: "its first item is empty"
            )
            return nil
        }
        for (item, text) in zip(items, texts).dropFirst() where Self.shellWords.contains(text) {
            context.report(
                .shellSyntax,
                "`\(text)` is passed to the program as it stands, since a list has no shell",
                at: item,
                label: key == ScheduleKey.command.rawValue
                    ? "use `shell:` for pipes and redirections"
                    : "write `[/bin/sh, -c, \"…\"]` for pipes and redirections"
            )
        }
        return texts
    }

    private static let shellWords: Set<String> = [
        "|", "||", "&&", ">", ">>", "<", "2>&1", "2>", "&",
    ]

    private func reportNotAList(_ node: YAMLNode, of key: String) {
        guard let text = context.scalar(node, of: key, expecting: "a list of texts") else {
            return
        }
        let needsShell = text.unicodeScalars.contains {
            "|&;<>*?$`(){}\n~".unicodeScalars.contains($0)
        }
        guard !needsShell, let words = Self.split(text) else {
            context.report(
                .commandNotAList,
                "`\(key)` takes a list, not a text",
                at: node,
                label: key == ScheduleKey.command.rawValue
                    ? "use `shell:` for a line of shell"
                    : "write `[/bin/sh, -c, \"…\"]` for a line of shell",
                suggestion: nil
            )
            return
        }
        let list = "[" + words.map(Self.quoted).joined(separator: ", ") + "]"
        context.report(
            .commandNotAList,
            "`\(key)` takes a list, not a text",
            at: node,
            label: "write `\(list)`",
            suggestion: list
        )
    }

    /// The words of a command line with simple quotes; nil when a quote is not closed.
    static func split(_ text: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var quote: Character?
        for character in text {
            if let open = quote {
                if character == open { quote = nil } else { word?.append(character) }
            } else if character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if character == " " || character == "\t" {
                if let done = word { words.append(done) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let done = word { words.append(done) }
        return quote == nil && !words.isEmpty ? words : nil
    }

    private static func quoted(_ word: String) -> String {
        let escaped = word.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
        return "\"\(escaped)\""
    }

    /// A script stands as it is: `${NAME}` and `{{…}}` are the shell's.
    private func shell(_ node: YAMLNode) -> Action? {
        guard let script = context.scalar(node, of: "shell") else { return nil }
        guard !script.utf8.contains(0) else {
            context.report(
                .nulCharacter,
                "`shell` holds a NUL character",
                at: node,
                label: "remove it"
            )
            return nil
        }
        guard script.contains(where: { !$0.isWhitespace }) else {
            context.report(.emptyValue, "`shell` is empty", at: node, label: "write a script")
            return nil
        }
        return .shell(script)
    }
}
