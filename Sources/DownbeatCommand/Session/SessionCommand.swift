import ArgumentParser

/// A command of the tree: parsed by ArgumentParser, executed on a session.
protocol SessionCommand: ParsableCommand {
    var global: GlobalOptions { get }

    /// Does the work.
    ///
    /// - Parameter session: the context with the global options resolved.
    /// - Returns: the exit status, mostly one of `ExitStatus`.
    /// - Throws: `CommandError`, which the runner renders to stderr.
    func execute(_ session: Session) throws(CommandError) -> Int32
}
