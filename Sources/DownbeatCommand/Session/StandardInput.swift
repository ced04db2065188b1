import Foundation

/// Standard input of this process.
enum StandardInput {
    /// Reads to the end, at most so many bytes.
    static func read(upTo limit: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < limit {
            let wanted = min(buffer.count, limit - bytes.count)
            let count = Foundation.read(STDIN_FILENO, &buffer, wanted)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return bytes
    }
}
