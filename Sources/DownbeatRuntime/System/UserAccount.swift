import Glibc

/// A user of this machine, as the kernel needs it to run a command as that user.
package struct UserAccount: Hashable, Sendable {
    package var name: String
    package var id: UInt32
    package var group: UInt32
    /// All groups, the main one included.
    package var groups: [UInt32]
    package var home: String
    package var shell: String

    /// Nobody is in more groups than the kernel allows.
    private static let groupsMax: Int32 = 65536
    private static let recordBytesMax = 1 << 20

    /// Looks the user up; nil: there is none of that name.
    ///
    /// May wait for the network where users come from a directory service.
    ///
    /// - Throws: `SystemError` when users cannot be looked up at all.
    package init?(named name: String) throws(SystemError) {
        var record = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 4096)
        var error = getpwnam_r(name, &record, &buffer, buffer.count, &found)
        while error == ERANGE, buffer.count < Self.recordBytesMax {
            buffer = [CChar](repeating: 0, count: buffer.count * 4)
            error = getpwnam_r(name, &record, &buffer, buffer.count, &found)
        }
        // Some libraries answer these for a user that does not exist.
        guard error == 0 || [ENOENT, ESRCH, EBADF, EPERM].contains(error) else {
            throw SystemError("look up user", place: name, errorNumber: error)
        }
        guard error == 0, found != nil else { return nil }
        self.name = name
        id = record.pw_uid
        group = record.pw_gid
        home = String(cString: record.pw_dir)
        shell = String(cString: record.pw_shell)
        groups = Self.groups(of: name, main: record.pw_gid)
    }

    /// The user of this process; nil: it has no name, as in many containers.
    package static var current: UserAccount? {
        var record = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16384)
        guard getpwuid_r(geteuid(), &record, &buffer, buffer.count, &found) == 0, found != nil
        else {
            return nil
        }
        // A user that was found by number and not by name cannot be used by name.
        return try? UserAccount(named: String(cString: record.pw_name))
    }

    private static func groups(of name: String, main: gid_t) -> [UInt32] {
        var count: Int32 = 64
        while true {
            var list = [gid_t](repeating: 0, count: Int(count))
            let capacity = count
            if getgrouplist(name, main, &list, &count) >= 0 {
                return Array(list.prefix(Int(count)))
            }
            guard capacity < groupsMax else { return [main] }
            count = max(count, capacity * 2)
        }
    }
}
