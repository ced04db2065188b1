package import DownbeatCore
import DownbeatRuntime
import DownbeatStore
import Glibc

/// One backup from beginning to end: copied, packed, read back, named, and old copies let go.
///
/// Everything is written beside the copy's name and renamed at the end, so a process that is killed
/// at any point leaves nothing that counts as a copy; the next backup removes what it left. Old
/// copies are deleted only after the new one counts. Blocks the calling thread.
package struct BackupJob {
    /// What came of it.
    package struct Outcome: Hashable, Sendable {
        package var copy: BackupListing.Copy
        /// The copy's file.
        package var path: String
        /// Files of copies that retention let go.
        package var deleted: [String]
    }

    let options: BackupOptions
    let schedule: String
    private let runID: String?
    private let formerNames: Set<String>
    private let zone: ZoneRules
    let clocks: any Clocks
    let stateFolder: String?
    let meter: BackupMeter
    private let warn: (String) -> Void

    /// A backup to be made.
    ///
    /// - Parameters:
    ///   - options: what, where to, how.
    ///   - schedule: whose copies they are; retention looks at these alone.
    ///   - run: the run that makes it; nil: none.
    ///   - formerNames: earlier names of the schedule, whose copies count as its own.
    ///   - zone: of the schedule, for the periods of retention and times in manifests.
    ///   - clocks: the time of the copy, and how long things take.
    ///   - stateFolder: left out of a folder's backup; nil: there is none.
    ///   - meter: told how far it is, asked whether to stop.
    ///   - warn: told what a person should know, in sentences without full stop.
    package init(
        _ options: BackupOptions,
        schedule: String,
        run: String? = nil,
        formerNames: Set<String> = [],
        zone: ZoneRules,
        clocks: any Clocks,
        stateFolder: String? = nil,
        meter: BackupMeter,
        warn: @escaping (String) -> Void = { _ in }
    ) {
        self.options = options
        self.schedule = schedule
        runID = run
        self.formerNames = formerNames
        self.zone = zone
        self.clocks = clocks
        self.stateFolder = stateFolder
        self.meter = meter
        self.warn = warn
    }

    /// Makes the backup.
    ///
    /// - Returns: the copy, and what was deleted for it.
    /// - Throws: `BackupError`; then nothing was deleted, and no new copy counts.
    package func run() throws(BackupError) -> Outcome {
        let began = clocks.monotonic
        let packing = try Packing(options.compression)
        let folder = BackupFolder(options.destination)
        try folder.prepare()
        for name in try folder.clean(at: clocks.now) {
            warn("removed what an interrupted backup had left: \(name.text)")
        }
        let now = clocks.now
        let reservation = try folder.reserve(
            at: now,
            kind: options.source.kind,
            compression: options.compression
        )
        var manifest = BackupManifest(
            kind: options.source.kind,
            source: options.source.path,
            schedule: schedule,
            run: runID,
            takenAt: InstantText.format(now, zone: zone, fraction: .milliseconds),
            compression: options.compression
        )
        do throws(BackupError) {
            try write(reservation, packing, &manifest)
            manifest.durationMilliseconds = (clocks.monotonic - began).wholeMicroseconds / 1000
            try reservation.commit(manifest)
        } catch {
            reservation.abandon()
            throw error
        }
        manifest.warnings.forEach(warn)
        let copy = BackupListing.Copy(
            name: reservation.name,
            manifest: manifest,
            takenAt: manifest.taken ?? now
        )
        return Outcome(
            copy: copy,
            path: folder.path(of: copy.name.text),
            deleted: retain(in: folder)
        )
    }

    private func write(
        _ reservation: BackupReservation,
        _ packing: Packing,
        _ manifest: inout BackupManifest
    ) throws(BackupError) {
        manifest.programs.merge(packing.versions) { _, version in version }
        let original =
            switch options.source {
            case .sqlite(let path):
                try writeDatabase(path, reservation, packing, &manifest)
            case .directory(let path):
                try writeFolder(path, reservation, packing, &manifest)
            }
        manifest.originalBytes = original.bytes
        manifest.originalSHA256 = original.sha256
        try reservation.sync(.copy)
        let packed = try digest(of: reservation, packing)
        manifest.bytes = packed.bytes
        manifest.sha256 = packed.sha256
        guard options.verification == .on else { return }
        try CopyCheck(packing: packing, meter: meter).readBack(
            reservation.path(.copy),
            kind: options.source.kind,
            original: original
        )
        manifest.isVerified = true
    }

    /// The digest of the finished file, read from the disk.
    private func digest(
        of reservation: BackupReservation,
        _ packing: Packing
    ) throws(BackupError) -> FileDigest {
        let file = try reservation.open(.copy)
        let place = reservation.path(.copy)
        meter.begin(.checking, total: BackupFolder.size(place))
        return try Transfer.run(from: file, named: place) { part throws(BackupError) in
            try meter.add(part.count)
        }
    }

    /// Deletes what no rule keeps; what cannot be deleted is warned of and stays.
    private func retain(in folder: BackupFolder) -> [String] {
        var deleted: [String] = []
        do {
            let own = try folder.listing().copies.filter {
                $0.manifest.schedule == schedule || formerNames.contains($0.manifest.schedule)
            }
            let names = Dictionary(uniqueKeysWithValues: own.map { ($0.name.text, $0.name) })
            let verdicts = options.retention.verdicts(
                on: own.map {
                    Retention.Copy(
                        name: $0.name.text,
                        takenAt: $0.takenAt,
                        isVerified: $0.manifest.isVerified
                    )
                },
                zone: zone
            )
            for verdict in verdicts where !verdict.isKept {
                guard let name = names[verdict.copy.name] else { continue }
                try folder.delete(name)
                deleted.append(folder.path(of: name.text))
            }
        } catch {
            warn("old copies could not be deleted: \(error)")
        }
        return deleted
    }
}
