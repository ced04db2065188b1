import DownbeatCore
import DownbeatRuntime
import DownbeatStore
import Glibc

/// Reads a copy back whole.
struct CopyCheck {
    let packing: Packing
    let meter: BackupMeter

    /// Unpacks a copy and compares it with what was packed; an archive is listed by tar as well.
    ///
    /// - Throws: `BackupError` when anything differs.
    func readBack(
        _ path: String,
        kind: BackupKind,
        original: FileDigest
    ) throws(BackupError) {
        try readBack(path, kind: kind, bytes: original.bytes, sha256: original.sha256)
    }

    func readBack(
        _ path: String,
        kind: BackupKind,
        bytes: Int64,
        sha256: String
    ) throws(BackupError) {
        meter.begin(.checking, total: bytes)
        var found = FileDigest()
        switch kind {
        case .sqlite:
            // Its pages were looked over before they were packed, and the digest is of those.
            found = try unpack(path) { _ throws(BackupError) in }
        case .directory:
            try Archive().list(named: path) { take throws(BackupError) in
                found = try unpack(path, take)
            }
        }
        meter.finish()
        guard found.bytes == bytes, found.sha256 == sha256 else {
            throw BackupError(
                .damaged,
                "the copy differs from what was written",
                place: path,
                why: "\(found.bytes) bytes with SHA-256 \(found.sha256) were read back",
                remedy: "check that disk"
            )
        }
    }

    /// Unpacks a copy into `take`.
    func unpack(
        _ path: String,
        _ take: (UnsafeRawBufferPointer) throws(BackupError) -> Void
    ) throws(BackupError) -> FileDigest {
        let number = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { throw BackupError("cannot open", place: path) }
        let file = Descriptor(owning: number)
        return try packing.unpack(file, named: path) { part throws(BackupError) in
            try meter.add(part.count)
            try take(part)
        }
    }
}
