import DownbeatCore
import Foundation

/// The names that schedules may refer to, as all files declare them.
///
/// A name with a wrong value is declared: its own mistake is reported, and not once more at each use.
struct DeclaredNames {
    /// Names under `queues:` and the built-in ones; nil when they are not known.
    var queues: Set<String>?
    /// Names under `secrets:`; nil when they are not known.
    var secrets: Set<String>?

    /// Nothing is known, so nothing can be said to be undeclared.
    init() {}

    /// What the files declare; what stands under a key that is no map is not known.
    init(_ files: [FileContents]) {
        queues = Self.names(of: .queues, in: files)?.union(ServiceSettings().queues.keys)
        secrets = Self.names(of: .secrets, in: files)
    }

    private static func names(of key: FileKey, in files: [FileContents]) -> Set<String>? {
        var names: Set<String> = []
        for value in files.compactMap({ $0.keys[key]?.value }) {
            guard case .mapping(let entries) = value.content else { return nil }
            for entry in entries {
                names.insert(entry.name.precomposedStringWithCanonicalMapping)
            }
        }
        return names
    }
}
