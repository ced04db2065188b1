/// What a run does and under which conditions: stored with the run, used by all of its attempts.
///
/// Secrets are in it by name only. Templates such as `{{due}}` are in it as written; they are
/// rendered when an attempt starts.
package struct RunDefinition: Hashable, Sendable, Codable {
    package var action: Action
    /// Variables that the file names, in its order.
    package var environment: [EnvironmentVariable]
    /// Where the command starts, absolute; nil: the daemon's working directory.
    package var workingDirectory: String?
    /// The user to become; nil: the daemon's own.
    package var user: String?
    /// For each attempt; nil: no limit.
    package var timeout: Duration?
    /// Between TERM and KILL.
    package var grace: Duration
    package var retry: RetryPolicy
    package var delivery: Delivery
    package var successCodes: [Int32]
    /// The schedule's zone, for TZ and for times in templates.
    package var zone: String
    /// The schedule's revision: `Schedule.revision`, 16 hexadecimal digits.
    package var revision: String
    /// What the command reads on its standard input, as written; nil: nothing, `/dev/null`.
    package var input: String?
    /// What is executed once when the run ends as `failed`; templates allowed in each; nil: nothing.
    package var onFailure: [String]?

    /// The longest standard input, in bytes: it is stored with the definition, as arguments are.
    package static let inputBytesMax = 64 * 1024

    package init(
        action: Action,
        environment: [EnvironmentVariable] = [],
        workingDirectory: String? = nil,
        user: String? = nil,
        timeout: Duration? = nil,
        grace: Duration = .seconds(10),
        retry: RetryPolicy = .none,
        delivery: Delivery = .atLeastOnce,
        successCodes: [Int32] = [0],
        zone: String = "Asia/Shanghai",
        revision: String = "",
        input: String? = nil,
        onFailure: [String]? = nil
    ) {
        self.action = action
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.user = user
        self.timeout = timeout
        self.grace = grace
        self.retry = retry
        self.delivery = delivery
        self.successCodes = successCodes
        self.zone = zone
        self.revision = revision
        self.input = input
        self.onFailure = onFailure
    }
}

/// What an attempt executes.
package enum Action: Hashable, Sendable, Codable {
    /// A program and its arguments, no shell; templates allowed in each.
    case command([String])
    /// A script for `/bin/sh -eu`; nothing is substituted in it.
    case shell(String)
    /// A job of this program, executed in a child of it.
    case builtIn(BuiltIn)

    /// What it is called in lists: `command`, `shell`, or the name of a built-in.
    package var task: String {
        switch self {
        case .command: "command"
        case .shell: "shell"
        case .builtIn(let builtIn): builtIn.name
        }
    }

    /// Whether a child of this program executes it.
    package var isBuiltIn: Bool {
        switch self {
        case .command, .shell: false
        case .builtIn: true
        }
    }
}

/// One variable of a command's environment.
package struct EnvironmentVariable: Hashable, Sendable, Codable {
    package enum Value: Hashable, Sendable, Codable {
        /// Text, with templates.
        case text(String)
        /// The name of a secret, resolved when the attempt starts.
        case secret(String)
    }

    package var name: String
    package var value: Value

    package init(name: String, value: Value) {
        self.name = name
        self.value = value
    }
}
