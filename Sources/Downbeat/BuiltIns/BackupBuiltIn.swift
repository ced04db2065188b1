import DownbeatCore
import DownbeatRuntime

/// The built-in `backup`: one copy, made in a child.
///
/// A child never opens the store. A database that it copies is another matter, also where that is the
/// store's own file, as one's own state is backed up: it is opened by its path for reading only, like
/// any other program's database, and the store goes on writing meanwhile.
enum BackupBuiltIn {
    static let run: BuiltInBody = { context in
        let options: BackupOptions = try context.options()
        let zone = try context.zones.zone(named: context.job.zone)
        var warnings: [String] = []
        let job = BackupJob(
            options,
            schedule: context.job.schedule,
            run: context.job.run.text,
            formerNames: Set([options.formerName].compactMap(\.self)),
            zone: zone,
            clocks: context.clocks,
            stateFolder: context.job.stateFolder,
            meter: BackupMeter(
                clocks: context.clocks,
                report: { context.progress($0.done, of: $0.total, phase: $0.phase.shown) },
                isCancelled: { context.isCancelled }
            ),
            warn: { text in
                warnings.append(text)
                context.warn(text)
            }
        )
        let outcome: BackupJob.Outcome
        do throws(BackupError) {
            outcome = try job.run()
        } catch {
            // The end of a program that was asked to end as well is no failure of its own.
            try context.checkCancelled()
            throw BuiltInFailure("\(error)", mayRepeat: error.mayPass)
        }
        return try BuiltInOutcome(
            encoding: BackupResult(
                path: outcome.path,
                manifest: outcome.copy.manifest,
                deleted: outcome.deleted,
                warnings: warnings
            )
        )
    }
}

extension BackupProgress.Phase {
    /// As it stands behind the name of the task; copying is what a backup is.
    fileprivate var shown: String {
        switch self {
        case .copying: ""
        case .packing: "packing"
        case .checking: "checking"
        }
    }
}

extension BackupError {
    /// Whether trying again could help.
    fileprivate var mayPass: Bool {
        switch kind {
        case .missing, .full, .inputOutput, .busy, .cancelled: true
        case .wouldOverwrite, .damaged, .refused: false
        }
    }
}
