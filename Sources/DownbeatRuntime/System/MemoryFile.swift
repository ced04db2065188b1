import CDownbeat
import Glibc

/// Files that exist in memory only, to hand bytes to a program.
package enum MemoryFile {
    /// Makes one that holds some bytes, to be read from its beginning.
    ///
    /// - Throws: `SystemError`.
    package static func make(_ bytes: [UInt8]) throws(SystemError) -> Descriptor {
        let number = downbeat_memory_file()
        guard number >= 0 else { throw SystemError("make a memory file") }
        let file = Descriptor(owning: number)
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes {
                pwrite(number, $0.baseAddress, $0.count, off_t(done))
            }
            guard count > 0 else { throw SystemError("write a memory file") }
            done += count
        }
        return file
    }
}
