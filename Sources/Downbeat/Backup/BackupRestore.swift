package import DownbeatCore
import DownbeatRuntime
import DownbeatStore
import Glibc

/// Puts a copy back: written beside its place, checked, synced, and renamed into it.
package struct BackupRestore {
    package typealias Replacement = RestoreRequest.Replacement

    private let copy: BackupListing.Copy
    private let path: String
    private let meter: BackupMeter
    private let prepare: (String) throws(BackupError) -> Void

    /// A restore of a copy of `collection`.
    ///
    /// - Parameters:
    ///   - copy: which.
    ///   - collection: where it is.
    ///   - meter: told how far it is, asked whether to stop.
    ///   - prepare: changes an unpacked and checked database beside its place, before it has its name;
    ///     leaves one file.
    package init(
        _ copy: BackupListing.Copy,
        of collection: BackupCollection,
        meter: BackupMeter,
        prepare: @escaping (String) throws(BackupError) -> Void = { _ in }
    ) {
        self.copy = copy
        path = collection.path(of: copy)
        self.meter = meter
        self.prepare = prepare
    }

    /// Restores.
    ///
    /// - Parameters:
    ///   - target: for a database the file to write, for a folder a folder that does not exist or is
    ///     empty; its parent must exist.
    ///   - replacing: whether what is there may be replaced. A database's log and journal go with it.
    /// - Throws: `BackupError`; what was at the place is then still there.
    package func restore(
        to target: String,
        replacing: Replacement
    ) throws(BackupError) {
        var trimmed = target
        while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
        let check = CopyCheck(packing: try Packing(copy.manifest.compression), meter: meter)
        try CopyFileCheck.packed(path, copy.manifest, meter)
        let unpacking = Unpacking(check: check, manifest: copy.manifest)
        switch copy.manifest.kind {
        case .sqlite: try restoreDatabase(unpacking, to: trimmed, replacing)
        case .directory: try restoreFolder(unpacking, to: trimmed, replacing)
        }
    }

    // MARK: A database

    /// Files that would change a database they do not belong to.
    private static let companions = ["-wal", "-shm", "-journal"]

    private func restoreDatabase(
        _ unpacking: Unpacking,
        to target: String,
        _ replacing: Replacement
    ) throws(BackupError) {
        let present = ([""] + Self.companions).map { target + $0 }.filter(Self.exists)
        if Self.isFolder(target) {
            throw BackupError(
                .wouldOverwrite,
                "this is a folder, a database is a file:",
                place: target,
                remedy: "name the file to write"
            )
        }
        if replacing == .never, let first = present.first {
            throw BackupError(
                .wouldOverwrite,
                "this exists and would be overwritten:",
                place: first,
                remedy: "name another file, or add --force"
            )
        }
        let aside = Self.aside(target)
        let asides = ([""] + Self.companions).map { aside + $0 }
        asides.forEach { unlink($0) }
        defer { asides.forEach { unlink($0) } }
        try unpacking.database(path, to: aside)
        try CopyFileCheck.database(aside, path)
        try prepare(aside)
        for companion in Self.companions { unlink(target + companion) }
        guard rename(aside, target) == 0 else { throw BackupError("cannot write", place: target) }
        try sync(around: target)
    }

    // MARK: A folder

    private func restoreFolder(
        _ unpacking: Unpacking,
        to target: String,
        _ replacing: Replacement
    ) throws(BackupError) {
        let aside = Self.aside(target)
        let former = aside + ".old"
        // A restore that was killed between its two renames: what was at the place comes back first.
        if !Self.exists(target), Self.isFolder(former) { rename(former, target) }
        let isFree = !Self.exists(target) || Self.isEmptyFolder(target)
        guard isFree || replacing == .always else {
            throw BackupError(
                .wouldOverwrite,
                "this exists and is not an empty folder:",
                place: target,
                remedy: "name a folder that does not exist or is empty, or add --force"
            )
        }
        for left in [aside, former] where !Folder.remove(left) {
            throw Self.cannotRemove("what an earlier restore left behind cannot be removed", left)
        }
        guard mkdir(aside, 0o700) == 0 else { throw BackupError("cannot make", place: aside) }
        do throws(BackupError) {
            try unpacking.folder(path, into: aside)
            if isFree {
                guard rename(aside, target) == 0 else {
                    throw BackupError("cannot write", place: target)
                }
            } else {
                try replace(target, by: aside, former)
            }
        } catch {
            Folder.remove(aside)
            throw error
        }
        try sync(around: target)
        guard Folder.remove(former) else {
            throw Self.cannotRemove("restored, but what was there before cannot be removed", former)
        }
    }

    /// The former folder keeps its contents until the new one has its name.
    private func replace(
        _ target: String,
        by aside: String,
        _ former: String
    ) throws(BackupError) {
        guard rename(target, former) == 0 else {
            throw BackupError("cannot replace", place: target)
        }
        guard rename(aside, target) == 0 else {
            let error = BackupError("cannot write", place: target)
            rename(former, target)
            throw error
        }
    }

    private static func cannotRemove(_ what: String, _ place: String) -> BackupError {
        var error = BackupError(what, place: place)
        error.remedy = "remove it yourself"
        return error
    }

    // MARK: Places

    private func sync(around target: String) throws(BackupError) {
        do {
            try FileSystem.syncFolder(Self.split(target).parent)
        } catch {
            throw BackupError(error)
        }
    }

    /// Beside the place, so that a rename suffices; the same for each try, so that none is left.
    private static func aside(_ target: String) -> String {
        let (parent, name) = split(target)
        return (parent == "/" ? "" : parent) + "/.\(name).restoring"
    }

    private static func split(_ path: String) -> (parent: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let parent = path[..<slash]
        return (parent.isEmpty ? "/" : String(parent), String(path[path.index(after: slash)...]))
    }

    private static func exists(_ path: String) -> Bool {
        var facts = stat()
        return lstat(path, &facts) == 0
    }

    private static func isFolder(_ path: String) -> Bool {
        var facts = stat()
        return lstat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
    }

    private static func isEmptyFolder(_ path: String) -> Bool {
        guard isFolder(path), let folder = opendir(path) else { return false }
        closedir(folder)
        return Folder.names(in: path).isEmpty
    }
}
