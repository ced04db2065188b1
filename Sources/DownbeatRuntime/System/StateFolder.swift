import Glibc

/// The folder that holds everything Downbeat remembers: database, locks, doorbells.
///
/// It is 0700. One that others could have put things into is refused: whoever can write to it can
/// choose which commands run.
package struct StateFolder: Hashable, Sendable {
    package enum Mode: Sendable {
        /// Make it if it is missing.
        case create
        /// `ENOENT` if it is missing.
        case existing
    }

    /// Without a trailing slash.
    package let path: String
    /// Things a person should know, such as that the group may write; sentences without full stop.
    package let warnings: [String]

    package var database: String { path + "/state.db" }
    package var beatLock: String { path + "/beat.lock" }
    package var keepers: String { path + "/keepers" }
    /// How many commits the database had when somebody looked last.
    package var sequence: String { path + "/sequence" }
    package var doorbells: String { path + "/doorbells" }

    /// Opens the folder and looks whether it can be trusted.
    ///
    /// - Throws: `SystemError` when it is missing (with `.existing`), a symbolic link, not a
    ///   folder, another user's, or writable by everybody.
    package init(_ path: String, mode: Mode) throws(SystemError) {
        var trimmed = path
        while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
        self.path = trimmed
        if mode == .create { try Self.makeWithParents(trimmed) }
        warnings = try Self.check(trimmed)
        guard mode == .create else { return }
        for inner in [trimmed + "/keepers", trimmed + "/doorbells"] {
            try Self.make(inner)
            _ = try Self.check(inner)
        }
    }

    /// Makes new files private to this user, whatever the shell had set.
    package static func restrictNewFiles() {
        umask(0o077)
    }

    private static func makeWithParents(_ path: String) throws(SystemError) {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            throw SystemError("create the state folder", place: path)
        }
        try makeWithParents(String(path[..<slash]))
        try make(path)
    }

    private static func make(_ path: String) throws(SystemError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw SystemError("create the folder", place: path)
        }
    }

    private static func check(_ path: String) throws(SystemError) -> [String] {
        var facts = stat()
        guard lstat(path, &facts) == 0 else {
            throw SystemError("open the state folder", place: path)
        }
        func refuse(_ reason: String, _ remedy: String) -> SystemError {
            SystemError(
                "use the state folder",
                place: path,
                errorNumber: 0,
                reason: reason,
                remedy: remedy
            )
        }
        switch facts.st_mode & S_IFMT {
        case S_IFDIR: break
        case S_IFLNK: throw refuse("it is a symbolic link", "name the folder itself")
        default: throw refuse("it is not a folder", "name another one with --state")
        }
        guard isTrusted(owner: facts.st_uid) else {
            throw refuse("it belongs to user \(facts.st_uid)", "run as that user")
        }
        guard facts.st_mode & S_IWOTH == 0 else {
            throw refuse("everybody may write to it", "run: chmod 700 \(path)")
        }
        return facts.st_mode & S_IWGRP == 0
            ? [] : ["the group may write to the state folder \(path); run: chmod 700 \(path)"]
    }

    /// Ours, or, for root, that of the user who called sudo.
    private static func isTrusted(owner: uid_t) -> Bool {
        if owner == geteuid() { return true }
        guard geteuid() == 0, let caller = getenv("SUDO_UID") else { return false }
        return uid_t(String(cString: caller)) == owner
    }
}
