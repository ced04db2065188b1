import DownbeatConfig
import DownbeatCore
import Foundation
import Testing

/// The key `backup` of a schedule.
@Suite("Backups in files")
struct BackupFileTests {
    /// A schedule with the value of `backup` in one line, which stands on line 4 from column 13 on.
    private static func file(_ value: String, _ lines: String...) -> String {
        Fixture.schedule(
            (["every: 1d"] + lines).joined(separator: "\n    "),
            action: "backup: \(value)"
        )
    }

    private static func options(_ text: String) throws -> BackupOptions {
        let reading = Fixture.read(text)
        #expect(reading.diagnostics.map(\.message) == [])
        let action = reading.configuration?.schedules.first?.definition.action
        guard case .builtIn(let builtIn) = action else { throw CocoaError(.coderValueNotFound) }
        #expect(builtIn.name == "backup")
        return try JSONDecoder().decode(BackupOptions.self, from: Data(builtIn.options.utf8))
    }

    @Test func `what is not said is zstd, verified, and kept for ever`() throws {
        let options = try Self.options(Self.file("{ sqlite: app.db, to: /srv/backup/ }"))
        #expect(
            options
                == BackupOptions(
                    source: .sqlite("/srv/schedules/app.db"),
                    destination: "/srv/backup"
                )
        )
        #expect(
            options.words == "/srv/schedules/app.db -> /srv/backup, zstd, then verify; keeps all"
        )
    }

    @Test func `everything that can be said is understood`() throws {
        let options = try Self.options(
            Fixture.schedule(
                "at: \"02:30\"",
                "renamed_from: old",
                action: """
                    backup:
                          directory: ../data
                          to: ${HOME}/copies
                          compress: none
                          verify: false
                          exclude: ["*.tmp", cache/]
                          retention: { keep_last: 3, keep_hourly: 24, keep_daily: 7, keep_weekly: 4,
                            keep_monthly: 6, keep_yearly: 10 }
                    """
            )
        )
        #expect(
            options
                == BackupOptions(
                    source: .directory("/srv/data"),
                    destination: "/home/ops/copies",
                    compression: .none,
                    verification: .off,
                    retention: Retention(
                        last: 3,
                        hourly: 24,
                        daily: 7,
                        weekly: 4,
                        monthly: 6,
                        yearly: 10
                    ),
                    exclude: ["*.tmp", "cache/"],
                    formerName: "old"
                )
        )
    }

    /// A value of `backup` with one mistake.
    struct Broken: CustomTestStringConvertible, Sendable {
        var value: String
        var code: String
        var column: Int
        /// The message and the label, as `check` prints them in one line.
        var words: String

        var testDescription: String { value }
    }

    static let broken: [Broken] = [
        Broken(value: "{ to: b }", code: "E0419", column: 13, words: "does not say what to save"),
        Broken(value: "{ to: b, x-note: 1 }", code: "E0419", column: 13, words: "what to save"),
        Broken(value: "{ sqlite: a }", code: "E0419", column: 13, words: "add `to: FOLDER`"),
        Broken(
            value: "{ sqlite: a, directory: c, to: b }",
            code: "E0420",
            column: 26,
            words: "`sqlite` and `directory` exclude each other"
        ),
        Broken(
            value: "{ directory: b, to: ./b/ }",
            code: "E0421",
            column: 33,
            words: "the folder to save is the folder of the copies"
        ),
        Broken(
            value: "{ sqlite: a, to: b, exclude: \"*.tmp\" }",
            code: "E0409",
            column: 33,
            words: "a database is saved whole"
        ),
        Broken(
            value: "{ directory: a, to: b, exclude: \"[a-\" }",
            code: "E0392",
            column: 45,
            words: "has no `]`"
        ),
        Broken(
            value: "{ sqlite: a, to: b, compres: gzip }",
            code: "E0201",
            column: 33,
            words: "did you mean `compress`?"
        ),
        Broken(
            value: "{ database: a, to: b }",
            code: "E0208",
            column: 15,
            words: "write `sqlite`"
        ),
        Broken(
            value: "{ sqlite: a, to: b, compress: xz }",
            code: "E0360",
            column: 43,
            words: "one of zstd, gzip, none"
        ),
        Broken(
            value: "{ sqlite: a, to: b, verify: yes }",
            code: "E0204",
            column: 41,
            words: "write `true`"
        ),
        Broken(
            value: "{ sqlite: a, to: b, keep_daily: 7 }",
            code: "E0205",
            column: 33,
            words: "belongs under `retention`"
        ),
        Broken(
            value: "{ sqlite: a, to: b, timeout: 1h }",
            code: "E0205",
            column: 33,
            words: "belongs beside `backup`"
        ),
        Broken(
            value: "{ sqlite: a, to: b, retention: 7 }",
            code: "E0210",
            column: 44,
            words: "write `{ keep_daily: 7 }`"
        ),
        Broken(
            value: "{ sqlite: a, to: b, retention: { daily: 7 } }",
            code: "E0208",
            column: 46,
            words: "write `keep_daily`"
        ),
        Broken(
            value: "{ sqlite: a, to: b, retention: { keep_daily: 0 } }",
            code: "E0362",
            column: 58,
            words: "is 1 to 100000, not 0"
        ),
        Broken(
            value: "{ sqlite: a, to: b, encrypt: secret:KEY }",
            code: "E0202",
            column: 33,
            words: "not in this version"
        ),
        Broken(value: "{ sqlite: ~/a, to: b }", code: "E0376", column: 23, words: "no meaning"),
        Broken(
            value: "app.db",
            code: "E0210",
            column: 13,
            words: "write `{ sqlite: app.db, to: backups }`"
        ),
    ]

    @Test(arguments: broken)
    func `a mistake is named with its place`(row: Broken) throws {
        let diagnostics = Fixture.read(Self.file(row.value)).diagnostics
        #expect(diagnostics.map(\.code) == [row.code])
        let found = try #require(diagnostics.first)
        #expect((found.place.line, found.place.column) == (4, row.column))
        let line = DiagnosticRenderer().line(found)
        #expect(line.contains(row.words), "\(line)")
    }

    @Test(arguments: [
        ("retention: { keep_daily: 7 }", "`retention` belongs under `backup`"),
        ("keep_daily: 7", "`keep_daily` belongs under `retention` of `backup`"),
    ])
    func `its keys beside it are sent back`(line: String, words: String) throws {
        let reading = Fixture.read(Self.file("{ sqlite: a, to: b }", line))
        #expect(reading.diagnostics.map(\.code) == ["E0205"])
        #expect(reading.diagnostics.first?.excerpt?.label == words)
    }

    @Test func `a program that is missing is an error that names its package`() throws {
        let text = Self.file("{ directory: a, to: b }")
        let reader = Fixture.reader(programs: ProgramSearch { _ in false })
        let source = SourceBytes(path: "a.yaml", folder: "/srv/schedules", bytes: Array(text.utf8))
        let reading = reader.decode([source], now: Fixture.now)
        #expect(reading.configuration == nil)
        #expect(reading.diagnostics.map(\.code) == ["E0422", "E0422"])
        let lines = reading.diagnostics.map { DiagnosticRenderer().line($0) }
        #expect(lines.contains { $0.hasSuffix("apt install tar") }, "\(lines)")
        #expect(
            lines.contains { $0.hasSuffix("apt install zstd, or write `compress: gzip`") },
            "\(lines)"
        )
        let none = Self.file("{ sqlite: a, to: b, compress: none }")
        let plain = SourceBytes(path: "a.yaml", folder: "/srv", bytes: Array(none.utf8))
        #expect(reader.decode([plain], now: Fixture.now).diagnostics == [])
    }
}
