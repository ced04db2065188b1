import ArgumentParser
import DownbeatCore

/// The whole command line as one function: arguments and a context in, an exit status out.
package enum CommandRunner {
    /// Parses and executes; writes to the context's sinks alone, and never ends the process itself,
    /// save for a reader that has gone away and a stdout that takes nothing.
    ///
    /// - Parameters:
    ///   - arguments: without the program's name.
    ///   - context: the world to act on.
    /// - Returns: the exit status.
    package static func run(_ arguments: [String], context: CommandContext) -> Int32 {
        do {
            let arranged = try CommandLineWords.arrange(arguments)
            return try execute(arranged, context: context)
        } catch let error as CommandError {
            context.errors.write(error.render(colour: errorColour(arguments, context)))
            return error.status.rawValue
        } catch {
            return finish(error, arguments: arguments, context: context)
        }
    }

    /// Lines of help longer than this are hard to read.
    private static let helpWidthMax = 100

    private static func execute(_ arguments: [String], context: CommandContext) throws -> Int32 {
        guard !CommandLineWords.wantsHelp(arguments) else {
            let type = CommandLineWords.command(of: arguments).type
            let width = min(Session.width(context), helpWidthMax)
            let help = RootCommand.helpMessage(for: type, columns: width)
            context.output.write(help + "\n")
            return ExitStatus.success.rawValue
        }
        let command = try RootCommand.parseAsRoot(arguments)
        guard let command = command as? any SessionCommand else {
            let path = CommandLineWords.command(of: arguments).path.joined(separator: " ")
            throw CommandError(
                .usage,
                "`\(path)` needs one of its subcommands",
                remedy: "see: downbeat \(path) --help"
            )
        }
        return try command.execute(Session(context: context, options: command.global))
    }

    /// What could not be parsed goes to stderr with 64.
    private static func finish(
        _ error: any Error,
        arguments: [String],
        context: CommandContext
    ) -> Int32 {
        let text = ParserMessage.ours(RootCommand.message(for: error))
        let path = CommandLineWords.command(of: arguments).path.joined(separator: " ")
        let failure = CommandError(
            .usage,
            text,
            remedy: "see: downbeat \(path.isEmpty ? "" : path + " ")--help"
        )
        context.errors.write(failure.render(colour: errorColour(arguments, context)))
        return failure.status.rawValue
    }

    /// Whether errors are coloured, also of arguments that could not be parsed.
    private static func errorColour(_ arguments: [String], _ context: CommandContext) -> Bool {
        let option = "--color"
        let attached = arguments.last { $0.hasPrefix(option + "=") }?.dropFirst(option.count + 1)
        let named = arguments.lastIndex(of: option).flatMap { index in
            index + 1 < arguments.count ? arguments[index + 1] : nil
        }
        let choice = (attached.map(String.init) ?? named).flatMap(ColourChoice.init(rawValue:))
        return (choice ?? .auto).allows(
            isTerminal: context.terminal.errorIsTerminal,
            environment: context.environment
        )
    }
}

/// ArgumentParser's sentences in our form: lower case, backticks, one line.
enum ParserMessage {
    private static let choices = " is invalid for "

    static func ours(_ message: String) -> String {
        var text = message
        if text.hasPrefix("Error: ") { text.removeFirst("Error: ".count) }
        text =
            text.split(separator: "\n", omittingEmptySubsequences: true).first.map(String.init)
            ?? ""
        text = text.replacing("'", with: "`").replacing(". Did you mean", with: "; did you mean")
        if text.contains(choices) { text = unknownValue(text) ?? text }
        while text.hasSuffix(".") { text.removeLast() }
        guard let first = text.first else { return "the arguments cannot be understood" }
        return first.lowercased() + text.dropFirst()
    }

    /// ``unknown value `tabel` for `-o`; did you mean `table`?``, from a sentence that lists all.
    private static func unknownValue(_ text: String) -> String? {
        let quoted = text.split(separator: "`", omittingEmptySubsequences: false)
        let words = stride(from: 1, to: quoted.count, by: 2).map { String(quoted[$0]) }
        guard words.count > 2 else { return nil }
        let option = words[1].split(separator: " ").first.map(String.init) ?? words[1]
        let lead = "unknown value `\(words[0])` for `\(option)`"
        let values = Array(words[2...])
        let near = Suggestion.nearest(to: words[0], among: values)
        let list = (near.isEmpty ? values : near).map { "`\($0)`" }.joined(
            separator: near.isEmpty ? ", " : " or "
        )
        return near.isEmpty ? "\(lead); use one of \(list)" : "\(lead); did you mean \(list)?"
    }
}
