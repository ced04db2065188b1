import DownbeatCore
import DownbeatRuntime
import Glibc

/// A folder of one's own for what is needed for a while, in one that others may write to.
struct ScratchFolder {
    let path: String

    /// Makes a folder with a name that nobody can have taken.
    init(in parent: String) throws(BackupError) {
        var template = Array("\(parent)/downbeat-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw BackupError("cannot make a folder in", place: parent)
        }
        path = template.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { String(cString: $0) } ?? parent
        }
    }

    func remove() {
        Folder.remove(path)
    }
}
