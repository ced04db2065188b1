package import DownbeatCore
import DownbeatRuntime
import DownbeatStore
import Glibc

/// The copies of one schedule: listed, checked, chosen for a restore; all without a daemon.
package struct BackupCollection {
    package let folder: BackupFolder
    package let schedule: String
    private let formerNames: Set<String>

    /// The copies of a schedule in a folder.
    ///
    /// - Parameters:
    ///   - destination: the folder, absolute.
    ///   - schedule: whose copies.
    ///   - formerNames: earlier names of the schedule.
    package init(_ destination: String, schedule: String, formerNames: Set<String> = []) {
        folder = BackupFolder(destination)
        self.schedule = schedule
        self.formerNames = formerNames
    }

    /// The copies that count, the oldest first.
    package func copies() throws(BackupError) -> [BackupListing.Copy] {
        try folder.listing().copies.filter { isOurs($0.manifest.schedule) }
            .sorted { ($0.takenAt, $0.name) < ($1.takenAt, $1.name) }
    }

    package init(_ place: BackupPlace) {
        self.init(place.destination, schedule: place.schedule, formerNames: place.formerNames)
    }

    package func path(of copy: BackupListing.Copy) -> String { folder.path(of: copy.name.text) }

    /// The newest copy, or the newest that was taken at an instant or before it.
    ///
    /// - Parameter instant: nil: the newest.
    /// - Returns: the copy.
    /// - Throws: `BackupError` of kind `missing` when there is none.
    package func copy(at instant: Timestamp?) throws(BackupError) -> BackupListing.Copy {
        let copies = try copies()
        let found = copies.last { copy in instant.map { copy.takenAt <= $0 } ?? true }
        guard let found else {
            let first = copies.first.map { "the first one is of \($0.manifest.takenAt)" }
            throw BackupError(
                .missing,
                instant == nil
                    ? "there is no backup of \(schedule) in"
                    : "there is no backup of \(schedule) from that time or before in",
                place: folder.path,
                why: first,
                remedy: "list them: downbeat backup list \(schedule)"
            )
        }
        return found
    }

    /// Checks every copy, and names what has the name of a copy but is none.
    ///
    /// Size, SHA-256, unpacking, and SQLite's own check or a reading of the archive. A database is
    /// unpacked into a scratch folder.
    ///
    /// - Parameters:
    ///   - scratch: a folder for unpacked databases; as much space as the largest one.
    ///   - meter: told how far each copy is.
    ///   - each: given each verdict as it comes.
    /// - Throws: `BackupError` when the folder cannot be read, or the work is stopped.
    package func verify(
        scratch: String,
        meter: BackupMeter,
        each: (BackupVerdict) -> Void
    ) throws(BackupError) {
        let listing = try folder.listing()
        for oddity in listing.oddities where isOurs(oddity) {
            // A backup that is being written right now has its copy before its manifest.
            guard !listing.unfinished.contains(oddity.name) else { continue }
            let path = folder.path(of: oddity.name.text)
            each(BackupVerdict(path: path, manifest: nil, problems: [oddity.words]))
        }
        for copy in try copies() {
            var verdict = BackupVerdict(
                path: path(of: copy),
                manifest: copy.manifest,
                problems: []
            )
            do throws(BackupError) {
                try check(copy, scratch: scratch, meter)
            } catch {
                if error.kind == .cancelled { throw error }
                verdict.problems.append("\(error)")
            }
            each(verdict)
        }
    }

    private func check(
        _ copy: BackupListing.Copy,
        scratch: String,
        _ meter: BackupMeter
    ) throws(BackupError) {
        let path = path(of: copy)
        let manifest = copy.manifest
        try CopyFileCheck.packed(path, manifest, meter)
        let check = CopyCheck(packing: try Packing(manifest.compression), meter: meter)
        guard copy.manifest.kind == .sqlite else {
            return try check.readBack(
                path,
                kind: .directory,
                bytes: manifest.originalBytes,
                sha256: manifest.originalSHA256
            )
        }
        if manifest.compression == .none {
            return try CopyFileCheck.database(path, path)
        }
        let unpacked = "\(scratch)/downbeat-verify-\(getpid()).db"
        defer { unlink(unpacked) }
        let unpacking = Unpacking(check: check, manifest: manifest)
        try unpacking.database(path, to: unpacked)
        try CopyFileCheck.database(unpacked, path)
    }

    private func isOurs(_ name: String) -> Bool { name == schedule || formerNames.contains(name) }

    /// Whether something odd may be this schedule's: one without a readable manifest may be anybody's.
    private func isOurs(_ oddity: BackupListing.Oddity) -> Bool {
        oddity.schedule.map(isOurs) ?? true
    }
}

/// The checks of a copy's file.
enum CopyFileCheck {
    /// The digest of the file as it lies there.
    static func packed(
        _ path: String,
        _ manifest: BackupManifest,
        _ meter: BackupMeter
    ) throws(BackupError) {
        let number = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { throw BackupError("cannot open", place: path) }
        let file = Descriptor(owning: number)
        meter.begin(.checking, total: manifest.bytes)
        let digest = try Transfer.run(from: file, named: path) { part throws(BackupError) in
            try meter.add(part.count)
        }
        meter.finish()
        guard digest.bytes == manifest.bytes, digest.sha256 == manifest.sha256 else {
            throw BackupError(
                .damaged,
                "the copy is damaged:",
                place: path,
                why: "its SHA-256 is not that of its manifest",
                remedy: "delete it with its manifest, and check that disk"
            )
        }
    }

    /// SQLite's own check of an unpacked database.
    static func database(_ path: String, _ copy: String) throws(BackupError) {
        let problems = SQLiteFileCheck.problems(of: path)
        guard problems.isEmpty else {
            throw BackupError(
                .damaged,
                "the copy holds a damaged database:",
                place: copy,
                why: problems.joined(separator: "; ")
            )
        }
    }
}
