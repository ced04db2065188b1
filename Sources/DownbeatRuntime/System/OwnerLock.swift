import Glibc

/// The lock that says whether anything of an owner is left: the process itself, its keeper, or a
/// reaper of one of its attempts.
///
/// A process that executes runs makes one with a fresh id and hands it to its keeper. Commands do
/// not inherit it. Whoever finds it free knows that no attempt of that owner runs any more, and may
/// claim its runs.
package struct OwnerLock {
    /// The owner's id; also the file's name.
    ///
    /// Letters and digits.
    package let owner: String
    package let lock: FileLock

    private static let suffix = ".lock"
    /// How often a lock that nobody can have is found held before it is believed.
    private static let sweepsMax = 20
    private static let sweepMicroseconds: UInt32 = 1000

    /// Takes the lock of a new owner.
    ///
    /// - Parameters:
    ///   - owner: an id nobody has used before, such as a run id's text.
    ///   - folder: where it lies.
    ///   - holder: what others will be told.
    /// - Throws: `SystemError` when the file cannot be used, or the id is taken.
    package init(owner: String, in folder: StateFolder, as holder: LockHolder) throws(SystemError) {
        let path = Self.path(of: owner, in: folder)
        var attempt = try FileLock.acquire(path, as: holder)
        // Whoever sweeps dead owners' files away locks each for a moment, this new one, too.
        for _ in 0..<Self.sweepsMax {
            guard case .held = attempt else { break }
            usleep(Self.sweepMicroseconds)
            attempt = try FileLock.acquire(path, as: holder)
        }
        switch attempt {
        case .acquired(let lock):
            self.owner = owner
            self.lock = lock
        case .held(let other):
            let pid = other.map { " by process \($0.process.pid)" } ?? ""
            throw SystemError(
                "take the lock",
                place: path,
                errorNumber: 0,
                reason: "it is held\(pid)"
            )
        }
    }

    /// Whether anything of an owner is left.
    package static func status(
        of owner: String,
        in folder: StateFolder
    ) throws(SystemError) -> FileLock.Status {
        try FileLock.status(of: path(of: owner, in: folder))
    }

    /// The ids of all owners that have left a file, dead or alive, in order.
    package static func owners(in folder: StateFolder) -> [String] {
        Folder.names(in: folder.keepers)
            .filter { $0.hasSuffix(suffix) }
            .map { String($0.dropLast(suffix.count)) }
            .sorted()
    }

    /// The processes that still hold an owner's lock, for a message.
    package static func processesHolding(_ owner: String, in folder: StateFolder) -> [Int32] {
        FileLock.processesHolding(path(of: owner, in: folder))
    }

    /// Removes the file of an owner of which nothing is left; says whether it is gone.
    @discardableResult
    package static func removeIfFree(
        _ owner: String,
        in folder: StateFolder
    ) throws(SystemError) -> Bool {
        try FileLock.removeIfFree(path(of: owner, in: folder))
    }

    private static func path(of owner: String, in folder: StateFolder) -> String {
        precondition(
            !owner.isEmpty && owner.utf8.allSatisfy { $0.isLetterOrDigit },
            "an owner's id is letters and digits, since it names a file"
        )
        return "\(folder.keepers)/\(owner)\(suffix)"
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }
}
