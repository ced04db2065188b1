/// How far a file was read: kept between the runs of a `since_last` window.
///
/// Offsets count bytes of content, that is before compression. Content is known again by its first
/// kibibyte and by the one before the offset, so that it may move to another file.
package struct LogPosition: Hashable, Sendable, Codable {
    package var device: UInt64
    package var inode: UInt64
    /// Behind the last line that was counted.
    package var offset: Int64
    /// How much of the content's beginning is in `headHash`: 1 KiB, or what there was.
    package var headBytes: Int
    package var headHash: String
    /// Of the last kibibyte before `offset`, or all that is before it.
    package var tailHash: String
    /// Of the file, as stored.
    package var size: Int64

    /// What the hashes look at.
    package static let sampleBytes = 1024

    package init(
        device: UInt64,
        inode: UInt64,
        offset: Int64,
        headBytes: Int,
        headHash: String,
        tailHash: String,
        size: Int64
    ) {
        self.device = device
        self.inode = inode
        self.offset = offset
        self.headBytes = headBytes
        self.headHash = headHash
        self.tailHash = tailHash
        self.size = size
    }

    /// The position in a file that was read up to `offset`.
    ///
    /// - Parameters:
    ///   - file: the file as listed.
    ///   - offset: behind the last line that was counted.
    ///   - tailHash: `hash` of up to 1 KiB before it.
    package init(in file: LogFileFacts, offset: Int64, tailHash: String) {
        device = file.device
        inode = file.inode
        self.offset = offset
        headBytes = file.head.count
        headHash = Self.hash(file.head)
        self.tailHash = tailHash
        size = file.size
    }

    /// The hash of a sample: FNV-1a 64 in hexadecimal.
    package static func hash(_ bytes: some Sequence<UInt8>) -> String {
        var hash = FNV1a64()
        for byte in bytes { hash.combine(byte) }
        return hash.hexadecimal
    }

    private enum CodingKeys: String, CodingKey {
        case device, inode, offset
        case headBytes = "head_bytes"
        case headHash = "head_hash"
        case tailHash = "tail_hash"
        case size
    }
}

/// A file that is there, as listed before anything is read.
package struct LogFileFacts: Hashable, Sendable {
    package var path: String
    package var device: UInt64
    package var inode: UInt64
    /// As stored.
    package var size: Int64
    package var modified: Timestamp
    package var isCompressed: Bool
    /// The first `LogPosition.sampleBytes` of the content, or all of it.
    package var head: [UInt8]

    package init(
        path: String,
        device: UInt64,
        inode: UInt64,
        size: Int64,
        modified: Timestamp,
        isCompressed: Bool,
        head: [UInt8]
    ) {
        self.path = path
        self.device = device
        self.inode = inode
        self.size = size
        self.modified = modified
        self.isCompressed = isCompressed
        self.head = head
    }
}
