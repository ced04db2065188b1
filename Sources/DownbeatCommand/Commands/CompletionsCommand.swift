import ArgumentParser

/// `downbeat completions SHELL`: a script that a shell loads.
struct CompletionsCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Print a completion script for a shell.",
        discussion: """
            EXAMPLES:
              downbeat completions bash > /etc/bash_completion.d/downbeat
              downbeat completions zsh > "${fpath[1]}/_downbeat"
              downbeat completions fish > ~/.config/fish/completions/downbeat.fish
            """
    )

    @Argument(help: "bash, zsh or fish.")
    var shell: String

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        guard let known = CompletionShell(rawValue: shell) else {
            let shells = CompletionShell.allCases.map(\.rawValue)
            throw .unknown(.usage, "unknown shell", shell, candidates: shells)
        }
        session.write(RootCommand.completionScript(for: known) + "\n")
        return ExitStatus.success.rawValue
    }
}
