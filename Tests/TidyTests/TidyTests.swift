import Foundation
import Testing

/// What is always wrong in this tree; each finding prints the remedy.
@Suite("Tidy")
struct TidyTests {
    struct Ban: CustomStringConvertible {
        var pattern: String
        /// Path prefixes in which it is allowed.
        var allowed: [String]
        var remedy: String

        var description: String { pattern }
    }

    private static let system = "Sources/DownbeatRuntime/System/"

    static let bans: [Ban] = [
        Ban(
            pattern: #"\bDate\(\)|\.now\(\)|\bContinuousClock\b|\bSuspendingClock\b"#,
            allowed: [system],
            remedy: "take `now` as a parameter, or read a `Clocks`"
        ),
        Ban(
            pattern: #"\bTask\.sleep|\bsleep\(|\busleep\("#,
            allowed: [system],
            remedy: "wait for an event or a timer of \(system)"
        ),
        Ban(
            pattern: #"\bTimeZone\b|\bCalendar\b|\bDateFormatter\b"#,
            allowed: [system],
            remedy: "use `ZoneRules` and `InstantText`"
        ),
        Ban(
            pattern: #"\.random\(|\bUUID\(\)|\bSystemRandomNumberGenerator\b"#,
            allowed: [system],
            remedy: "take a `RandomSource`"
        ),
        Ban(
            pattern: #"\bProcess\(\)"#,
            allowed: [],
            remedy: "only the keeper starts processes"
        ),
        Ban(
            pattern: #"(^|[^.\w])print\("#,
            allowed: [],
            remedy: "write through the command's output or the log"
        ),
        Ban(
            pattern: #"\bFIXME\b|\bTODO\b|\bXXX\b"#,
            allowed: [],
            remedy: "do it now, or write an issue and leave it out here"
        ),
        Ban(
            pattern: #"\bYams\.load\b|\bload\(yaml"#,
            allowed: [],
            remedy: "use `compose`: `load` traps on hostile input"
        ),
    ]

    @Test(arguments: bans)
    func `a banned call stays in the files that may use it`(ban: Ban) throws {
        let expression = try Regex(ban.pattern)
        for file in try SourceTree.swiftFiles(below: ["Sources"]) {
            guard !ban.allowed.contains(where: file.path.hasPrefix) else { continue }
            for (index, line) in file.lines.enumerated() {
                let code = line.drop(while: \.isWhitespace)
                guard !code.hasPrefix("//"), code.contains(expression) else { continue }
                Issue.record("\(file.path):\(index + 1): \(code) - \(ban.remedy)")
            }
        }
    }

    /// Which modules a target's files may import; every other module of ours or of others is a
    /// finding.
    static let imports: [(target: String, allowed: Set<String>)] = [
        // The lock of the store of values, which simulations run on.
        ("DownbeatCore", ["HeapModule", "FoundationEssentials", "Synchronization"]),
        (
            "DownbeatStore",
            [
                "DownbeatCore", "GRDB", "SQLite3", "GRDBSQLite", "Foundation",
                "FoundationEssentials", "Glibc", "Synchronization",
            ]
        ),
        (
            "DownbeatConfig",
            [
                "DownbeatCore", "Yams", "Foundation", "FoundationEssentials", "Glibc",
                "Synchronization",
            ]
        ),
        (
            "DownbeatRuntime",
            [
                "DownbeatCore", "CDownbeat", "Logging", "Foundation", "FoundationEssentials",
                "Glibc", "Synchronization",
            ]
        ),
        (
            "Downbeat",
            [
                "DownbeatCore", "DownbeatStore", "DownbeatConfig", "DownbeatRuntime", "Logging",
                "Crypto",
                "Foundation", "FoundationEssentials", "Glibc", "Synchronization",
            ]
        ),
        (
            "DownbeatCommand",
            [
                "Downbeat", "DownbeatCore", "ArgumentParser", "Logging", "Foundation",
                "FoundationEssentials", "Glibc", "Synchronization",
            ]
        ),
        ("DownbeatTool", ["DownbeatCommand"]),
    ]

    @Test(arguments: imports.map(\.target))
    func `imports go one way and each library stays in its target`(target: String) throws {
        let allowed = try #require(Self.imports.first { $0.target == target }).allowed
        let expression =
            /^(?:(?:public|package|internal|private|fileprivate|@\w+(?:\([^)]*\))?)\s+)*import\s+(?:(?:struct|class|enum|protocol|func|var|typealias)\s+)?(\w+)/
        for file in try SourceTree.swiftFiles(below: ["Sources/\(target)"]) {
            for (index, line) in file.lines.enumerated() {
                guard let match = line.firstMatch(of: expression) else { continue }
                let module = String(match.output.1)
                guard !allowed.contains(module) else { continue }
                Issue.record(
                    "\(file.path):\(index + 1): \(target) must not import \(module); see Package.swift"
                )
            }
        }
    }

    @Test func `every test function of a suite has the attribute that runs it`() throws {
        for file in try SourceTree.swiftFiles(below: ["Tests"]) {
            for (index, line) in file.lines.enumerated() where line.contains("func `") {
                // Attributes stand above, up to the end of the member before.
                let above = file.lines[..<index].reversed().prefix { $0 != "    }" && $0 != "" }
                guard !line.contains("@Test"), !above.contains(where: { $0.contains("@Test") })
                else {
                    continue
                }
                Issue.record("\(file.path):\(index + 1): a behaviour without @Test never runs")
            }
        }
    }

    @Test func `a try or a catch that drops its error says why`() throws {
        for file in try SourceTree.swiftFiles(below: ["Sources"]) {
            for (index, line) in file.lines.enumerated() {
                guard line.contains("try?") || line.contains("catch {}") else { continue }
                let code = line.drop(while: \.isWhitespace)
                guard !code.hasPrefix("//") else { continue }
                let above = index > 0 ? file.lines[index - 1].drop(while: \.isWhitespace) : ""
                guard !above.hasPrefix("//") else { continue }
                Issue.record(
                    "\(file.path):\(index + 1): say on the line above why the error is dropped"
                )
            }
        }
    }

    @Test func `an unchecked Sendable or a bare task says why`() throws {
        for file in try SourceTree.swiftFiles(below: ["Sources"]) {
            for (index, line) in file.lines.enumerated() {
                guard
                    line.contains("@unchecked Sendable") || line.contains("nonisolated(unsafe)")
                        || line.contains("Task {") || line.contains("Task.detached")
                else { continue }
                let code = line.drop(while: \.isWhitespace)
                guard !code.hasPrefix("//") else { continue }
                let above = index > 0 ? file.lines[index - 1].drop(while: \.isWhitespace) : ""
                guard !above.hasPrefix("//") else { continue }
                Issue.record("\(file.path):\(index + 1): say on the line above why it is safe")
            }
        }
    }

    @Test func `the top level holds what was agreed and nothing else`() throws {
        let agreed: Set<String> = [
            "Package.swift", "Sources", "Tests", "schedules", "README.md", "README.zh-CN.md",
            "LICENSE",
        ]
        for name in try SourceTree.topLevel() where !name.hasPrefix(".") && !agreed.contains(name) {
            Issue.record("\(name): move it below Sources or Tests, or leave it out")
        }
    }

    @Test func `swift format has nothing to say`() throws {
        let lint = Process()
        lint.executableURL = URL(filePath: "/usr/bin/env")
        lint.arguments = [
            "swift", "format", "lint", "-s", "-r", "Sources", "Tests", "Package.swift",
        ]
        lint.currentDirectoryURL = SourceTree.root
        let log = FileManager.default.temporaryDirectory
            .appending(path: "downbeat-lint-\(ProcessInfo.processInfo.processIdentifier)")
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        defer { try? FileManager.default.removeItem(at: log) }
        let output = try FileHandle(forWritingTo: log)
        lint.standardOutput = output
        lint.standardError = output
        lint.standardInput = FileHandle.nullDevice
        try lint.run()
        lint.waitUntilExit()
        let text = try String(contentsOf: log, encoding: .utf8)
        #expect(
            lint.terminationStatus == 0,
            "run `swift format -i -r Sources Tests Package.swift`:\n\(text.prefix(4000))"
        )
    }
}
