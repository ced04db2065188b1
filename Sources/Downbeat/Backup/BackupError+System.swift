import DownbeatCore
import DownbeatRuntime
import Glibc

extension BackupError {
    /// An error number of the system in the words of a backup.
    ///
    /// - Parameters:
    ///   - what: what failed: `cannot create`.
    ///   - place: on which path.
    ///   - number: the system's; read at once.
    init(_ what: String, place: String, number: Int32 = errno) {
        let why = SystemError.words(for: number)
        switch number {
        case ENOSPC, EDQUOT:
            self.init(
                .full,
                what,
                place: place,
                why: why,
                remedy: "free some space there, or keep fewer copies with `retention:`"
            )
        case ENOENT, ENOTDIR:
            self.init(.missing, what, place: place, why: why)
        case EACCES, EPERM, EROFS:
            self.init(
                .inputOutput,
                what,
                place: place,
                why: why,
                remedy: "give this user the right to it, or name another place"
            )
        default:
            self.init(.inputOutput, what, place: place, why: why, remedy: "check that disk")
        }
    }

    init(_ error: SystemError) {
        self.init("cannot \(error.what)", place: error.place, number: error.errorNumber)
        if let reason = error.reason { why = reason }
        if let remedy = error.remedy { self.remedy = remedy }
    }

    /// A program that did not do its work.
    static func program(
        _ program: Program,
        _ end: Program.End,
        _ place: String
    ) -> BackupError {
        let text = program.errorText
        let lines = text.split(separator: "\n").prefix(3).joined(separator: "; ")
        let isFull = text.contains(SystemError.words(for: ENOSPC).dropFirst())
        let how =
            switch end {
            case .exited(let status): "exit \(status)"
            case .signalled(let signal): "signal \(signal)"
            }
        return BackupError(
            isFull ? .full : .inputOutput,
            "\(program.name) failed on",
            place: place,
            why: lines.isEmpty ? how : "\(how), \(lines)",
            remedy: isFull
                ? "free some space on the disk of the backups, or keep fewer copies" : nil
        )
    }

    /// A program that is not installed, with the Debian package that has it.
    static func noProgram(_ name: String) -> BackupError {
        BackupError(
            .missing,
            "the program \(name) is not installed",
            remedy: "install it: apt install \(name)"
        )
    }
}
