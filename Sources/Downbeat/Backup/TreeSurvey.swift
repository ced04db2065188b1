import DownbeatCore
import Glibc

/// A walk through a folder before it is archived: how much there is, and what stays out.
///
/// Names are bytes, since a file's name need not be UTF-8. The folder of the backups and the state
/// folder are known by device and number, so no link or mount hides them.
struct TreeSurvey {
    /// The folder.
    let root: String
    /// About as many bytes as the archive will have.
    private(set) var bytes: Int64 = 0
    /// Files, folders and links.
    private(set) var entries = 0
    /// Paths from the folder on; a folder stands for everything in it.
    private(set) var excluded: [[UInt8]] = []

    /// A header for each entry, and its contents in whole blocks.
    private static let blockBytes: Int64 = 512
    /// Headers of an entry of the POSIX format with its times.
    private static let headerBytes: Int64 = 1536
    /// Deeper trees are refused: no path of the system reaches that far.
    private static let depthMax = 2048

    private struct FileID: Hashable {
        var device: UInt
        var number: UInt

        init(_ facts: stat) {
            device = UInt(facts.st_dev)
            number = UInt(facts.st_ino)
        }
    }

    private let patterns: [ExcludePattern]
    private let omitted: Set<FileID>
    private var linked: Set<FileID> = []

    /// Walks through the folder.
    ///
    /// - Parameters:
    ///   - root: the folder.
    ///   - patterns: what else stays out.
    ///   - omitting: folders that stay out with all that is in them; missing ones do not matter.
    ///   - check: called for each folder; throws to stop.
    /// - Throws: `BackupError` when a folder cannot be read.
    init(
        _ root: String,
        patterns: [ExcludePattern],
        omitting: [String],
        check: () throws(BackupError) -> Void
    ) throws(BackupError) {
        self.root = root
        self.patterns = patterns
        omitted = Set(
            omitting.compactMap { path in
                var facts = stat()
                return stat(path, &facts) == 0 ? FileID(facts) : nil
            }
        )
        var facts = stat()
        guard stat(root, &facts) == 0 else {
            var error = BackupError("cannot read the folder", place: root)
            if error.kind == .missing { error.remedy = "name a folder that is there" }
            throw error
        }
        guard facts.st_mode & S_IFMT == S_IFDIR else {
            throw BackupError(
                .missing,
                "this is not a folder",
                place: root,
                remedy: "name a folder under `directory:`, or a database under `sqlite:`"
            )
        }
        guard !omitted.contains(FileID(facts)) else {
            throw BackupError(
                .refused,
                "the folder to save is the folder of the backups, or of the state",
                place: root,
                remedy: "let `to:` name another folder"
            )
        }
        try walk([], depth: 0, check)
    }

    private mutating func walk(
        _ folder: [UInt8],
        depth: Int,
        _ check: () throws(BackupError) -> Void
    ) throws(BackupError) {
        try check()
        guard depth < Self.depthMax else {
            throw BackupError(.refused, "the folder is too deep", place: root)
        }
        for name in try names(in: folder) {
            let path = folder.isEmpty ? name : folder + [UInt8(ascii: "/")] + name
            var facts = stat()
            // Gone since it was listed: tar will not find it either.
            guard Self.withPath(root, path, { lstat($0, &facts) }) == 0 else { continue }
            let isFolder = facts.st_mode & S_IFMT == S_IFDIR
            let entry: ExcludePattern.Entry = isFolder ? .folder : .other
            let staysOut =
                isFolder && omitted.contains(FileID(facts))
                || patterns.contains { $0.matches(path, entry) }
            if staysOut {
                excluded.append(path)
                continue
            }
            count(facts)
            if isFolder { try walk(path, depth: depth + 1, check) }
        }
    }

    private mutating func count(_ facts: stat) {
        entries += 1
        bytes += Self.headerBytes
        guard facts.st_mode & S_IFMT == S_IFREG else { return }
        // The second name of a file is a link in the archive.
        if facts.st_nlink > 1, !linked.insert(FileID(facts)).inserted { return }
        let stored = min(Int64(facts.st_size), Int64(facts.st_blocks) * 512)
        bytes += (stored + Self.blockBytes - 1) / Self.blockBytes * Self.blockBytes
    }

    private func names(in folder: [UInt8]) throws(BackupError) -> [[UInt8]] {
        guard let stream = Self.withPath(root, folder, { opendir($0) }) else {
            // Gone since it was listed; the folder itself must be there.
            if errno == ENOENT, !folder.isEmpty { return [] }
            let place = root + "/" + String(decoding: folder, as: UTF8.self)
            throw BackupError("cannot read the folder", place: place)
        }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { start in
                    UnsafeBufferPointer(start: start, count: strlen(start)).map {
                        UInt8(bitPattern: $0)
                    }
                }
            }
            if name != [0x2E], name != [0x2E, 0x2E] { names.append(name) }
        }
        return names
    }

    private static func withPath<Value>(
        _ root: String,
        _ path: [UInt8],
        _ body: (UnsafePointer<CChar>) -> Value
    ) -> Value {
        let bytes = Array(root.utf8) + [UInt8(ascii: "/")] + path + [0]
        return bytes.withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { characters in
                guard let start = characters.baseAddress else {
                    preconditionFailure("a path has at least its end")
                }
                return body(start)
            }
        }
    }
}
