/// What a run of a `since_last` window leaves for the next one: up to when it has read, and how far in
/// each file.
///
/// The windows of such runs are told by when the logs were read, not by the lines' own times: lines of
/// two runs may carry the same second, and a window that is stored again takes the place of the first.
/// So each window begins where the last one ended and ends later, whatever the clock does, and no two
/// are the same. A retry of an old run is a reading like any other: it counts what came since the
/// latest one.
package struct LogBookmark: Hashable, Sendable, Codable {
    /// The end of the last window.
    package var until: Timestamp
    package var files: [LogPosition]

    /// A last window that ends further ahead of now was told by a wrong clock, and is not continued.
    private static let aheadMax: Duration = .seconds(3 * 3600)

    package init(until: Timestamp, files: [LogPosition]) {
        self.until = until
        self.files = files
    }

    /// The window of a run.
    ///
    /// - Parameters:
    ///   - last: what the run before left; nil: there was none, and everything was read.
    ///   - readAt: when the logs were listed.
    ///   - earliest: the time of the first line, where the first window begins.
    /// - Returns: the window, whose `end` is the next bookmark's `until`.
    package static func window(
        after last: LogBookmark?,
        readAt: Timestamp,
        earliest: Timestamp
    ) -> LogWindow {
        guard let last else { return LogWindow(start: min(earliest, readAt), end: readAt) }
        guard last.until - readAt <= aheadMax else {
            return LogWindow(start: readAt, end: readAt)
        }
        return LogWindow(start: last.until, end: max(readAt, last.until + .microseconds(1)))
    }

    private enum CodingKeys: String, CodingKey {
        case until = "until_us"
        case files
    }
}
