import Foundation
import Testing

/// Another program's hand on the database: the `sqlite3` tool, kept open.
final class RawDatabase {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    init(_ path: String) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/sqlite3")
        process.arguments = ["-bail", path]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    deinit {
        input.fileHandleForWriting.closeFile()
        process.waitUntilExit()
    }

    /// Executes and waits for the tool to say that it has done so.
    func execute(_ sql: String) throws {
        input.fileHandleForWriting.write(Data((sql + ";\n.print done\n").utf8))
        try #require(output.fileHandleForReading.availableData == Data("done\n".utf8))
    }

    static func execute(_ sql: String, _ path: String) throws {
        try RawDatabase(path).execute(sql)
    }
}
