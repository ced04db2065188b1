import DownbeatCore
import DownbeatRuntime
import Glibc

/// A service that a test has started.
final class Service {
    /// After its end, everything that it had started is gone within this time.
    static let tidyLimit: Duration = .seconds(2)

    enum KillTarget { case service, group }

    struct Left: Error, CustomStringConvertible {
        var processes: [MarkedProcesses.Found]

        var description: String {
            "left \(Service.tidyLimit) after the end of the service: \(processes)"
        }
    }

    struct Ended: Error, CustomStringConvertible {
        var end: StartedProcess.End
        var errors: String

        var description: String { "the service has ended: \(end): \(errors)" }
    }

    let process: StartedProcess
    private let folder: ServiceFolder

    init(_ process: StartedProcess, in folder: ServiceFolder) {
        self.process = process
        self.folder = folder
    }

    /// Whether it has taken over the configuration: from here on no slot may be missing.
    var isReady: Bool { process.output.contains("\nscheduled ") }

    /// Waits until it is ready.
    ///
    /// - Throws: `Ended` when it has ended instead.
    func waitUntilReady() throws {
        try Patience.wait(for: "a service to be ready") {
            if isReady { return () }
            if let end = process.end { throw Ended(end: end, errors: process.errors) }
            return nil
        }
    }

    /// Ends it at once and waits until nothing of it is left.
    func kill(_ target: KillTarget = .service) throws {
        switch target {
        case .service: process.signal(SIGKILL)
        case .group: process.signalGroup(SIGKILL)
        }
        _ = try process.waitForEnd()
        try waitUntilTidy()
    }

    /// Waits until nothing that it had started is left.
    ///
    /// - Throws: `Left` when that takes longer than `tidyLimit`.
    func waitUntilTidy() throws {
        do {
            // Twice: the first look may come while one of them executes another program.
            var looks = 0
            try Patience.wait(for: "the end of all", within: Self.tidyLimit) {
                looks = folder.processes.all().isEmpty ? looks + 1 : 0
                return looks == 2 ? () : nil
            }
        } catch is Patience.RanOut {
            let left = folder.processes.all()
            guard left.isEmpty else { throw Left(processes: left) }
        }
    }
}
