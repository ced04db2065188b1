/// Names of signals, for people: the number alone says little at three in the morning.
package enum SignalName {
    /// By number on Linux, from 1; the real-time signals have no names worth showing.
    private static let names = [
        "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE",
        "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT",
        "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU",
        "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS",
    ]

    /// `signal 9 (SIGKILL)`.
    package static func words(_ number: Int32) -> String {
        let index = Int(number) - 1
        guard names.indices.contains(index) else { return "signal \(number)" }
        return "signal \(number) (\(names[index]))"
    }
}
