import CDownbeat
import Glibc

/// A program that this process has started for its own work, such as `tar`: read, fed, waited for.
///
/// Only for processes that work for an attempt or for a command at a terminal; the keeper ends what
/// an attempt leaves. Belongs to one thread.
package final class Program {
    /// How it ended.
    package enum End: Hashable, Sendable {
        case exited(Int32)
        case signalled(Int32)
    }

    /// Where one of its standard descriptors leads.
    package enum Stream {
        case nothing
        /// A file or a pipe's end that stays the caller's.
        case descriptor(Descriptor)
    }

    package let name: String
    private let pid: pid_t
    private let errors: ErrorText
    private var found: End?

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - path: absolute, as `find` gives it.
    ///   - arguments: without the program's own name.
    ///   - input: what it reads.
    ///   - output: what it writes to.
    /// - Throws: `SystemError`.
    package init(
        _ path: String,
        _ arguments: [String],
        input: Stream,
        output: Stream
    ) throws(SystemError) {
        name = path.split(separator: "/").last.map(String.init) ?? path
        errors = try ErrorText()
        let standard = [input.number, output.number, errors.writeEnd.number]
        var number: pid_t = 0
        let code = Self.withStrings([path] + arguments) { words in
            Self.withStrings(Self.environment) { variables in
                downbeat_program_start(path, words, variables, standard, &number)
            }
        }
        errors.writeEnd.close()
        guard code == 0 else { throw SystemError("start", place: path, errorNumber: code) }
        pid = number
        try errors.collect()
    }

    deinit {
        _ = end(with: SIGKILL)
    }

    /// Waits until it has ended.
    package func wait() -> End {
        if let found { return found }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        let end: End =
            status & 0x7f == 0 ? .exited(status >> 8 & 0xff) : .signalled(status & 0x7f)
        found = end
        return end
    }

    /// Ends it with a signal and waits; an ended one is left alone.
    package func end(with signal: Int32) -> End {
        if found == nil { kill(pid, signal) }
        return wait()
    }

    /// What it wrote to standard error; complete once it has ended.
    package var errorText: String { errors.text }

    /// The whole path of a program; nil: it is in no folder of PATH.
    package static func find(_ name: String) -> String? {
        let path = ProcessEnvironment.variables["PATH"] ?? defaultPath
        return path.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    private static let defaultPath = "/usr/local/bin:/usr/bin:/bin"

    /// A listed environment: options that a user has set for himself, such as TAR_OPTIONS, would
    /// change what a backup holds.
    private static var environment: [String] {
        let path = ProcessEnvironment.variables["PATH"] ?? defaultPath
        // By the run's own two a service that starts after a crash finds what was left of it.
        let marks = ["DOWNBEAT_RUN_ID", "DOWNBEAT_ATTEMPT"].compactMap { name in
            ProcessEnvironment.variables[name].map { "\(name)=\($0)" }
        }
        return ["PATH=\(path)", "LC_ALL=C", "TZ=UTC"] + marks
    }

    private static func withStrings<Value>(
        _ strings: [String],
        _ body: ([UnsafeMutablePointer<CChar>?]) -> Value
    ) -> Value {
        let copies = strings.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        return body(copies + [nil])
    }
}

extension Program.Stream {
    fileprivate var number: Int32 {
        switch self {
        case .nothing: -1
        case .descriptor(let descriptor): descriptor.number
        }
    }
}
