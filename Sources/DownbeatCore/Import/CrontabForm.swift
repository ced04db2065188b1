/// Which of its two forms a crontab has, and how that is known.
package struct CrontabFormReading: Hashable, Sendable {
    package var form: CrontabFile.Form
    /// A sentence for people: the reading, and how to have the other.
    package var sentence: String

    /// Accounts that system crontabs name and that are no programs; `mail` or `git` may be either.
    private static let accounts: Set<String> = [
        "root", "www-data", "nobody", "postgres", "munin", "apache", "operator", "smmsp",
        "logcheck", "debian-spamd", "ubuntu", "ec2-user",
    ]

    /// Reads the form from its path, or from its lines; nil when the lines contradict each other.
    ///
    /// - Parameters:
    ///   - path: absolute; nil: standard input.
    ///   - shown: the path as people know it.
    ///   - text: the crontab.
    package init?(path: String?, shown: String, text: String) {
        if let path, path == "/etc/crontab" || path.hasPrefix("/etc/cron.d/") {
            form = .system
            sentence = "\(shown) is in the system form: the sixth field is the user; --user if not"
            return
        }
        if let path, path.hasPrefix("/var/spool/cron/") || path.hasPrefix("/etc/crontabs/") {
            form = .user
            sentence = "\(shown) is a user's crontab: no user in it; --system if there is"
            return
        }
        let kinds = CrontabFile(text, form: .user).lines.compactMap { line -> Kind? in
            guard case .entry(let entry) = line else { return nil }
            return Self.kind(ofCommand: entry.command)
        }
        switch (kinds.contains(.systemLike), kinds.contains(.userLike)) {
        case (true, true):
            return nil
        case (true, false):
            form = .system
            sentence = "read in the system form: the sixth field is the user; --user if it is not"
        case (false, _):
            form = .user
            sentence =
                "read as a user's crontab (crontab -l); --system if the sixth field is the user"
        }
    }

    private enum Kind { case systemLike, userLike, either }

    /// What the text behind five fields looks like.
    private static func kind(ofCommand command: String) -> Kind {
        let words = command.split(separator: " ", maxSplits: 1).flatMap {
            $0.split(separator: "\t", maxSplits: 1)
        }
        guard let first = words.first, words.count > 1 else { return .userLike }
        if accounts.contains(String(first)) { return .systemLike }
        let isName = first.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
        }
        return isName ? .either : .userLike
    }
}
