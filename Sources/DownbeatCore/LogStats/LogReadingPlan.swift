/// Which files a `since_last` run reads from where: decided before anything is read.
///
/// A stored position goes on in a file whose content begins as it did and has the same kibibyte before
/// the offset. That holds for the file itself, renamed or not, for its copy after copy-truncate, and
/// for its compressed form; it does not hold for a file that was truncated and written anew, whatever
/// its inode. The file with the position's own device and inode comes first, then any other.
/// What no position goes on in is read from its beginning, and so is everything in the first run.
///
/// While a file and a copy of it are both there (copy-truncate between its two steps), the smaller
/// one is left out and gets no position, so that it is found as a copy later. Positions whose
/// content is gone stay for a while, since a rotation may just be moving it.
///
/// Limits. Lines written between the copying and the truncation of copy-truncate are lost by it,
/// before we see them. A file and its copy of less than 1 KiB, both seen for the first time, count
/// as two logs. A log that is edited in place is a new log. A log that is rotated away altogether
/// (removed, or renamed to what no glob matches) between two runs takes its unread lines with it.
package struct LogReadingPlan: Hashable, Sendable {
    /// One file to go on in.
    package struct Step: Hashable, Sendable {
        /// Its number in the listing.
        package var file: Int
        /// Of the content.
        package var offset: Int64
        /// Of what is before the offset; the hash of nothing at the beginning.
        package var tailHash: String
        /// Nothing was added since: nothing needs to be read.
        package var isUnchanged: Bool

        package init(file: Int, offset: Int64, tailHash: String, isUnchanged: Bool) {
            self.file = file
            self.offset = offset
            self.tailHash = tailHash
            self.isUnchanged = isUnchanged
        }
    }

    /// In the order of the listing.
    package var steps: [Step]
    /// Positions that stay although their content is not there.
    package var carried: [LogPosition]

    /// Positions without content that are kept, the latest ones.
    package static let carriedMax = 256

    package init(steps: [Step], carried: [LogPosition]) {
        self.steps = steps
        self.carried = carried
    }

    /// Decides.
    ///
    /// - Parameters:
    ///   - positions: stored by the last run, in its order.
    ///   - files: what is there, each file once.
    ///   - tailHash: the hash of up to 1 KiB before an offset of a file's content; nil when the content
    ///     is shorter. Asked only where the beginnings agree.
    package init(
        positions: [LogPosition],
        files: [LogFileFacts],
        tailHash: (_ file: Int, _ offset: Int64) throws -> String?
    ) rethrows {
        var matching = Matching(positions: positions, files: files)
        try matching.matchOwnFiles(tailHash)
        try matching.leaveOutCopies(tailHash)
        try matching.matchMovedContent(tailHash)
        steps = matching.steps
        let carried = positions.indices.filter { !matching.isUsed[$0] }.map { positions[$0] }
        self.carried = Array(carried.prefix(Self.carriedMax))
    }
}

/// Finds for each file the position that goes on in it.
private struct Matching {
    private enum Finding {
        case unknown
        case goesOn(Int, isUnchanged: Bool)
        case copy
    }

    private let positions: [LogPosition]
    private let files: [LogFileFacts]
    private var findings: [Finding]
    /// Positions that a file goes on from.
    private(set) var isUsed: [Bool]

    init(positions: [LogPosition], files: [LogFileFacts]) {
        self.positions = positions
        self.files = files
        findings = files.map { _ in .unknown }
        isUsed = positions.map { _ in false }
    }

    var steps: [LogReadingPlan.Step] {
        files.indices.compactMap { file in
            switch findings[file] {
            case .copy: return nil
            case .unknown:
                return LogReadingPlan.Step(
                    file: file,
                    offset: 0,
                    tailHash: LogPosition.hash([]),
                    isUnchanged: false
                )
            case .goesOn(let position, let isUnchanged):
                return LogReadingPlan.Step(
                    file: file,
                    offset: positions[position].offset,
                    tailHash: positions[position].tailHash,
                    isUnchanged: isUnchanged
                )
            }
        }
    }

    mutating func matchOwnFiles(
        _ tailHash: (_ file: Int, _ offset: Int64) throws -> String?
    ) rethrows {
        for file in files.indices {
            for position in positions.indices where !isUsed[position] {
                let known = positions[position]
                guard known.device == files[file].device, known.inode == files[file].inode,
                    hasHead(of: position, file)
                else { continue }
                // Compressed files are not appended to; their tail costs unpacking them.
                let isUnchanged = files[file].isCompressed && known.size == files[file].size
                guard try isUnchanged || goesOn(position, in: file, tailHash) else { continue }
                findings[file] = .goesOn(position, isUnchanged: isUnchanged)
                isUsed[position] = true
                break
            }
        }
    }

    /// Finds files whose content is the beginning of a larger one that is there too.
    mutating func leaveOutCopies(
        _ tailHash: (_ file: Int, _ offset: Int64) throws -> String?
    ) rethrows {
        for file in files.indices {
            guard case .unknown = findings[file], !files[file].isCompressed,
                files[file].size >= LogPosition.sampleBytes
            else { continue }
            for other in files.indices where other != file && !files[other].isCompressed {
                let size = files[file].size
                guard files[other].head == files[file].head, files[other].size >= size,
                    isOriginal(other, besides: file)
                else { continue }
                guard let tail = try tailHash(file, size), try tailHash(other, size) == tail else {
                    continue
                }
                findings[file] = .copy
                break
            }
        }
    }

    /// Of two equal files one stays: the known one, else the first.
    private func isOriginal(_ other: Int, besides file: Int) -> Bool {
        switch findings[other] {
        case .copy: false
        case .goesOn: true
        case .unknown: files[other].size > files[file].size || other < file
        }
    }

    mutating func matchMovedContent(
        _ tailHash: (_ file: Int, _ offset: Int64) throws -> String?
    ) rethrows {
        for file in files.indices {
            guard case .unknown = findings[file] else { continue }
            // The furthest one first: a file and its copy may both have been read.
            let candidates = positions.indices.filter { hasHead(of: $0, file) }
                .sorted { (positions[$1].offset, $0) < (positions[$0].offset, $1) }
            for position in candidates {
                guard try goesOn(position, in: file, tailHash) else { continue }
                if !isUsed[position] {
                    findings[file] = .goesOn(position, isUnchanged: false)
                    isUsed[position] = true
                } else if files[file].isCompressed,
                    positions[position].offset >= LogPosition.sampleBytes
                {
                    // A compressed copy of a file that is read under its own name.
                    findings[file] = .copy
                } else {
                    continue
                }
                break
            }
        }
    }

    private func hasHead(of position: Int, _ file: Int) -> Bool {
        let known = positions[position]
        let head = files[file].head
        guard known.headBytes > 0, head.count >= known.headBytes else { return false }
        return LogPosition.hash(head.prefix(known.headBytes)) == known.headHash
    }

    private func goesOn(
        _ position: Int,
        in file: Int,
        _ tailHash: (_ file: Int, _ offset: Int64) throws -> String?
    ) rethrows -> Bool {
        let known = positions[position]
        guard files[file].isCompressed || files[file].size >= known.offset else { return false }
        return try tailHash(file, known.offset) == known.tailHash
    }
}
