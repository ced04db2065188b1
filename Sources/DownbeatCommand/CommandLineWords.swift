import ArgumentParser
import DownbeatCore

/// What is done to the arguments before they are parsed: global options may stand before the
/// command, a mistyped command gets its suggestion, a command of a later version its answer.
///
/// ArgumentParser has a suggestion for a mistyped option, but says "Unexpected argument" to a
/// mistyped subcommand.
enum CommandLineWords {
    /// Commands that are designed and come with later versions.
    private static let later: Set<String> = [
        "backfill", "delay", "man", "queues", "repair", "schema", "web", "workers",
    ]

    /// The arguments as the parser takes them.
    ///
    /// - Throws: `CommandError` 64 for a command that is not one.
    static func arrange(_ arguments: [String]) throws(CommandError) -> [String] {
        let (leading, index) = leadingOptions(arguments)
        guard let index else {
            if leading.contains(where: { ["-h", "--help", "-help"].contains($0) }) {
                return ["--help"]
            }
            if leading.contains("--version") {
                return ["version"] + leading.filter { $0 != "--version" }
            }
            return leading
        }
        let word = arguments[index]
        let rest = Array(arguments[(index + 1)...])
        guard word != "help" else { return try help(rest) }
        // Not shown, not suggested: completion scripts ask for it.
        guard word != ValuesCommand._commandName else { return [word] + leading + rest }
        let command = try known(word, among: subcommands(of: RootCommand.self), path: [])
        guard !subcommands(of: command).isEmpty else { return [word] + leading + rest }
        return [word] + (try nested(command, word: word, leading: leading, rest: rest))
    }

    /// The words that name the command, for a hint, and its type: `next`, `runs show`.
    static func command(
        of arguments: [String]
    ) -> (path: [String], type: any ParsableCommand.Type) {
        var path: [String] = []
        var type: any ParsableCommand.Type = RootCommand.self
        for word in arguments where !word.hasPrefix("-") {
            guard let next = subcommands(of: type)[word] else { break }
            path.append(word)
            type = next
        }
        return (path, type)
    }

    /// Whether help is asked for.
    static func wantsHelp(_ arguments: [String]) -> Bool {
        arguments.prefix { $0 != "--" }.contains { $0 == "-h" || $0 == "--help" }
    }

    /// Options before the first word, with their values, and the place of that word.
    private static func leadingOptions(_ arguments: [String]) -> ([String], Int?) {
        var leading: [String] = []
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            guard argument.hasPrefix("-"), argument != "-" else { return (leading, index) }
            leading.append(argument)
            index += 1
            if GlobalOptions.namesWithValue.contains(argument), index < arguments.count {
                leading.append(arguments[index])
                index += 1
            }
        }
        return (leading, nil)
    }

    /// `help next` is `next --help`.
    private static func help(_ words: [String]) throws(CommandError) -> [String] {
        var path: [String] = []
        var type: any ParsableCommand.Type = RootCommand.self
        for word in words where !word.hasPrefix("-") {
            let next = subcommands(of: type)
            guard !next.isEmpty else { break }
            type = try known(word, among: next, path: path)
            path.append(word)
        }
        return path + ["--help"]
    }

    /// The words after a command that has subcommands: one of them, or its default.
    private static func nested(
        _ command: any ParsableCommand.Type,
        word: String,
        leading: [String],
        rest: [String]
    ) throws(CommandError) -> [String] {
        let (options, index) = leadingOptions(rest)
        let inner = subcommands(of: command)
        if let index {
            let name = rest[index]
            if inner[name] != nil {
                return [name] + leading + options + rest[(index + 1)...]
            }
            // An option of the default subcommand may have a value that looks like a word.
            guard index > 0 else {
                _ = try known(name, among: inner, path: [word])
                return rest
            }
        }
        if options.contains("--help") || options.contains("-h") { return rest }
        guard let standard = command.configuration.defaultSubcommand else { return leading + rest }
        return [standard._commandName] + leading + rest
    }

    private static func known(
        _ word: String,
        among commands: [String: any ParsableCommand.Type],
        path: [String]
    ) throws(CommandError) -> any ParsableCommand.Type {
        if let command = commands[word] { return command }
        if path.isEmpty, later.contains(word) {
            throw CommandError(
                .usage,
                "`\(word)` is not in this version",
                remedy: "see what is: downbeat --help"
            )
        }
        let prefix = path.map { $0 + " " }.joined()
        let near = Suggestion.nearest(to: word, among: commands.keys.sorted())
        throw CommandError.unknown(
            .usage,
            "unknown command",
            prefix + word,
            candidates: near.isEmpty ? [] : commands.keys.sorted().map { prefix + $0 },
            list: near.isEmpty ? "downbeat \(prefix)--help" : ""
        )
    }

    private static func subcommands(
        of type: any ParsableCommand.Type
    ) -> [String: any ParsableCommand.Type] {
        let shown = type.configuration.subcommands.filter { $0.configuration.shouldDisplay }
        return Dictionary(
            shown.map { ($0._commandName, $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }
}
