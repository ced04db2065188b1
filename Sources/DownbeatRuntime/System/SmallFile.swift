import Glibc

/// Reading files of a few lines, such as those of /proc.
package enum SmallFile {
    /// Longer files are cut.
    package static let bytesMax = 64 * 1024

    /// The file's text; nil when it cannot be read.
    ///
    /// Invalid UTF-8 is replaced.
    package static func read(_ path: String, atMost limit: Int = bytesMax) -> String? {
        let number = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard number >= 0 else { return nil }
        return read(from: Descriptor(owning: number), atMost: limit)
    }

    /// The text from the descriptor's position on; nil when it cannot be read.
    package static func read(from file: Descriptor, atMost limit: Int = bytesMax) -> String? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while bytes.count < limit {
            // A file that cannot be read is answered with nil, whatever the reason.
            let outcome = try? buffer.withUnsafeMutableBytes { try file.read(into: $0) }
            guard case .bytes(let count) = outcome else {
                return outcome == .end ? String(decoding: bytes, as: UTF8.self) : nil
            }
            bytes += buffer.prefix(count)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
