import CDownbeat
import Glibc

/// Why a command could not be started.
package struct SpawnFailure: Error, Hashable, CustomStringConvertible {
    /// What was being done.
    package enum Stage: Hashable, Sendable {
        /// The request itself: too long, a NUL in it, no such user.
        case request
        case fork
        case descriptors
        case session
        case user
        case directory
        case execute
    }

    package var stage: Stage
    /// The system's number; 0 when `reason` says it all.
    package var errorNumber: Int32
    /// Whole sentence without full stop: what, where, why, and the remedy where there is one.
    package var description: String

    package init(stage: Stage, errorNumber: Int32, description: String) {
        self.stage = stage
        self.errorNumber = errorNumber
        self.description = description
    }
}

extension SpawnFailure {
    /// What the keeper reported for a request.
    init(stage: Stage, errorNumber: Int32, of request: SpawnSummary) {
        let why = SystemError.words(for: errorNumber)
        let text =
            switch stage {
            case .request: "cannot start the command: the request does not decode (\(why))"
            case .fork:
                "cannot start the command: \(why); fewer runs at once, or a higher limit of processes"
            case .descriptors: "cannot start the command: \(why); raise the limit of open files"
            case .session: "cannot start the command in a session of its own: \(why)"
            case .user: Self.userText(request.user ?? "", errorNumber, why)
            case .directory:
                "cannot enter the working directory \(request.workingDirectory ?? ""): \(why)"
            case .execute: Self.executeText(request.program, errorNumber, why)
            }
        self.init(stage: stage, errorNumber: errorNumber, description: text)
    }

    private static func userText(_ user: String, _ errorNumber: Int32, _ why: String) -> String {
        let text = "cannot become user \(user): \(why)"
        return errorNumber == EPERM ? text + "; only a daemon run by root can" : text
    }

    private static func executeText(
        _ program: String,
        _ errorNumber: Int32,
        _ why: String
    ) -> String {
        switch errorNumber {
        case ENOENT where program.contains("/"):
            "cannot execute \(program): there is no such file, or its interpreter is missing"
        case ENOENT:
            "cannot execute \(program): it is in no folder of PATH; write its whole path or set PATH in env"
        case EACCES:
            "cannot execute \(program): \(why); make it executable with chmod +x"
        case ENOEXEC:
            "cannot execute \(program): it is no program and has no #! line; add one such as #!/bin/sh"
        case E2BIG: "cannot execute \(program): arguments and environment are too long"
        default: "cannot execute \(program): \(why)"
        }
    }
}

extension SpawnFailure.Stage {
    init(_ number: UInt32) {
        switch Int(number) {
        case Int(DOWNBEAT_STAGE_FORK): self = .fork
        case Int(DOWNBEAT_STAGE_DESCRIPTORS): self = .descriptors
        case Int(DOWNBEAT_STAGE_SESSION): self = .session
        case Int(DOWNBEAT_STAGE_USER): self = .user
        case Int(DOWNBEAT_STAGE_DIRECTORY): self = .directory
        case Int(DOWNBEAT_STAGE_EXECUTE): self = .execute
        default: self = .request
        }
    }
}
