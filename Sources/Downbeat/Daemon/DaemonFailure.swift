import DownbeatCore
import DownbeatRuntime
import Glibc

/// Why a daemon does not start, or ends early: a message for stderr and an exit status.
struct DaemonFailure: Error {
    /// As in the table of exit statuses of the command line.
    var status: Int32
    /// Lines for stderr, the first one with `error:`.
    var message: String

    init(status: Int32, message: String) {
        self.status = status
        self.message = message
    }

    init(_ what: String, status: Int32, remedy: String? = nil) {
        self.status = status
        message = "error: \(what)" + (remedy.map { "\nhelp: \($0)" } ?? "")
    }

    init(_ error: StoreError) {
        switch error {
        case .busy(let text): self.init(text, status: 75)
        case .full(let text), .readOnly(let text), .inputOutput(let text):
            self.init(text, status: 74)
        case .damaged(let text): self.init(text, status: 65)
        case .newerSchema(let found, let supported):
            self.init(
                "the database has schema \(found); this version knows up to \(supported)",
                status: 65,
                remedy: "start the newer version of downbeat; the file was left as it is"
            )
        case .missing(let path): self.init("there is no database at \(path)", status: 66)
        case .notFound(let text): self.init(text, status: 66)
        case .conflict(let text): self.init(text, status: 75)
        }
    }

    init(_ error: SystemError) {
        let isDenied = [EACCES, EPERM, EROFS].contains(error.errorNumber) && error.remedy == nil
        self.init(
            "\(error)",
            status: 74,
            remedy: isDenied
                ? "give this user access to it, or name another folder with --state" : nil
        )
    }
}
