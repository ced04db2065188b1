package import DownbeatCore
import DownbeatRuntime
import DownbeatStore
import Glibc

extension App {
    package func backups(of place: BackupPlace) throws(BackupError) -> [BackupListing.Copy] {
        try BackupCollection(place).copies()
    }

    package func verifyBackups(
        of place: BackupPlace,
        scratch: String,
        watch: BackupWatch,
        each: (BackupVerdict) -> Void
    ) throws(BackupError) {
        let folder = try ScratchFolder(in: scratch)
        defer { folder.remove() }
        try BackupCollection(place).verify(scratch: folder.path, meter: meter(watch), each: each)
    }

    package func restoreBackup(
        _ request: RestoreRequest,
        watch: BackupWatch,
        decide: @escaping (StateGap) throws(BackupError) -> SlotsAfterRestore
    ) throws(BackupError) {
        let isHome = isDatabase(request.target, ofStateFolder: request.stateFolder)
        StateFolder.restrictNewFiles()
        let hold = isHome ? try StateHold(request.stateFolder, now: clocks.now) : nil
        defer { hold?.release() }
        let state = StateRestore(app: self, request: request, home: hold?.folder)
        let restore = BackupRestore(
            request.copy,
            of: BackupCollection(request.place),
            meter: meter(watch),
            prepare: { path throws(BackupError) in
                if request.content == .state { try state.prepare(path, decide: decide) }
            }
        )
        try restore.restore(to: request.target, replacing: request.replacement)
    }

    package func isDatabase(_ path: String, ofStateFolder folder: String) -> Bool {
        Self.canonical(path) == Self.canonical(folder + "/state.db")
    }

    func openStore(
        at path: String,
        access: SQLiteStore.Access = .readWrite,
        opening: SQLiteStore.Opening
    ) throws(StoreError) -> SQLiteStore {
        try SQLiteStore(
            path: path,
            access: access,
            opening: opening,
            surroundings: SQLiteStore.Surroundings(random: SystemRandom(), clocks: SystemClocks())
        )
    }

    private func meter(_ watch: BackupWatch) -> BackupMeter {
        BackupMeter(clocks: clocks, report: watch.report, isCancelled: watch.isCancelled)
    }

    /// A path with the links of its folder followed; the file itself need not be there.
    private static func canonical(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return path }
        guard let real = realpath(String(path[..<slash]) + "/", nil) else { return path }
        defer { free(real) }
        return String(cString: real) + path[slash...]
    }
}
