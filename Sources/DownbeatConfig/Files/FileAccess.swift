import DownbeatCore
import Glibc

/// Opens schedule files and refuses those that others could have written.
///
/// What stands in a schedule file is executed with the rights of the daemon. So a file or folder that
/// everybody may write is refused, one that a group may write is warned about, and root reads only
/// files of root, of the user who called sudo, and of the owner of the folder. All checks look at the
/// descriptor that is read, not at the path.
struct FileAccess {
    let environment: [String: String]

    struct Content {
        var source: SourceBytes
        var warnings: [Problem]
    }

    struct Failure: Error {
        var problem: Problem
    }

    // MARK: Folders

    /// What is wrong with the folder of a file, reported at the file.
    func problems(ofFolder file: FileSearch.File, number: Int) -> [Problem] {
        var status = stat()
        guard stat(file.folder, &status) == 0 else { return [] }
        // In a sticky folder such as /tmp nobody can replace another's files.
        guard status.st_mode & S_ISVTX == 0 else { return [] }
        return writable(status, "folder \(file.folder)", number)
    }

    private func writable(_ status: stat, _ what: String, _ number: Int) -> [Problem] {
        if status.st_mode & S_IWOTH != 0 {
            return [
                problem(
                    .worldWritable,
                    "everybody may write the \(what)",
                    "run `chmod o-w` on it",
                    number
                )
            ]
        }
        if status.st_mode & S_IWGRP != 0 {
            return [
                problem(
                    .groupWritable,
                    "the group may write the \(what)",
                    "run `chmod g-w` on it unless the group may run commands as this user",
                    number
                )
            ]
        }
        return []
    }

    // MARK: Files

    func read(_ file: FileSearch.File, number: Int) -> Result<Content, Failure> {
        // Without O_NONBLOCK the opening of a FIFO would wait for a writer.
        let descriptor = open(file.absolute, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { return failure(errno, file, number) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return failure(errno, file, number) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            return .failure(
                Failure(
                    problem: problem(
                        .notAFile,
                        "\(file.path) is \(Self.kind(status.st_mode)), not a file",
                        "rename or remove it",
                        number
                    )
                )
            )
        }
        let complaints = writable(status, "file", number)
        if let refusal = complaints.first(where: { $0.code.hasPrefix("E") }) {
            return .failure(Failure(problem: refusal))
        }
        if let refusal = ownerProblem(status, file, number) {
            return .failure(Failure(problem: refusal))
        }
        guard status.st_size <= SourceBytes.byteCountMax else {
            return .failure(Failure(problem: tooLarge(Int(status.st_size), number)))
        }
        switch bytes(of: descriptor) {
        case .success(let bytes):
            let source = SourceBytes(path: file.path, folder: file.folder, bytes: bytes)
            return .success(Content(source: source, warnings: complaints))
        case .failure(let error):
            return failure(error.code, file, number)
        }
    }

    private struct ReadError: Error {
        var code: Int32
    }

    /// All bytes, and one more than the limit at most: a file may grow while it is read.
    private func bytes(of descriptor: Int32) -> Result<[UInt8], ReadError> {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= SourceBytes.byteCountMax {
            let count = buffer.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress, $0.count)
            }
            if count == 0 { break }
            if count < 0 {
                guard errno == EINTR else { return .failure(ReadError(code: errno)) }
                continue
            }
            bytes += buffer[..<count]
        }
        return .success(bytes)
    }

    private func ownerProblem(_ status: stat, _ file: FileSearch.File, _ number: Int) -> Problem? {
        guard geteuid() == 0, status.st_uid != 0 else { return nil }
        if let caller = environment["SUDO_UID"].flatMap({ UInt32($0) }), caller == status.st_uid {
            return nil
        }
        var folder = stat()
        if stat(file.folder, &folder) == 0, folder.st_uid == status.st_uid { return nil }
        return problem(
            .untrustedOwner,
            "the file belongs to user \(status.st_uid), whose commands root does not run",
            "run `chown root` on it, or run Downbeat as that user",
            number
        )
    }

    private func failure(
        _ code: Int32,
        _ file: FileSearch.File,
        _ number: Int
    ) -> Result<Content, Failure> {
        .failure(
            Failure(
                problem: problem(
                    code == ENOENT ? .missingPath : .unreadableFile,
                    "cannot read \(file.path): \(SystemError.text(code))",
                    code == EACCES ? "check who may read it" : "check the file",
                    number
                )
            )
        )
    }

    private func tooLarge(_ size: Int, _ number: Int) -> Problem {
        problem(
            .fileTooLarge,
            "the file has \(size) bytes; the limit is \(SourceBytes.byteCountMax)",
            "split it into several files of one folder",
            number
        )
    }

    private func problem(
        _ code: DiagnosticCode,
        _ message: String,
        _ label: String,
        _ number: Int
    ) -> Problem {
        Problem(
            code: code,
            message: message,
            spot: Spot(file: number, line: 0, column: 0),
            length: 1,
            label: label
        )
    }

    private static func kind(_ mode: mode_t) -> String {
        switch mode & S_IFMT {
        case S_IFDIR: "a folder"
        case S_IFIFO: "a pipe"
        case S_IFSOCK: "a socket"
        default: "a device"
        }
    }
}
