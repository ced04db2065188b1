import DownbeatCore
import DownbeatRuntime
import DownbeatStore
import Glibc

extension BackupJob {
    /// Copies a database, looks the copy over and packs it.
    ///
    /// - Returns: the digest of the database before it is packed.
    func writeDatabase(
        _ path: String,
        _ reservation: BackupReservation,
        _ packing: Packing,
        _ manifest: inout BackupManifest
    ) throws(BackupError) -> FileDigest {
        let isPacked = packing.compression != .none
        let aside: BackupFileName.Aside = isPacked ? .plain : .copy
        let began = clocks.monotonic
        let snapshot = try SQLiteSnapshot(of: path)
        manifest.programs["sqlite"] = SQLiteSnapshot.libraryVersion
        if snapshot.bytes == 0 {
            // Whoever opens a path that does not exist makes such a file: of a typo, often.
            manifest.warn("\(path) is empty (0 bytes): is it the file that your program uses?")
        } else if snapshot.journal == .rollback {
            manifest.warn(
                """
                \(path) has a rollback journal, so its writers waited while it was copied; WAL mode \
                lets them go on
                """
            )
        }
        try checkSpace(for: snapshot.bytes, reservation.folder)
        _ = try reservation.create(aside)
        meter.begin(.copying, total: snapshot.bytes)
        try snapshot.copy(
            to: reservation.path(aside),
            progress: { meter.set($0) },
            isCancelled: { meter.shallStop }
        )
        meter.finish()
        snapshot.end()
        manifest.copyMilliseconds = (clocks.monotonic - began).wholeMicroseconds / 1000
        if options.verification == .on {
            if !isPacked { try reservation.sync(.copy) }
            try checkDatabase(path, reservation.path(aside))
        }
        let plain = try reservation.open(aside)
        guard isPacked else {
            return try Transfer.run(from: plain, named: path) { part throws(BackupError) in
                try meter.add(part.count)
            }
        }
        let target = try reservation.create(.copy)
        meter.begin(.packing, total: snapshot.bytes)
        var digest = FileDigest()
        try packing.pack(into: target, named: reservation.path(.copy)) {
            take throws(BackupError) in
            digest = try Transfer.run(from: plain, named: reservation.path(aside)) {
                part throws(BackupError) in
                try meter.add(part.count)
                try take(part)
            }
        }
        meter.finish()
        try reservation.folder.remove(reservation.name.aside(.plain))
        return digest
    }

    /// Archives a folder and packs the archive on the way.
    ///
    /// - Returns: the digest of the archive before it is packed.
    func writeFolder(
        _ path: String,
        _ reservation: BackupReservation,
        _ packing: Packing,
        _ manifest: inout BackupManifest
    ) throws(BackupError) -> FileDigest {
        let archive = try Archive()
        manifest.programs["tar"] = archive.version
        let began = clocks.monotonic
        var patterns: [ExcludePattern] = []
        for text in options.exclude { patterns.append(try ExcludePattern(text)) }
        let survey = try TreeSurvey(
            path,
            patterns: patterns,
            omitting: [options.destination, stateFolder].compactMap { $0 }
        ) { () throws(BackupError) in
            if meter.shallStop { throw .cancelled }
        }
        if !isPacked { try checkSpace(for: survey.bytes, reservation.folder) }
        let target = try reservation.create(.copy)
        meter.begin(.copying, total: survey.bytes)
        var digest = FileDigest()
        var warnings: [String] = []
        try packing.pack(into: target, named: reservation.path(.copy)) {
            take throws(BackupError) in
            warnings = try archive.create(survey) { part throws(BackupError) in
                digest.add(part)
                try meter.add(part.count)
                try take(part)
            }
        }
        meter.finish()
        manifest.copyMilliseconds = (clocks.monotonic - began).wholeMicroseconds / 1000
        warnings.forEach { manifest.warn($0) }
        return digest
    }

    private var isPacked: Bool { options.compression != .none }

    /// Whether the database that was copied is whole: a copy of a damaged one is none.
    private func checkDatabase(_ path: String, _ copy: String) throws(BackupError) {
        let problems = SQLiteFileCheck.problems(of: copy)
        guard problems.isEmpty else {
            throw BackupError(
                .damaged,
                "the database is damaged, so its copy was not kept",
                place: path,
                why: problems.joined(separator: "; "),
                remedy: "restore the newest good copy: downbeat backup restore \(schedule)"
            )
        }
    }

    /// Fails before the work where it would fail at its end.
    private func checkSpace(for bytes: Int64, _ folder: BackupFolder) throws(BackupError) {
        guard let free = FileSystem.freeBytes(at: folder.path), free < bytes else { return }
        throw BackupError(
            .full,
            "there is too little space for the backup in",
            place: folder.path,
            why: "it needs \(ByteText.short(bytes)), \(ByteText.short(free)) are free",
            remedy: "free some space there, or keep fewer copies with `retention:`"
        )
    }
}
