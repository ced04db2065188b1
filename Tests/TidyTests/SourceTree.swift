import Foundation

/// The source files of this package, read from where this file was compiled.
struct SourceTree {
    struct File: CustomStringConvertible {
        /// From the package's root: `Sources/DownbeatCore/Run/Run.swift`.
        var path: String
        var lines: [String]

        var description: String { path }
    }

    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// All Swift files below folders of the root, in the order of their paths.
    static func swiftFiles(below folders: [String]) throws -> [File] {
        var files: [File] = []
        for folder in folders {
            let base = root.appending(path: folder)
            let names = try FileManager.default.subpathsOfDirectory(atPath: base.path)
            for name in names.sorted() where name.hasSuffix(".swift") {
                let text = try String(contentsOf: base.appending(path: name), encoding: .utf8)
                files.append(
                    File(path: "\(folder)/\(name)", lines: text.components(separatedBy: "\n"))
                )
            }
        }
        return files
    }

    /// Names at the top level, save what git ignores.
    static func topLevel() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.path).filter {
            !$0.hasPrefix(".build")
                && ![".git", ".swiftpm", ".downbeat", "Package.resolved"].contains($0)
        }.sorted()
    }
}
