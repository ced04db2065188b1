import DownbeatConfig
package import DownbeatCore
import DownbeatRuntime
import DownbeatStore
import Glibc

extension App: Operations {
    package func readConfiguration(_ paths: [ConfigurationPath]) -> ConfigurationReading {
        reader.read(paths: paths.map(\.shown), now: clocks.now)
    }

    package func openState(folder: String) throws(StoreError) -> any StateAccess {
        let folder = try existing(folder)
        do throws(StoreError) {
            let store = try LockedStore.wait { () throws(StoreError) in
                try openStore(folder, opening: .existing)
            }
            return RingingState(store: store, folder: folder)
        } catch {
            guard case .readOnly = error,
                // What cannot be written may still be read; if not, the first error says why.
                let store = try? openStore(folder, access: .readOnly, opening: .existing)
            else { throw error }
            return RingingState(store: store, folder: folder)
        }
    }

    package func migrateState(folder: String) throws(StoreError) -> MigrationReport {
        StateFolder.restrictNewFiles()
        let folder = try Self.storeErrors { () throws(SystemError) in
            try StateFolder(folder, mode: .create)
        }
        let store = try openStore(folder, opening: .createOrMigrate)
        defer { store.close() }
        return MigrationReport(from: store.versionBefore, to: store.version)
    }

    package func daemons(folder path: String) throws(StoreError) -> [OwnerRecord] {
        let folder: StateFolder
        let store: SQLiteStore
        do throws(StoreError) {
            folder = try existing(path)
            store = try openStore(folder, access: .readOnly, opening: .existing)
        } catch {
            guard case .missing = error else { throw error }
            return []
        }
        defer { store.close() }
        return try store.owners().filter { owner in
            guard owner.kind != .here else { return false }
            // A lock that cannot be looked at is not proved to be held.
            guard case .held? = try? OwnerLock.status(of: owner.id, in: folder) else {
                return false
            }
            return ProcessIdentity(
                pid: owner.pid,
                startTime: UInt64(max(0, owner.processStart)),
                bootID: owner.bootID
            ).isAlive()
        }
    }

    package func reload(folder path: String, timeout: Duration) throws(StoreError) -> ReloadOutcome
    {
        guard try daemons(folder: path).contains(where: { $0.kind != .worker }) else {
            return .noDaemon
        }
        let folder = try existing(path)
        let store = try LockedStore.wait { () throws(StoreError) in
            try openStore(folder, opening: .existing)
        }
        defer { store.close() }
        return try ReloadRequest(store: store, folder: folder).make(timeout: timeout)
    }

    package func runDaemon(_ options: DaemonOptions) -> Int32 {
        #if DEBUG
            FailpointSwitch.arm(environment[FailpointSwitch.variable])
        #endif
        let failure: DaemonFailure
        do {
            let daemon = try Daemon(self, options)
            return try daemon.run()
        } catch let error as DaemonFailure {
            failure = error
        } catch let error as StoreError {
            failure = DaemonFailure(error)
        } catch let error as SystemError {
            failure = DaemonFailure(error)
        } catch {
            failure = DaemonFailure("\(error)", status: 74)
        }
        LineOutput.standardError.write(failure.message)
        return failure.status
    }

    package func holdStopSignals() {
        SignalListener.hold(SignalListener.stopSignals)
    }

    package func runHere(
        _ run: RunID,
        options: DaemonOptions,
        onProgress: @escaping @Sendable (ProgressReading?) -> Void
    ) throws(StoreError) -> HereOutcome {
        do {
            return try Foreground(self, options).execute(run, onProgress: onProgress)
        } catch let error as StoreError {
            throw error
        } catch let error as DaemonFailure {
            throw .conflict(error.message)
        } catch {
            throw .inputOutput("\(error)")
        }
    }

    package func means() -> [SystemFact] {
        KeeperMeans.probe().lines.map { name, use in
            SystemFact(level: .ok, text: "\(name) \(use)")
        }
    }

    package func measureLag(_ options: LagOptions) throws(StoreError) -> LagFigures {
        do {
            return try LagBench(app: self, options: options).measure()
        } catch let error as StoreError {
            throw error
        } catch {
            throw .inputOutput("\(error)")
        }
    }

    package func measureBackup(
        _ options: BackupBenchOptions
    ) throws(StoreError) -> BackupBenchFigures {
        do {
            return try BackupBench(options: options).measure()
        } catch let error as StoreError {
            throw error
        } catch {
            throw .inputOutput("\(error)")
        }
    }

    package func writeForBench(_ database: String) throws(StoreError) {
        do {
            try BackupBenchWriter.run(database)
        } catch let error as StoreError {
            throw error
        } catch {
            throw .inputOutput("\(error)")
        }
    }

    package func measureLogs(bytes: Int) throws(StoreError) -> LogBenchFigures {
        do {
            return try LogBench(bytes: bytes).measure()
        } catch {
            throw .inputOutput("\(error)")
        }
    }

    package var sqliteVersion: String? { SQLiteStore.libraryVersion }

    private func existing(_ path: String) throws(StoreError) -> StateFolder {
        do {
            return try StateFolder(path, mode: .existing)
        } catch {
            if error.errorNumber == ENOENT { throw .missing(path: path + "/state.db") }
            throw .readOnly("\(error)")
        }
    }

    private static func storeErrors<Value>(
        _ body: () throws(SystemError) -> Value
    ) throws(StoreError) -> Value {
        do {
            return try body()
        } catch {
            throw .readOnly("\(error)")
        }
    }
}
