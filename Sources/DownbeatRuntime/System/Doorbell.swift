import Glibc

/// How a process that has stored something wakes those that wait for it, without polling.
///
/// Each listener has a FIFO in the state folder, named after its owner's id; whoever rings writes a
/// byte to each. A FIFO needs no address, no port and no reader's consent, and disappears with no
/// harm: a listener that missed a ring looks at the store by its own timer, too.
package final class Doorbell {
    /// Readable when somebody has rung.
    package var descriptor: Int32 { fifo.number }
    private let fifo: Descriptor
    private let path: String

    /// Hangs a bell.
    ///
    /// Take the owner's lock first: a bell whose owner has none is swept away.
    ///
    /// - Throws: `SystemError` when the FIFO cannot be made.
    package init(for owner: OwnerLock, in folder: StateFolder) throws(SystemError) {
        path = "\(folder.doorbells)/\(owner.owner)"
        guard mkfifo(path, 0o600) == 0 else { throw SystemError("make the doorbell", place: path) }
        // For reading and writing: it then has a reader and a writer for as long as we live, so
        // that ringing never fails and our end never sees the end of the file.
        let number = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW)
        guard number >= 0 else { throw SystemError("open the doorbell", place: path) }
        fifo = Descriptor(owning: number)
    }

    deinit {
        unlink(path)
    }

    /// Takes all rings that came since the last call.
    package func answer() throws(SystemError) {
        var buffer = (UInt64(0), UInt64(0), UInt64(0), UInt64(0))
        var isRinging = true
        while isRinging {
            let count = withUnsafeMutableBytes(of: &buffer) {
                Glibc.read(fifo.number, $0.baseAddress, $0.count)
            }
            if count < 0, errno != EAGAIN, errno != EINTR {
                throw SystemError("answer the doorbell", place: path)
            }
            isRinging = count == MemoryLayout.size(ofValue: buffer)
        }
    }

    /// Rings every bell in the folder and sweeps away those of dead owners.
    ///
    /// - Parameters:
    ///   - folder: whose listeners.
    ///   - own: an owner who knows already; nil: ring all.
    /// - Returns: how many listeners were rung.
    @discardableResult
    package static func ring(in folder: StateFolder, except own: String? = nil) -> Int {
        Folder.names(in: folder.doorbells).count { $0 != own && ring(owner: $0, in: folder) }
    }

    private static func ring(owner: String, in folder: StateFolder) -> Bool {
        let path = "\(folder.doorbells)/\(owner)"
        let number = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW)
        guard number >= 0 else {
            if errno == ENXIO { sweep(owner: owner, at: path, in: folder) }
            return false
        }
        let bell = Descriptor(owning: number)
        var facts = stat()
        guard fstat(number, &facts) == 0, facts.st_mode & S_IFMT == S_IFIFO else { return false }
        var byte: UInt8 = 1
        // A full FIFO is ringing already.
        return write(bell.number, &byte, 1) == 1 || errno == EAGAIN
    }

    /// Nobody reads it: removes it if its owner is dead, and not just about to open it.
    private static func sweep(owner: String, at path: String, in folder: StateFolder) {
        let lock = "\(folder.keepers)/\(owner).lock"
        // A bell whose lock cannot be looked at stays; it costs one failing open a ring.
        switch try? FileLock.status(of: lock) {
        case .missing, .free: unlink(path)
        case .held, nil: return
        }
    }
}
