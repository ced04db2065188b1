import DownbeatCore
import DownbeatRuntime
import Glibc

/// Packing and unpacking by the programs `zstd` and `gzip`.
struct Packing {
    let compression: BackupCompression
    /// Nil: nothing is packed.
    private let program: String?

    /// Finds the program.
    init(_ compression: BackupCompression) throws(BackupError) {
        self.compression = compression
        guard let name = compression.program else {
            program = nil
            return
        }
        guard let path = Program.find(name) else { throw .noProgram(name) }
        program = path
    }

    /// Packs what `produce` gives into an open file.
    ///
    /// - Parameters:
    ///   - target: the open file.
    ///   - place: names it in errors.
    ///   - produce: calls its argument with each part, in order.
    /// - Throws: `BackupError`.
    func pack(
        into target: Descriptor,
        named place: String,
        produce: (_ take: (UnsafeRawBufferPointer) throws(BackupError) -> Void) throws(BackupError)
            -> Void
    ) throws(BackupError) {
        guard let program else {
            try produce { part throws(BackupError) in
                try Transfer.write(part, to: target, named: place)
            }
            return
        }
        let packer: Program
        let pipe: BytePipe
        do {
            pipe = try BytePipe()
            packer = try Program(
                program,
                compression.packArguments,
                input: .descriptor(pipe.readEnd),
                output: .descriptor(target)
            )
        } catch {
            throw BackupError(error)
        }
        pipe.readEnd.close()
        try feed(packer, by: pipe.writeEnd, place, produce)
    }

    /// Unpacks an open file.
    ///
    /// - Parameters:
    ///   - source: the open file, at its beginning.
    ///   - place: names it in errors.
    ///   - take: gets each part, in order.
    /// - Returns: the digest of what was unpacked.
    /// - Throws: `BackupError`.
    func unpack(
        _ source: Descriptor,
        named place: String,
        take: (UnsafeRawBufferPointer) throws(BackupError) -> Void
    ) throws(BackupError) -> FileDigest {
        guard let program else { return try Transfer.run(from: source, named: place, to: take) }
        let unpacker: Program
        let pipe: BytePipe
        do {
            pipe = try BytePipe()
            unpacker = try Program(
                program,
                compression.unpackArguments,
                input: .descriptor(source),
                output: .descriptor(pipe.writeEnd)
            )
        } catch {
            throw BackupError(error)
        }
        pipe.writeEnd.close()
        let digest = try Transfer.run(from: pipe.readEnd, named: place, to: take)
        let end = unpacker.wait()
        guard end == .exited(0) else {
            var error = BackupError.program(unpacker, end, place)
            error.kind = .damaged
            throw error
        }
        return digest
    }

    /// The version of the program, by its name; empty: nothing is packed.
    var versions: [String: String] {
        guard let program, let name = compression.program else { return [:] }
        return [name: ProgramVersion.read(program)]
    }
}

/// Feeds a program and waits for its good end.
///
/// A program that ends before it has read everything says itself why, which tells more than that
/// nobody reads any more.
func feed(
    _ program: Program,
    by writeEnd: Descriptor,
    _ place: String,
    _ produce: (_ take: (UnsafeRawBufferPointer) throws(BackupError) -> Void) throws(BackupError)
        -> Void
) throws(BackupError) {
    var isBroken = false
    let outcome: Result<Void, BackupError> = BrokenPipe.held {
        do throws(BackupError) {
            try produce { part throws(BackupError) in
                do throws(BackupError) {
                    try Transfer.write(part, to: writeEnd, named: program.name)
                } catch {
                    isBroken = true
                    throw error
                }
            }
            return .success(())
        } catch {
            return .failure(error)
        }
    }
    writeEnd.close()
    if case .failure(let error) = outcome, !isBroken { throw error }
    let end = program.wait()
    guard end == .exited(0) else { throw .program(program, end, place) }
    try outcome.get()
}

extension BackupCompression {
    fileprivate var packArguments: [String] {
        switch self {
        case .zstd: ["--quiet", "--stdout"]
        // Without a name or a time inside, equal contents give equal files.
        case .gzip: ["--quiet", "--no-name", "--stdout"]
        case .none: []
        }
    }

    fileprivate var unpackArguments: [String] { ["--quiet", "--decompress", "--stdout"] }
}

/// What a program answers to `--version`.
enum ProgramVersion {
    private static let bytesMax = 4096

    /// The first number with a dot in its first line; empty: it says none.
    static func read(_ path: String) -> String {
        // A version is for information: a program that does not tell it still does its work.
        guard let pipe = try? BytePipe(),
            // As above.
            let program = try? Program(
                path,
                ["--version"],
                input: .nothing,
                output: .descriptor(pipe.writeEnd)
            )
        else { return "" }
        pipe.writeEnd.close()
        let text = SmallFile.read(from: pipe.readEnd) ?? ""
        _ = program.wait()
        let line = text.split(separator: "\n").first ?? ""
        let words = line.split { !($0.isNumber || $0 == ".") }
        return words.first { $0.contains(".") && $0.first != "." }.map(String.init) ?? ""
    }
}
