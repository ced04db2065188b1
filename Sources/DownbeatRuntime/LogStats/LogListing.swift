import DownbeatCore
import Glibc

/// The files that globs match, open.
struct LogListing {
    /// Files that are open at once; the usual limit of a process is 1,024 descriptors.
    static let filesMax = 900
    /// Listings until one is not disturbed by a rotation; the last one is used as it is.
    private static let tries = 3

    /// Sorted by path; a file that has several names once.
    private(set) var files: [LogFile] = []
    /// What was left out and why.
    private(set) var notes: [String] = []
    /// Which file each path led to.
    private var identities: [String: Identity] = [:]

    private struct Identity: Hashable {
        var device: UInt64
        var inode: UInt64
    }

    /// Opens what the globs match.
    ///
    /// - Parameters:
    ///   - globs: as a shell reads them, without `~` and `**`.
    ///   - earliest: files not written since are left out: they have no line of the window. (gzip
    ///     keeps the time of the file that it compresses.)
    /// - Throws: `noFile` when no regular file matches.
    init(_ globs: [String], writtenSince earliest: Timestamp?) throws(LogStatsFailure) {
        for attempt in 1...Self.tries {
            files = []
            notes = []
            identities = [:]
            let paths = Self.expand(globs)
            let isWhole = try open(paths, writtenSince: earliest)
            guard attempt < Self.tries, !isWhole || Self.identities(of: globs) != identities else {
                break
            }
        }
        guard !identities.isEmpty else { throw .noFile(globs: globs) }
    }

    /// Returns false when a path was gone.
    private mutating func open(
        _ paths: [String],
        writtenSince earliest: Timestamp?
    ) throws(LogStatsFailure) -> Bool {
        var isWhole = true
        var seen: Set<Identity> = []
        for path in paths {
            switch try LogFile.open(path) {
            case .vanished:
                isWhole = false
                notes.append("\(path) was gone before it could be read")
            case .notRegular: notes.append("\(path) is no regular file, left out")
            case .opened(let file):
                let identity = Identity(device: file.facts.device, inode: file.facts.inode)
                identities[path] = identity
                guard seen.insert(identity).inserted else { continue }
                if let earliest, file.facts.modified < earliest { continue }
                if Self.hasOriginal(file.facts, among: paths) {
                    notes.append("\(path) is left out: its uncompressed form is there too")
                    continue
                }
                files.append(file)
            }
            guard files.count <= Self.filesMax else {
                throw .tooManyFiles(count: paths.count, limit: Self.filesMax)
            }
        }
        return isWhole
    }

    /// Whether a compressed file says nothing that is not read anyway, or is not whole yet.
    ///
    /// gzip gives it the original's time when it is whole, and then removes the original.
    private static func hasOriginal(_ file: LogFileFacts, among paths: [String]) -> Bool {
        guard file.path.hasSuffix(".gz") else { return false }
        let original = String(file.path.dropLast(3))
        var status = stat()
        guard stat(original, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        return paths.contains(original) || Int64(status.st_mtim.tv_sec) != file.modified.seconds
    }

    /// The regular files at the paths of now.
    private static func identities(of globs: [String]) -> [String: Identity] {
        var found: [String: Identity] = [:]
        for path in expand(globs) {
            var status = stat()
            guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            found[path] = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        }
        return found
    }

    /// All paths that match, sorted by bytes, each once.
    ///
    /// Folders that cannot be read match nothing.
    private static func expand(_ globs: [String]) -> [String] {
        var paths: Set<String> = []
        for pattern in globs {
            var found = glob_t()
            defer { globfree(&found) }
            guard glob(pattern, GLOB_NOSORT, nil, &found) == 0 else { continue }
            for index in 0..<Int(found.gl_pathc) {
                guard let path = found.gl_pathv[index] else { continue }
                paths.insert(String(cString: path))
            }
        }
        return paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
