import CDownbeat
import Glibc

/// Turns signals into events of a loop.
///
/// Make it in the main thread before any other thread starts: threads inherit the blocked signals,
/// and a thread that does not block them would take them with their default effect.
package final class SignalListener {
    package enum Signal: CaseIterable, Hashable, Sendable {
        case terminate
        case interrupt
        case hangUp
        case childEnded

        package var number: Int32 {
            switch self {
            case .terminate: SIGTERM
            case .interrupt: SIGINT
            case .hangUp: SIGHUP
            case .childEnded: SIGCHLD
            }
        }
    }

    /// Whether SIGHUP will mean that the terminal was closed: there is one, and SIGHUP was not ignored
    /// from the start (`nohup`).
    ///
    /// Ask before the listener is made, and before a hang-up: a terminal that was closed is gone.
    package static var hangUpMeansClosedTerminal: Bool {
        guard downbeat_signal_is_ignored(SIGHUP) == 0 else { return false }
        let terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard terminal >= 0 else { return false }
        close(terminal)
        return true
    }

    /// The signals that ask a command to end, without those that this process ignores (`nohup`).
    package static var stopSignals: [Signal] {
        [.terminate, .interrupt, .hangUp].filter { downbeat_signal_is_ignored($0.number) == 0 }
    }

    /// Blocks signals for this thread and those it will start; a listener that is made later takes
    /// those that came in between.
    package static func hold(_ held: [Signal]) {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in held { sigaddset(&set, signal.number) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Readable when a signal has come.
    package var descriptor: Int32 { signals.number }
    private let signals: Descriptor

    /// Blocks these signals for this thread and those it will start, and ignores SIGPIPE.
    package init(_ listened: [Signal] = Signal.allCases) throws(SystemError) {
        let numbers = listened.map(\.number)
        let descriptor = downbeat_signals_open(numbers, numbers.count)
        guard descriptor >= 0 else { throw SystemError("listen to signals") }
        signals = Descriptor(owning: descriptor)
    }

    /// The next signal that came; nil: none.
    ///
    /// Equal ones that came together count once.
    package func takeSignal() -> Signal? {
        let number = downbeat_signals_read(descriptor)
        return Signal.allCases.first { $0.number == number }
    }
}
