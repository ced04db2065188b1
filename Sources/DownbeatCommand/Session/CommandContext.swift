package import DownbeatCore
import Foundation

/// The world as a command sees it: everything that a test must be able to set.
package struct CommandContext: Sendable {
    /// What is known of the terminal.
    package struct Terminal: Hashable, Sendable {
        package var outputIsTerminal: Bool
        package var errorIsTerminal: Bool
        /// Cells in a line; nil: unknown.
        package var columns: Int?

        package init(outputIsTerminal: Bool, errorIsTerminal: Bool, columns: Int?) {
            self.outputIsTerminal = outputIsTerminal
            self.errorIsTerminal = errorIsTerminal
            self.columns = columns
        }
    }

    package var operations: any Operations
    package var clocks: any Clocks
    /// Blocks the calling thread; a test's clock moves on instead.
    package var pause: @Sendable (Duration) -> Void
    /// Whether Ctrl-C was pressed since this was asked first; from then on it ends nothing by itself.
    package var isInterrupted: @Sendable () -> Bool = { false }
    /// Reads at most so many bytes of standard input, to its end.
    package var input: @Sendable (Int) -> [UInt8] = { _ in [] }
    package var inputIsTerminal = false
    /// A line that a person types, without its end; nil: none comes.
    package var answer: @Sendable () -> String? = { nil }
    /// Standard input piece by piece, for commands that answer while it goes on.
    package var inputStream: any ByteSource = DescriptorSource(0)
    /// The zone of this system's clock; nil: not known.
    package var systemZone: String?
    /// The home folder of a user of this system; nil: there is no such user.
    package var home: @Sendable (String) -> String? = { _ in nil }
    package var output: any TextSink
    package var errors: any TextSink
    package var terminal: Terminal
    package var environment: [String: String]
    /// Absolute.
    package var workingDirectory: String
    /// Who gives the commands.
    package var user: String
    /// The absolute path of this program.
    package var executable: String

    package init(
        operations: any Operations,
        clocks: any Clocks,
        pause: @escaping @Sendable (Duration) -> Void,
        output: any TextSink,
        errors: any TextSink,
        terminal: Terminal,
        environment: [String: String],
        workingDirectory: String,
        user: String,
        executable: String
    ) {
        self.operations = operations
        self.clocks = clocks
        self.pause = pause
        self.output = output
        self.errors = errors
        self.terminal = terminal
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.user = user
        self.executable = executable
    }

    /// This process: its descriptors, environment and folder; the clocks are the caller's.
    package static func process(
        operations: any Operations,
        clocks: any Clocks,
        pause: @escaping @Sendable (Duration) -> Void
    ) -> CommandContext {
        var size = winsize()
        let known = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        let environment = ProcessInfo.processInfo.environment
        var context = CommandContext(
            operations: operations,
            clocks: clocks,
            pause: pause,
            output: DescriptorSink(STDOUT_FILENO),
            errors: DescriptorSink(STDERR_FILENO),
            terminal: Terminal(
                outputIsTerminal: isatty(STDOUT_FILENO) == 1,
                errorIsTerminal: isatty(STDERR_FILENO) == 1,
                columns: known ? Int(size.ws_col) : nil
            ),
            environment: environment,
            workingDirectory: FileManager.default.currentDirectoryPath,
            user: environment["SUDO_USER"] ?? AccountName.of(getuid()),
            executable: Bundle.main.executablePath ?? "/usr/local/bin/downbeat"
        )
        context.isInterrupted = { Interruption.hasCome }
        context.input = { StandardInput.read(upTo: $0) }
        context.answer = { readLine() }
        context.inputIsTerminal = isatty(STDIN_FILENO) == 1
        context.systemZone = SystemZone.name(environment: environment)
        context.home = { AccountName.home(of: $0) }
        return context
    }
}
