package import DownbeatCore
import Glibc

/// Why log statistics could not be made.
package enum LogStatsFailure: Error, Hashable, Sendable, CustomStringConvertible {
    case options(LogStatsProblem)
    /// No regular file matches any of the globs.
    case noFile(globs: [String])
    case tooManyFiles(count: Int, limit: Int)
    case unreadable(SystemError)
    /// Compressed by another program than gzip.
    case foreignCompression(path: String, kind: String)
    case gzipMissing(path: String)
    /// gzip ended with this status; nil: by a signal.
    case damaged(path: String, status: Int32?)
    /// The one who asked for it wants it no more.
    case cancelled

    package var description: String {
        switch self {
        case .options(let problem): return problem.description
        case .noFile(let globs):
            let list = globs.joined(separator: ", ")
            return
                "no file matches \(list); check `files`, and whether this user may list the folder"
        case .tooManyFiles(let count, let limit):
            return "\(count) files match, more than \(limit); narrow the globs of `files`"
        case .unreadable(let error): return error.description
        case .foreignCompression(let path, let kind):
            return
                "cannot read \(path): it is compressed by \(kind); have logs compressed by gzip, "
                + "or leave such files out of `files`"
        case .gzipMissing(let path):
            return "cannot read \(path): the program gzip is missing; install the package gzip"
        case .damaged(let path, let status):
            let how = status.map { "gzip ended with status \($0)" } ?? "gzip was killed"
            return
                "cannot read \(path): \(how); test it by `gzip -t`, and move it away if it is damaged"
        case .cancelled: return "cancelled"
        }
    }

    /// Whether trying again could help without anybody's doing.
    package var mayPass: Bool {
        switch self {
        // A rotation may have been at work, or a file not been whole yet.
        case .noFile, .damaged: true
        case .unreadable(let error):
            ![EACCES, EPERM, ENAMETOOLONG, ELOOP].contains(error.errorNumber)
        case .options, .tooManyFiles, .foreignCompression, .gzipMissing, .cancelled: false
        }
    }
}
