import DownbeatCore

extension CommandError {
    /// An error of a backup in the form of a command.
    init(_ error: BackupError) {
        let status: ExitStatus =
            switch error.kind {
            case .missing: .missing
            case .wouldOverwrite: .exists
            case .full, .inputOutput: .inputOutput
            case .damaged: .data
            case .busy: .temporary
            case .refused: .usage
            case .cancelled: .interrupted
            }
        self.init(
            status,
            error.what + (error.place.map { " \($0)" } ?? ""),
            why: error.why,
            remedy: error.remedy
        )
    }
}

extension Session {
    /// Runs an operation on copies, its errors in the form of a command.
    func onBackups<Value>(
        _ body: () throws(BackupError) -> Value
    ) throws(CommandError) -> Value {
        do {
            return try body()
        } catch {
            throw CommandError(error)
        }
    }
}
