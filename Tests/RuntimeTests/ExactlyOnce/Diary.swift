import DownbeatCore

/// What the commands themselves have written down: one line each time, in one write to the end of a
/// file, so lines are whole and their order is the order of events.
struct Diary {
    enum Moment: Substring {
        case start = "S"
        /// In the middle of a longer one.
        case going = "G"
        case end = "E"
    }

    struct Line: Hashable {
        var moment: Moment
        var schedule: String
        /// Nil: a manual run.
        var slot: Timestamp?
        var run: String
        var attempt: Int
    }

    struct Unreadable: Error {
        var line: String
    }

    var lines: [Line] = []

    /// The shell's words that write a line.
    static func note(_ moment: Moment) -> String {
        "echo \"\(moment.rawValue) $DOWNBEAT_SCHEDULE $DOWNBEAT_SLOT $DOWNBEAT_RUN_ID"
            + " $DOWNBEAT_ATTEMPT\" >> \"$DIARY\""
    }

    init() {}

    /// Reads a diary that may be written to at this moment.
    init(_ path: String) throws {
        let text = TextFile.contents(path)
        let whole = text.lastIndex(of: "\n").map { text[...$0] } ?? ""
        lines = try whole.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map {
            try Self.read($0)
        }
    }

    private static func read(_ text: Substring) throws -> Line {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 5, let moment = Moment(rawValue: words[0]),
            let attempt = Int(words[4])
        else { throw Unreadable(line: String(text)) }
        let slot = words[2].isEmpty ? nil : try InstantText.parse(String(words[2]))
        return Line(
            moment: moment,
            schedule: String(words[1]),
            slot: slot,
            run: String(words[3]),
            attempt: attempt
        )
    }

    func lines(of run: String) -> [Line] {
        lines.filter { $0.run == run }
    }

    /// Whether an attempt of a run has written this.
    func has(_ moment: Moment, _ run: String, attempt: Int) -> Bool {
        lines.contains { $0.moment == moment && $0.run == run && $0.attempt == attempt }
    }
}
