import ArgumentParser

/// The tree of commands.
struct RootCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "downbeat",
        abstract: "Schedules in a file, a daemon that runs each of them on time, exactly once.",
        discussion: """
            EXAMPLES:
              downbeat init                 write a starter into schedules/
              downbeat next --within 24h    what runs in the next day
              downbeat up                   run everything in the foreground

            Exit status: 0 done; 1 the operation failed; 2 `plan --exit-code`: there are changes; \
            64 wrong usage; 65 database damaged or newer; 66 not found; 69 no daemon; 73 will not \
            overwrite; 74 cannot read or write; 75 try again; 77 not permitted; 78 configuration \
            invalid; 124 timed out; 130 interrupted.
            """,
        groupedSubcommands: [
            CommandGroup(
                name: "Schedules in files",
                subcommands: [
                    InitCommand.self, CheckCommand.self, NextCommand.self, ExplainCommand.self,
                    PlanCommand.self, ApplyCommand.self, ImportCommand.self, ExportCommand.self,
                    SimulateCommand.self, SpreadCommand.self, AuditCommand.self,
                ]
            ),
            CommandGroup(
                name: "The daemon",
                subcommands: [
                    UpCommand.self, BeatCommand.self, WorkerCommand.self, StatusCommand.self,
                    DoctorCommand.self, MigrateCommand.self,
                ]
            ),
            CommandGroup(
                name: "Runs",
                subcommands: [
                    SchedulesCommand.self, RunsCommand.self, LogsCommand.self, WhyCommand.self,
                    RunCommand.self, RetryCommand.self, CancelCommand.self, PauseCommand.self,
                    ResumeCommand.self, SkipCommand.self, StatsCommand.self, BackupCommand.self,
                ]
            ),
            CommandGroup(
                name: "Other",
                subcommands: [
                    BenchCommand.self, CompletionsCommand.self, VersionCommand.self,
                    HomeCommand.self, ValuesCommand.self,
                ]
            ),
        ],
        defaultSubcommand: HomeCommand.self
    )
}
