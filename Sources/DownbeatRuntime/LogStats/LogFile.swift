import DownbeatCore
import Glibc

/// An open log file and what was found about it.
///
/// It stays open from the listing to its end, so that a rotation meanwhile cannot exchange it. Links
/// are followed, since logs often are links; only regular files are read.
final class LogFile {
    /// One read; large enough that the calls do not count.
    static let blockBytes = 1 << 20

    let descriptor: Descriptor
    private(set) var facts: LogFileFacts

    enum Opening {
        case opened(LogFile)
        /// Gone since it was listed.
        case vanished
        /// A folder, a pipe, a device.
        case notRegular
    }

    static func open(_ path: String) throws(LogStatsFailure) -> Opening {
        let number = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard number >= 0 else {
            switch errno {
            case ENOENT, ENOTDIR: return .vanished
            // A socket, or a device without a driver.
            case ENXIO, ENODEV: return .notRegular
            case EACCES:
                let remedy = "let the daemon's user read it, on Debian by the group adm"
                throw .unreadable(SystemError("open", place: path, remedy: remedy))
            default: throw .unreadable(SystemError("open", place: path))
            }
        }
        let descriptor = Descriptor(owning: number)
        var status = stat()
        guard fstat(number, &status) == 0 else {
            throw .unreadable(SystemError("look at", place: path))
        }
        guard status.st_mode & S_IFMT == S_IFREG else { return .notRegular }
        return .opened(try LogFile(descriptor, path: path, status: status))
    }

    private init(
        _ descriptor: Descriptor,
        path: String,
        status: stat
    ) throws(LogStatsFailure) {
        self.descriptor = descriptor
        let micros = Int64(status.st_mtim.tv_sec) * 1_000_000 + Int64(status.st_mtim.tv_nsec) / 1000
        facts = LogFileFacts(
            path: path,
            device: UInt64(status.st_dev),
            inode: UInt64(status.st_ino),
            size: Int64(status.st_size),
            modified: Timestamp(microseconds: micros),
            isCompressed: false,
            head: []
        )
        let first = try plainBytes(
            from: 0,
            count: min(LogPosition.sampleBytes, Int(clamping: facts.size))
        )
        if let kind = Self.foreignCompression(first) {
            throw .foreignCompression(path: path, kind: kind)
        }
        facts.isCompressed = first.starts(with: [0x1F, 0x8B])
        facts.head = facts.isCompressed ? [] : first
    }

    /// Unpacks the head of a compressed file, which only positions need.
    func readHead() throws(LogStatsFailure) {
        guard facts.isCompressed else { return }
        facts.head = try unpackedTail(before: Int64(LogPosition.sampleBytes)).bytes
    }

    /// The hash of up to 1 KiB before an offset of the content; nil when the content is shorter.
    func tailHash(before offset: Int64) throws(LogStatsFailure) -> String? {
        if facts.isCompressed {
            let tail = try unpackedTail(before: offset)
            return tail.offset == offset ? LogPosition.hash(tail.bytes) : nil
        }
        let count = min(Int64(LogPosition.sampleBytes), offset)
        let bytes = try plainBytes(from: offset - count, count: Int(count))
        return bytes.count == Int(count) ? LogPosition.hash(bytes) : nil
    }

    /// Up to 1 KiB before an offset, to begin a `ContentTail` with.
    func tail(before offset: Int64) throws(LogStatsFailure) -> [UInt8] {
        let count = min(Int64(LogPosition.sampleBytes), offset)
        return try plainBytes(from: offset - count, count: Int(count))
    }

    /// Reads at an offset of the file as stored; fewer bytes than asked for only at its end.
    func read(
        at offset: Int64,
        into buffer: UnsafeMutableRawBufferPointer
    ) throws(LogStatsFailure) -> Int {
        while true {
            let count = pread(descriptor.number, buffer.baseAddress, buffer.count, off_t(offset))
            if count >= 0 { return count }
            guard errno == EINTR else {
                throw .unreadable(SystemError("read", place: facts.path))
            }
        }
    }

    /// How far gzip has read the file.
    var packedOffset: Int64 { Int64(max(0, lseek(descriptor.number, 0, SEEK_CUR))) }

    private func plainBytes(from offset: Int64, count: Int) throws(LogStatsFailure) -> [UInt8] {
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
        defer { bytes.deallocate() }
        var filled = 0
        while filled < count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[filled...])
            let read = try read(at: offset + Int64(filled), into: rest)
            guard read > 0 else { break }
            filled += read
        }
        return Array(bytes[..<filled])
    }

    /// Unpacks up to an offset; gives the last kibibyte and where the content ended or was left.
    private func unpackedTail(
        before offset: Int64
    ) throws(LogStatsFailure) -> (bytes: [UInt8], offset: Int64) {
        let stream = try GzipStream(descriptor, path: facts.path)
        var tail = ContentTail()
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Int(min(Int64(Self.blockBytes), max(offset, 1))),
            alignment: 16
        )
        defer { buffer.deallocate() }
        while tail.offset < offset {
            let wanted = Int(min(Int64(buffer.count), offset - tail.offset))
            let count = try stream.read(
                into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
            )
            guard count > 0 else { break }
            tail.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        return (tail.bytes, tail.offset)
    }

    private static func foreignCompression(_ head: [UInt8]) -> String? {
        if head.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) { return "zstd" }
        if head.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) { return "xz" }
        if head.starts(with: [0x42, 0x5A, 0x68]), head.count > 3, head[3] &- 0x31 < 9 {
            return "bzip2"
        }
        return nil
    }
}

/// The last kibibyte of what was read so far.
struct ContentTail {
    private(set) var bytes: [UInt8]
    /// How much was read in all.
    private(set) var offset: Int64

    init(bytes: [UInt8] = [], offset: Int64 = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    var hash: String { LogPosition.hash(bytes) }

    mutating func append(_ block: UnsafeRawBufferPointer) {
        offset += Int64(block.count)
        let kept = max(0, LogPosition.sampleBytes - block.count)
        bytes = Array(bytes.suffix(kept)) + Array(block.suffix(LogPosition.sampleBytes))
    }
}
