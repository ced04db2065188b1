import Foundation
import Glibc

/// Whole files as bytes.
enum Bytes {
    /// Empty when there is no such file.
    static func of(_ path: String) -> [UInt8] {
        let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard number >= 0 else { return [] }
        defer { close(number) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(number, &buffer, buffer.count)
            guard count > 0 else { return bytes }
            bytes += buffer.prefix(count)
        }
    }

    /// Replaces a file's content.
    static func write(_ bytes: [UInt8], to path: String) throws {
        let number = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard number >= 0 else {
            throw StartedProcess.NotStarted(program: path, errorNumber: errno)
        }
        defer { close(number) }
        guard Glibc.write(number, bytes, bytes.count) == bytes.count else {
            throw StartedProcess.NotStarted(program: path, errorNumber: errno)
        }
    }

    /// Whether some bytes occur in others.
    static func have(_ part: [UInt8], in whole: [UInt8]) -> Bool {
        Data(whole).range(of: Data(part)) != nil
    }
}

/// Folders as a whole.
enum Tree {
    struct Entry {
        var path: String
        var facts: stat
    }

    /// All that is in a folder, itself included; links are not followed.
    static func entries(_ path: String) -> [Entry] {
        var facts = stat()
        guard lstat(path, &facts) == 0 else { return [] }
        guard facts.st_mode & S_IFMT == S_IFDIR, let folder = opendir(path) else {
            return [Entry(path: path, facts: facts)]
        }
        defer { closedir(folder) }
        var found = [Entry(path: path, facts: facts)]
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { found += entries("\(path)/\(name)") }
        }
        return found
    }
}
