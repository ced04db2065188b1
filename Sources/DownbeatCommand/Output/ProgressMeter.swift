import DownbeatCore
import Synchronization

/// Shows how far a run has come while a command waits for it, on stderr: a bar that is drawn again on a
/// terminal, else a line now and then.
final class ProgressMeter: Sendable {
    /// What is over sooner needs no bar.
    private static let silence: Duration = .milliseconds(500)
    private static let redrawEvery: Duration = .milliseconds(100)
    private static let lineEvery: Duration = .seconds(10)
    /// Back to the first cell, and everything after it away.
    private static let erase = "\r\u{1B}[K"

    private enum Kind { case bar, lines, none }

    private struct Drawn {
        var begin: Duration
        var at: Duration?
        var isOnScreen = false
    }

    private let label: String
    private let kind: Kind
    private let width: Int
    private let sink: any TextSink
    private let clocks: any Clocks
    private let drawn: Mutex<Drawn>

    /// A meter for the run of a task.
    init(_ label: String, _ session: Session) {
        let context = session.context
        let isTerminal =
            context.terminal.errorIsTerminal && context.environment["TERM"] != "dumb"
        self.label = label
        kind = session.options.isQuiet ? .none : isTerminal ? .bar : .lines
        width = session.width
        sink = context.errors
        clocks = context.clocks
        drawn = Mutex(Drawn(begin: context.clocks.monotonic))
    }

    /// Shows progress, or, with nil, clears the place for other output.
    func show(_ reading: ProgressReading?) {
        guard let reading else { return clear() }
        let now = clocks.monotonic
        drawn.withLock { drawn in
            switch kind {
            case .none: return
            case .bar:
                guard now - drawn.begin >= Self.silence,
                    drawn.at.map({ now - $0 >= Self.redrawEvery }) ?? true
                else { return }
                let text = SafeText.line(ProgressText.bar(label, reading))
                sink.write(Self.erase + CellText.cut(text, to: width - 1))
                drawn.isOnScreen = true
            case .lines:
                guard now - (drawn.at ?? drawn.begin) >= Self.lineEvery else { return }
                sink.write(SafeText.line(ProgressText.line(label, reading)) + "\n")
            }
            drawn.at = now
        }
    }

    /// Takes the bar away.
    func clear() {
        drawn.withLock { drawn in
            guard drawn.isOnScreen else { return }
            sink.write(Self.erase)
            drawn.isOnScreen = false
            drawn.at = nil
        }
    }
}
