import DownbeatCore
import Glibc

/// Finds the schedule files that a path stands for.
struct FileSearch {
    /// More files in one folder are a mistake, such as a wrong folder.
    static let fileCountMax = 10_000

    /// A file to read.
    struct File {
        /// As it is shown: below the path that was given.
        var path: String
        /// The absolute path.
        var absolute: String
        /// The absolute folder that holds it.
        var folder: String
    }

    /// Why a path stands for no file.
    struct Refusal {
        var code: DiagnosticCode
        var message: String
        var help: String
        var isMissing: Bool
    }

    enum Result {
        case found([File])
        case refused(Refusal)
    }

    let workingDirectory: String

    func files(at path: String) -> Result {
        let absolute = AbsolutePath.joined(workingDirectory, path)
        var status = stat()
        guard stat(absolute, &status) == 0 else {
            return .refused(failure(errno, path: path, absolute: absolute))
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            return .found([
                File(path: path, absolute: absolute, folder: Self.folder(of: absolute))
            ])
        }
        return files(inFolder: absolute, shown: path)
    }

    private func files(inFolder absolute: String, shown: String) -> Result {
        guard let folder = opendir(absolute) else {
            return .refused(failure(errno, path: shown, absolute: absolute))
        }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            // Hidden files are left by editors and package managers.
            guard !name.hasPrefix("."), name.hasSuffix(".yaml") || name.hasSuffix(".yml") else {
                continue
            }
            names.append(name)
        }
        guard !names.isEmpty else {
            return .refused(
                Refusal(
                    code: .emptyFolder,
                    message: "no `*.yaml` in \(absolute)",
                    help:
                        "run `downbeat init` to write a first one, or name another folder with `--config`",
                    isMissing: true
                )
            )
        }
        guard names.count <= Self.fileCountMax else {
            return .refused(
                Refusal(
                    code: .tooManyFiles,
                    message:
                        "\(names.count) files in \(absolute); at most \(Self.fileCountMax) are read",
                    help: "name the folder of the schedules with `--config`",
                    isMissing: false
                )
            )
        }
        // By bytes, so that the order does not depend on a locale.
        names.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let prefix = shown.hasSuffix("/") ? shown : shown + "/"
        return .found(
            names.map { File(path: prefix + $0, absolute: absolute + "/" + $0, folder: absolute) }
        )
    }

    private func failure(_ code: Int32, path: String, absolute: String) -> Refusal {
        let isMissing = code == ENOENT || code == ENOTDIR
        guard isMissing else {
            return Refusal(
                code: .unreadableFile,
                message: "cannot read \(absolute): \(SystemError.text(code))",
                help: "check who may read it",
                isMissing: false
            )
        }
        return Refusal(
            code: .missingPath,
            message: "no schedule files: \(absolute) does not exist",
            help: "run `downbeat init` to begin, or name a file or folder with `--config`",
            isMissing: true
        )
    }

    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return "/" }
        return String(path[..<slash])
    }
}

/// The words of the C library for an error.
enum SystemError {
    static func text(_ code: Int32) -> String {
        guard let words = strerror(code) else { return "error \(code)" }
        return String(cString: words)
    }
}
