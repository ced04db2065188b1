import Glibc

/// Listing and removing folders.
package enum Folder {
    /// The names in a folder but `.` and `..`, in no order; empty when it cannot be read.
    ///
    /// Bytes of a name that are not UTF-8 are replaced: such a name is for reading only.
    package static func names(in path: String) -> [String] {
        rawNames(in: Array(path.utf8CString)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Removes a folder of ours with all that is in it; links in it are removed, not followed.
    ///
    /// Names are bytes, since they need not be UTF-8. Folders that refuse to be changed are opened
    /// up first, as far as they are this user's.
    ///
    /// - Returns: whether nothing is left there; what cannot be removed stays.
    @discardableResult
    package static func remove(_ path: String) -> Bool {
        remove(Array(path.utf8CString))
    }

    /// Removes what stands at a path that ends in a zero byte.
    private static func remove(_ path: [CChar]) -> Bool {
        var facts = stat()
        guard lstat(path, &facts) == 0 else { return errno == ENOENT }
        guard facts.st_mode & S_IFMT == S_IFDIR else { return unlink(path) == 0 }
        if facts.st_mode & S_IRWXU != S_IRWXU { chmod(path, S_IRWXU) }
        let prefix = Array(path[..<(path.count - 1)]) + [CChar(bitPattern: UInt8(ascii: "/"))]
        for name in rawNames(in: path) {
            _ = remove(prefix + name.map(CChar.init(bitPattern:)) + [0])
        }
        return rmdir(path) == 0
    }

    private static func rawNames(in path: [CChar]) -> [[UInt8]] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [[UInt8]] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                Array(bytes.prefix { $0 != 0 })
            }
            if name != Array(".".utf8), name != Array("..".utf8) { names.append(name) }
        }
        return names
    }
}
