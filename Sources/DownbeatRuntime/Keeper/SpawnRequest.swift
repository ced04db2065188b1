import CDownbeat
import Glibc

/// A command, or a child of this program, to start for one attempt.
///
/// It gets a session of its own, a standard input that is empty or holds `input`, the environment
/// given here and nothing else of the daemon's: no descriptors, no ignored signals, umask 022.
package struct SpawnRequest: Hashable, Sendable {
    /// Names the attempt to the keeper; never used twice in one keeper's life.
    package var key: UInt64
    /// The program and its arguments.
    ///
    /// Without a slash the program is looked for in the PATH of `environment`.
    package var arguments: [String]
    /// `NAME=value` each.
    package var environment: [String]
    /// Entered as the user the command runs as; nil: the daemon's own.
    package var workingDirectory: String?
    /// Whom to become for good; nil: whom the daemon is.
    package var user: String?
    /// Whether this very program is started as a child, whatever `arguments` say first.
    package var isChild: Bool
    /// What it reads on its standard input; nil: nothing.
    package var input: String?

    package init(
        key: UInt64,
        arguments: [String],
        environment: [String],
        workingDirectory: String? = nil,
        user: String? = nil,
        isChild: Bool = false,
        input: String? = nil
    ) {
        self.key = key
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.user = user
        self.isChild = isChild
        self.input = input
    }
}

/// What messages about a request need, once the request itself is gone; holds no values.
struct SpawnSummary {
    var program: String
    var workingDirectory: String?
    var user: String?

    init(_ request: SpawnRequest) {
        program = request.arguments.first ?? ""
        workingDirectory = request.workingDirectory
        user = request.user
    }
}

extension SpawnRequest {
    /// The request as the keeper reads it, in a file that exists in memory only.
    func memoryFile() throws(SpawnFailure) -> Descriptor {
        let bytes = try encoded()
        let number = downbeat_memory_file()
        guard number >= 0 else { throw Self.failure("no memory file could be made", errno) }
        let file = Descriptor(owning: number)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes {
                write(number, $0.baseAddress, $0.count)
            }
            guard count > 0 else {
                throw Self.failure("the memory file could not be written", errno)
            }
            written += count
        }
        return file
    }

    /// The layout is `struct downbeat_spawn_header` and what its comment says.
    private func encoded() throws(SpawnFailure) -> [UInt8] {
        guard !arguments.isEmpty else { throw Self.failure("it has no program", 0) }
        let account = try account()
        var header = downbeat_spawn_header()
        header.argument_count = UInt32(clamping: arguments.count)
        header.environment_count = UInt32(clamping: environment.count)
        header.has_directory = workingDirectory == nil ? 0 : 1
        header.has_input = input == nil ? 0 : 1
        header.has_user = account == nil ? 0 : 1
        header.user = account?.id ?? 0
        header.group = account?.group ?? 0
        header.group_count = UInt32(clamping: account?.groups.count ?? 0)
        header.is_child = isChild ? 1 : 0
        var bytes: [UInt8] = []
        withUnsafeBytes(of: header) { bytes += $0 }
        (account?.groups ?? []).withUnsafeBytes { bytes += $0 }
        let rest = [workingDirectory, input].compactMap(\.self)
        for string in arguments + environment + rest {
            guard !string.utf8.contains(0) else { throw Self.failure("it contains a NUL", 0) }
            bytes += string.utf8
            bytes.append(0)
            guard bytes.count <= Int(DOWNBEAT_SPAWN_BYTES_MAX) else {
                throw Self.failure("arguments and environment are too long", E2BIG)
            }
        }
        return bytes
    }

    /// The user to become; nil when the daemon is that user already and nothing is to do.
    private func account() throws(SpawnFailure) -> UserAccount? {
        guard let user else { return nil }
        let found: UserAccount?
        do {
            found = try UserAccount(named: user)
        } catch {
            throw SpawnFailure(
                stage: .user,
                errorNumber: error.errorNumber,
                description: error.description
            )
        }
        guard let found else {
            throw SpawnFailure(
                stage: .user,
                errorNumber: 0,
                description: "cannot become user \(user): there is no such user on this machine"
            )
        }
        return found.id == geteuid() && found.id != 0 ? nil : found
    }

    private static func failure(_ reason: String, _ errorNumber: Int32) -> SpawnFailure {
        let why = errorNumber == 0 ? reason : "\(reason) (\(SystemError.words(for: errorNumber)))"
        return SpawnFailure(
            stage: .request,
            errorNumber: errorNumber,
            description: "cannot start the command: \(why)"
        )
    }
}
