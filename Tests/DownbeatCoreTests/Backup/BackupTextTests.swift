import DownbeatCore
import Testing

@Suite("Patterns and progress of backups")
struct BackupTextTests {
    struct Row: CustomStringConvertible {
        var pattern: String
        var matching: [String]
        var other: [String]

        var description: String { pattern }
    }

    /// A name that ends with a slash is a folder.
    static let patterns = [
        Row(
            pattern: "*.tmp",
            matching: ["a.tmp", "b/a.tmp", ".tmp"],
            other: ["a.tmpx", "a.tmp/b"]
        ),
        Row(pattern: "cache/", matching: ["cache/", "a/cache/"], other: ["cache", "a/xcache/"]),
        Row(pattern: "/build", matching: ["build", "build/"], other: ["a/build", "builds"]),
        Row(pattern: "a/*.o", matching: ["a/x.o", "b/a/x.o"], other: ["a/b/x.o", "x.o"]),
        Row(pattern: "/a/**/z", matching: ["a/b/z", "a/b/c/z"], other: ["a/z", "b/a/b/z"]),
        Row(pattern: "/**.log", matching: ["x.log", "a/b/x.log"], other: ["x.logs"]),
        Row(pattern: "?.c", matching: ["a.c", "数.c", "d/b.c"], other: ["ab.c", ".c"]),
        Row(pattern: "[a-c!]x[!0-9]", matching: ["axz", "!x!", "bx数"], other: ["dxz", "ax1"]),
        Row(pattern: "[]]", matching: ["]"], other: ["[]"]),
        Row(pattern: "\\*", matching: ["*", "a/*"], other: ["a"]),
        Row(pattern: "*a*b*c", matching: ["xaxbxc", "abc", "aabbcc"], other: ["acb", "ab/c"]),
        Row(pattern: "**a*b", matching: ["x/a/ab", "ab", "a/axb"], other: ["a/b", "b"]),
        Row(pattern: "with space\n", matching: ["with space\n"], other: ["with space"]),
    ]

    @Test(arguments: patterns)
    func `a pattern matches names as it says`(row: Row) throws {
        let pattern = try ExcludePattern(row.pattern)
        func matches(_ name: String) -> Bool {
            let isFolder = name.hasSuffix("/")
            return pattern.matches(
                Array((isFolder ? String(name.dropLast()) : name).utf8),
                isFolder ? .folder : .other
            )
        }
        #expect(row.matching.filter { !matches($0) } == [])
        #expect(row.other.filter { matches($0) } == [])
    }

    @Test(arguments: ["", "/", "[a", String(repeating: "x", count: 2000)])
    func `a pattern that is none is an error`(text: String) {
        #expect(throws: BackupError.self) { try ExcludePattern(text) }
    }

    @Test func `a hostile pattern is answered at once`() throws {
        let pattern = try ExcludePattern(String(repeating: "a*", count: 500) + "b")
        #expect(!pattern.matches([UInt8](repeating: 0x61, count: 4000), .other))
    }

    static let bars: [(BackupProgress, String)] = [
        (
            BackupProgress(
                phase: .copying,
                done: 1_700_000_000,
                total: 3_400_000_000,
                elapsed: .seconds(19)
            ), "backup  [#########---------]  1.7 of 3.4 GB  89 MB/s  19s left"
        ),
        (
            BackupProgress(phase: .copying, done: 0, total: 999_600, elapsed: .zero),
            "backup  [------------------]  0.0 of 1.0 MB"
        ),
        (
            BackupProgress(phase: .packing, done: 12_345, total: nil, elapsed: .seconds(1)),
            "packing  12 kB  12 kB/s"
        ),
        (
            BackupProgress(phase: .checking, done: 700, total: 600, elapsed: .seconds(1)),
            "checking  [##################]  700 of 600 B  700 B/s"
        ),
    ]

    @Test(arguments: bars)
    func `progress reads as a bar`(progress: BackupProgress, text: String) {
        #expect(progress.bar == text)
    }
}
