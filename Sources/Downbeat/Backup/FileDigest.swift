import Crypto
import DownbeatCore
import DownbeatRuntime
import Glibc

/// SHA-256 and count of bytes that pass by.
struct FileDigest {
    private var hash = SHA256()
    private(set) var bytes: Int64 = 0

    mutating func add(_ part: UnsafeRawBufferPointer) {
        hash.update(bufferPointer: part)
        bytes += Int64(part.count)
    }

    /// Hexadecimal, lower case.
    var sha256: String {
        hash.finalize().map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    static func == (left: FileDigest, right: FileDigest) -> Bool {
        left.bytes == right.bytes && left.sha256 == right.sha256
    }
}

/// Bytes from a descriptor to somewhere, counted and summed on the way.
enum Transfer {
    /// Read at once: large enough that calls do not count, small enough for a cache.
    private static let partBytes = 256 * 1024

    /// Reads to the end.
    ///
    /// - Parameters:
    ///   - source: what is read, without waiting for anything but its writer.
    ///   - place: names it in errors.
    ///   - sink: takes each part.
    /// - Returns: the digest of all.
    /// - Throws: `BackupError`.
    static func run(
        from source: Descriptor,
        named place: String,
        to sink: (UnsafeRawBufferPointer) throws(BackupError) -> Void
    ) throws(BackupError) -> FileDigest {
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: partBytes,
            alignment: 4096
        )
        defer { buffer.deallocate() }
        var digest = FileDigest()
        while true {
            let outcome: Descriptor.ReadOutcome
            do {
                outcome = try source.read(into: buffer)
            } catch {
                throw BackupError("cannot read", place: place, number: error.errorNumber)
            }
            guard case .bytes(let count) = outcome else { return digest }
            let part = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            digest.add(part)
            try sink(part)
        }
    }

    static func write(
        _ bytes: [UInt8],
        to target: Descriptor,
        named place: String
    ) throws(BackupError) {
        let written = bytes.withUnsafeBytes { part -> Result<Void, BackupError> in
            Result { () throws(BackupError) in try write(part, to: target, named: place) }
        }
        try written.get()
    }

    /// Writes all of a part.
    static func write(
        _ part: UnsafeRawBufferPointer,
        to target: Descriptor,
        named place: String
    ) throws(BackupError) {
        var done = 0
        while done < part.count {
            let rest = UnsafeRawBufferPointer(rebasing: part[done...])
            let count = Glibc.write(target.number, rest.baseAddress, rest.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw BackupError("cannot write", place: place)
            }
            done += count
        }
    }
}
