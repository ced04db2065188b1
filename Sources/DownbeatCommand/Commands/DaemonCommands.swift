import ArgumentParser
import DownbeatCore

/// Options of the commands that start a daemon.
struct DaemonArguments: ParsableArguments {
    @Option(help: "How long running commands may finish when it stops (default: the files' 30s).")
    var drain: String?

    /// The options as the service takes them.
    func options(
        _ kind: OwnerRecord.Kind,
        _ session: Session
    ) throws(CommandError) -> DaemonOptions {
        var options = try session.daemonOptions(kind)
        if let drain { options.drain = try session.duration(drain, option: "--drain") }
        return options
    }
}

extension Session {
    /// How to start a daemon, or a worker of one run, by the global options.
    func daemonOptions(_ kind: OwnerRecord.Kind) throws(CommandError) -> DaemonOptions {
        var daemon = DaemonOptions(kind: kind, configuration: configurationPaths)
        daemon.stateFolder = namedState.map(absolute)
        if let zone = options.zone { daemon.zone = try self.zone(zone).name }
        daemon.verbosity = options.isQuiet ? .quiet : options.isVerbose ? .verbose : .usual
        daemon.colour = options.colour.allows(
            isTerminal: context.terminal.outputIsTerminal,
            environment: context.environment
        )
        return daemon
    }
}

/// `downbeat up`: beat and worker in one process.
struct UpCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Run everything in the foreground: beat and worker.",
        discussion: """
            EXAMPLES:
              downbeat up
              downbeat up --config /etc/downbeat --state /var/lib/downbeat
              downbeat up --standby         wait while another beat holds the database

            SIGTERM and Ctrl-C stop it in order, a second one at once; SIGHUP or \
            `downbeat apply` load the files again.
            """
    )

    @Flag(help: "Wait for another beat to leave instead of ending with 75.")
    var standby = false

    @OptionGroup var daemon: DaemonArguments
    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        var options = try daemon.options(.up, session)
        options.standby = standby
        return session.operations.runDaemon(options)
    }
}

/// `downbeat beat`: only turns due slots into runs.
struct BeatCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "beat",
        abstract: "Run only the beat: due slots become runs in their queues.",
        discussion: """
            EXAMPLES:
              downbeat beat                 a worker elsewhere executes the runs
              downbeat beat --standby
              downbeat beat --state /var/lib/downbeat
            """
    )

    @Flag(help: "Wait for another beat to leave instead of ending with 75.")
    var standby = false

    @OptionGroup var daemon: DaemonArguments
    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        var options = try daemon.options(.beat, session)
        options.standby = standby
        return session.operations.runDaemon(options)
    }
}

/// `downbeat worker`: only executes runs.
struct WorkerCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Run only a worker: executes the runs that wait in queues.",
        discussion: """
            EXAMPLES:
              downbeat worker
              downbeat worker --queues default,backup
              downbeat worker --concurrency 4
            """
    )

    /// More would only fight over two files and the disk.
    private static let concurrencyMax = 10_000

    @Option(help: "Queues to take from, with commas between (default: all of the files).")
    var queues: String?

    @Option(help: "Runs at once here (default: as many as its queues allow).")
    var concurrency: Int?

    @OptionGroup var daemon: DaemonArguments
    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        var options = try daemon.options(.worker, session)
        if let concurrency, !(1...Self.concurrencyMax).contains(concurrency) {
            throw CommandError(
                .usage,
                "--concurrency \(concurrency) is out of range",
                remedy: "use a number from 1 to \(Self.concurrencyMax)"
            )
        }
        options.concurrency = concurrency
        options.queues = try names(session)
        return session.operations.runDaemon(options)
    }

    private func names(_ session: Session) throws(CommandError) -> [String]? {
        guard let queues else { return nil }
        let names = queues.split(separator: ",").map { $0.trimming { $0 == " " } }
        let known = session.configurationIfAny()?.settings.queues.keys.sorted() ?? names
        for name in names where !known.contains(name) {
            throw .unknown(.missing, "no queue", name, candidates: known)
        }
        return names
    }
}

extension StringProtocol {
    /// The text without the characters at both ends that match.
    func trimming(_ matches: (Character) -> Bool) -> String {
        var rest = Substring(self)
        while let first = rest.first, matches(first) { rest.removeFirst() }
        while let last = rest.last, matches(last) { rest.removeLast() }
        return String(rest)
    }
}
