import DownbeatCore
import Testing

/// `stdin` and `on_failure` in files.
@Suite("Input and failure commands in files")
struct CommandKeyTests {
    private func schedule(_ text: String) throws -> Schedule {
        let reading = Fixture.read(text)
        let configuration = try #require(reading.configuration, "\(reading.diagnostics)")
        return try #require(configuration.schedules.first)
    }

    @Test func `a standard input stands as it is`() throws {
        let schedule = try schedule(
            """
            schedules:
              hello:
                every: 10m
                command: [cat]
                stdin: |
                  ${HOME} $$ {{due}} {{nothing}}

                    中文

            """
        )
        #expect(schedule.definition.input == "${HOME} $$ {{due}} {{nothing}}\n\n  中文\n")
    }

    @Test func `a failure command is inherited, replaced and undone`() throws {
        func words(_ line: String) throws -> [String]? {
            try schedule(
                """
                defaults: { on_failure: [notify, "{{schedule}}", "${WAIT}"] }
                schedules:
                  hello:
                    every: 10m
                    command: [date]
                    \(line)
                """
            ).definition.onFailure
        }
        #expect(try words("") == ["notify", "{{schedule}}", "45s"])
        #expect(try words("on_failure: [page]") == ["page"])
        #expect(try words("on_failure: none") == nil)
    }

    @Test func `both count for the revision, and their absence changes none`() throws {
        let plain = try schedule(Fixture.schedule("every: 10m"))
        let input = try schedule(Fixture.schedule("every: 10m", "stdin: a"))
        let failure = try schedule(Fixture.schedule("every: 10m", "on_failure: [a]"))
        #expect(Set([plain, input, failure].map(\.revision)).count == 3)
        #expect(!plain.canonicalText.contains("stdin"))
        #expect(!plain.canonicalText.contains("on_failure"))
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var line: String
        var code: String
        var words: String

        var testDescription: String { line }
    }

    @Test(arguments: [
        Row(line: "stdin: [a]", code: "E0210", words: "a list"),
        Row(line: "stdin:", code: "E0215", words: "no value"),
        Row(line: "stdin: \"a\\0b\"", code: "E0377", words: "NUL"),
        Row(
            line: "stdin: \"\(String(repeating: "x", count: 65_537))\"",
            code: "E0391",
            words: "65537 bytes; at most 65536"
        ),
        Row(line: "stdin: \"from {{due}} on\"", code: "W0314", words: "stays as it is"),
        Row(line: "on_failure: mail ops", code: "E0365", words: "takes a list"),
        Row(line: "on_failure: []", code: "E0366", words: "empty list"),
        Row(line: "on_failure: [mail, \"{{duee}}\"]", code: "E0367", words: "unknown placeholder"),
        Row(line: "on_failure: [\"\"]", code: "E0366", words: "names no program"),
    ])
    func `a mistake is named`(_ row: Row) {
        let reading = Fixture.read(Fixture.schedule("every: 10m", row.line))
        #expect(reading.diagnostics.map(\.code) == [row.code])
        #expect(reading.diagnostics.first?.message.contains(row.words) == true)
    }
}
