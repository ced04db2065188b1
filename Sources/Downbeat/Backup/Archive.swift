import DownbeatCore
import DownbeatRuntime
import Glibc

/// Folders as archives, by the program `tar`.
///
/// The archives are of the POSIX format, so times keep their fractions and names their bytes; holes
/// of files stay holes. Owners are numbers. A program is used since every Debian has it, and a
/// person can unpack a copy without Downbeat.
struct Archive {
    private let program: String

    /// Finds the program.
    init() throws(BackupError) {
        guard let path = Program.find("tar") else { throw .noProgram("tar") }
        program = path
    }

    var version: String { ProgramVersion.read(program) }

    /// Archives a folder, giving the parts to `take`.
    ///
    /// - Parameters:
    ///   - survey: what to archive, and what to leave out.
    ///   - take: gets each part, in order.
    /// - Returns: what tar warns of: files that changed or went while they were read.
    /// - Throws: `BackupError`.
    func create(
        _ survey: TreeSurvey,
        take: (UnsafeRawBufferPointer) throws(BackupError) -> Void
    ) throws(BackupError) -> [String] {
        let names = try ExcludedNames(survey.excluded)
        let pipe: BytePipe
        let tar: Program
        do {
            pipe = try BytePipe()
            tar = try Program(
                program,
                [
                    "--create", "--file=-", "--format=posix",
                    "--pax-option=delete=atime,delete=ctime", "--sparse", "--numeric-owner",
                    "--directory=\(survey.root)", "--no-wildcards", "--anchored",
                    "--exclude-from=/dev/stdin",
                ] + names.arguments + ["."],
                input: .descriptor(names.file),
                output: .descriptor(pipe.writeEnd)
            )
        } catch {
            throw BackupError(error)
        }
        pipe.writeEnd.close()
        _ = try Transfer.run(from: pipe.readEnd, named: survey.root, to: take)
        let end = tar.wait()
        switch end {
        case .exited(0): return []
        case .exited(1):
            // Its own word for: some files changed, or went, while they were read.
            let lines = tar.errorText.split(separator: "\n").map(String.init)
            return lines.isEmpty ? ["tar: some files changed while they were read"] : lines
        case .exited, .signalled: throw .program(tar, end, survey.root)
        }
    }

    /// Reads an archive through without unpacking it.
    func list(
        named place: String,
        produce: (_ take: (UnsafeRawBufferPointer) throws(BackupError) -> Void) throws(BackupError)
            -> Void
    ) throws(BackupError) {
        try run(["--list", "--file=-"], named: place, produce)
    }

    /// Unpacks an archive into an existing folder: modes and times as they were, owners as root.
    func extract(
        into folder: String,
        produce: (_ take: (UnsafeRawBufferPointer) throws(BackupError) -> Void) throws(BackupError)
            -> Void
    ) throws(BackupError) {
        let arguments = [
            "--extract", "--file=-", "--directory=\(folder)", "--preserve-permissions",
            "--numeric-owner", "--delay-directory-restore",
        ]
        try run(arguments, named: folder, produce)
    }

    private func run(
        _ arguments: [String],
        named place: String,
        _ produce: (_ take: (UnsafeRawBufferPointer) throws(BackupError) -> Void)
            throws(BackupError) -> Void
    ) throws(BackupError) {
        let pipe: BytePipe
        let tar: Program
        do {
            pipe = try BytePipe()
            tar = try Program(
                program,
                arguments,
                input: .descriptor(pipe.readEnd),
                output: .nothing
            )
        } catch {
            throw BackupError(error)
        }
        pipe.readEnd.close()
        try feed(tar, by: pipe.writeEnd, place, produce)
    }
}

/// The names that tar leaves out, as it takes them: lines of a file, odd ones as arguments.
private struct ExcludedNames {
    /// Arguments of a program have a limit of their own, of 2 MB in all on a usual system.
    private static let argumentBytesMax = 512 * 1024

    let arguments: [String]
    /// A memory file that the program reads by its name.
    let file: Descriptor

    init(_ names: [[UInt8]]) throws(BackupError) {
        var lines: [UInt8] = []
        var arguments: [String] = []
        for name in names {
            let text = "./" + String(decoding: name, as: UTF8.self)
            // Tar cuts blanks at the end of a line, and a line at a line break.
            let isOdd =
                name.contains(UInt8(ascii: "\n"))
                || name.last.map { $0 == 0x20 || 0x09...0x0D ~= $0 } == true
            if isOdd, text.utf8.dropFirst(2).elementsEqual(name) {
                arguments.append("--exclude=\(text)")
            } else {
                lines += Array("./".utf8) + name + [UInt8(ascii: "\n")]
            }
        }
        guard arguments.reduce(0, { $0 + $1.utf8.count }) <= Self.argumentBytesMax else {
            throw BackupError(
                .refused,
                "too many names with line breaks are excluded",
                remedy: "exclude the folder that they are in"
            )
        }
        self.arguments = arguments
        do {
            file = try MemoryFile.make(lines)
        } catch {
            throw BackupError(error)
        }
    }
}
