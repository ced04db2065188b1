/// What the files of a folder are: copies, what an interrupted backup has left, or none of ours.
///
/// A copy counts if its manifest is there and names its size. A manifest is renamed into place after
/// its copy and away before it, so whatever moment a backup or a deletion stops at, what is not whole
/// is not listed, and the next backup finds and removes it.
package struct BackupListing: Hashable, Sendable {
    /// A copy that counts.
    package struct Copy: Hashable, Sendable {
        package var name: BackupFileName
        package var manifest: BackupManifest
        package var takenAt: Timestamp

        package init(name: BackupFileName, manifest: BackupManifest, takenAt: Timestamp) {
            self.name = name
            self.manifest = manifest
            self.takenAt = takenAt
        }
    }

    /// A file with the name of a copy that does not count.
    package struct Oddity: Hashable, Sendable {
        package enum Reason: Hashable, Sendable {
            /// The manifest is there, the copy is not.
            case copyMissing
            /// The copy is there without a manifest.
            case manifestMissing
            /// The manifest is none, or of a newer version.
            case manifestUnreadable
            case sizeDiffers(expected: Int64, found: Int64)
        }

        package var name: BackupFileName
        package var reason: Reason
        /// Of the manifest; nil: there is none, or it cannot be read.
        package var schedule: String?
    }

    /// In order of their names, which is that of time.
    package var copies: [Copy] = []
    package var oddities: [Oddity] = []
    /// Copies with files of an unfinished backup or deletion: left over if nobody holds their lock.
    package var unfinished: [BackupFileName] = []

    /// Sorts the files of a folder.
    ///
    /// - Parameters:
    ///   - names: all names in the folder.
    ///   - size: bytes of a plain file; nil: there is none.
    ///   - manifest: reads a manifest's file.
    package init(
        names: [String],
        size: (String) -> Int64?,
        manifest: (String) -> BackupManifest?
    ) {
        var seen: Set<BackupFileName> = []
        var unfinished: Set<BackupFileName> = []
        for name in names {
            if let found = Self.unfinished(name) {
                unfinished.insert(found)
            } else if name.hasSuffix(BackupManifest.suffix) {
                let base = name.dropLast(BackupManifest.suffix.count)
                BackupFileName(String(base)).map { _ = seen.insert($0) }
            } else if let found = BackupFileName(name) {
                seen.insert(found)
            }
        }
        let present = Set(names)
        self.unfinished = unfinished.sorted()
        for name in seen.sorted() {
            sort(name, hasManifest: present.contains(name.manifest), size, manifest)
        }
    }

    private mutating func sort(
        _ name: BackupFileName,
        hasManifest: Bool,
        _ size: (String) -> Int64?,
        _ manifest: (String) -> BackupManifest?
    ) {
        guard hasManifest else {
            oddities.append(Oddity(name: name, reason: .manifestMissing, schedule: nil))
            return
        }
        guard let read = manifest(name.manifest), let takenAt = read.taken,
            read.kind == name.kind, read.compression == name.compression
        else {
            oddities.append(Oddity(name: name, reason: .manifestUnreadable, schedule: nil))
            return
        }
        guard let found = size(name.text) else {
            oddities.append(Oddity(name: name, reason: .copyMissing, schedule: read.schedule))
            return
        }
        guard found == read.bytes else {
            let reason = Oddity.Reason.sizeDiffers(expected: read.bytes, found: found)
            oddities.append(Oddity(name: name, reason: reason, schedule: read.schedule))
            return
        }
        copies.append(Copy(name: name, manifest: read, takenAt: takenAt))
    }

    private static func unfinished(_ name: String) -> BackupFileName? {
        guard name.hasPrefix(".") else { return nil }
        // The longest suffix first: one of them ends another.
        let suffixes = BackupFileName.Aside.allCases.map(\.rawValue)
            .sorted { $0.utf8.count > $1.utf8.count }
        for suffix in suffixes where name.hasSuffix(suffix) {
            return BackupFileName(String(name.dropFirst().dropLast(suffix.count)))
        }
        return nil
    }
}

extension BackupListing.Oddity {
    /// What is wrong with the copy, in words.
    package var words: String {
        switch reason {
        case .copyMissing: "its manifest is there, the copy itself is missing"
        case .manifestMissing: "it has no manifest, so it was never finished or is not a backup"
        case .manifestUnreadable:
            "its manifest cannot be read: damaged, or of a newer version of downbeat"
        case .sizeDiffers(let expected, let found):
            "it has \(found) bytes where its manifest says \(expected)"
        }
    }
}
