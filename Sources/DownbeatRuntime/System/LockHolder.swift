package import DownbeatCore

/// Who holds a lock: the one line of text in a lock file.
///
/// The text is for people and for messages; whether the lock is held says the kernel alone.
package struct LockHolder: Hashable, Sendable {
    package var process: ProcessIdentity
    /// What the process is: `up`, `beat`, `worker`, `run`.
    package var kind: String
    package var since: Timestamp

    package init(process: ProcessIdentity, kind: String, since: Timestamp) {
        self.process = process
        self.kind = kind
        self.since = since
    }

    /// The line that stands in the file, with its end.
    package var line: String {
        """
        pid=\(process.pid) start=\(process.startTime) boot=\(process.bootID) \
        kind=\(kind) since_us=\(since.microseconds)\n
        """
    }

    /// Reads the line; nil when a file holds something else, as while it is being written.
    package init?(line: String) {
        var fields: [Substring: Substring] = [:]
        for word in line.split(whereSeparator: \.isWhitespace) {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            fields[parts[0]] = parts[1]
        }
        guard let pid = fields["pid"].flatMap({ Int32($0) }),
            let start = fields["start"].flatMap({ UInt64($0) }),
            let boot = fields["boot"], let kind = fields["kind"],
            let since = fields["since_us"].flatMap({ Int64($0) })
        else { return nil }
        self.init(
            process: ProcessIdentity(pid: pid, startTime: start, bootID: String(boot)),
            kind: String(kind),
            since: Timestamp(microseconds: since)
        )
    }
}
