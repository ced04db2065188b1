import DownbeatCore
import Testing

@Suite("Log bookmark")
struct LogBookmarkTests {
    private static let noon = Timestamp(seconds: 1_790_000_000)

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// Seconds from noon; nil: the first run.
        var until: Int64?
        var readAt: Int64
        /// Microseconds from noon.
        var start: Int64
        var end: Int64
    }

    static let rows = [
        Row(
            testDescription: "the first begins with the first line",
            until: nil,
            readAt: 0,
            start: -60_000_000,
            end: 0
        ),
        Row(
            testDescription: "the next where the last one ended",
            until: 0,
            readAt: 3600,
            start: 0,
            end: 3_600_000_000
        ),
        Row(
            testDescription: "twice at one instant are two windows",
            until: 0,
            readAt: 0,
            start: 0,
            end: 1
        ),
        Row(
            testDescription: "a clock that went back",
            until: 3600,
            readAt: 0,
            start: 3_600_000_000,
            end: 3_600_000_001
        ),
        Row(
            testDescription: "a clock that had been far ahead",
            until: 20_000,
            readAt: 5,
            start: 5_000_000,
            end: 5_000_000
        ),
    ]

    @Test(arguments: rows)
    func `windows by reading meet, and no two are the same`(row: Row) {
        let last = row.until.map {
            LogBookmark(until: Self.noon + .seconds($0), files: [])
        }
        let window = LogBookmark.window(
            after: last,
            readAt: Self.noon + .seconds(row.readAt),
            earliest: Self.noon - .seconds(60)
        )
        #expect(window.start == Self.noon + .microseconds(row.start))
        #expect(window.end == Self.noon + .microseconds(row.end))
    }

    @Test func `a log of the future begins no window behind its end`() {
        let window = LogBookmark.window(
            after: nil,
            readAt: Self.noon,
            earliest: Self.noon + .seconds(60)
        )
        #expect(window == LogWindow(start: Self.noon, end: Self.noon))
    }
}
