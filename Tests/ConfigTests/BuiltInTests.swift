#if DEBUG
    import DownbeatCore
    import Testing

    @Suite("Built-ins in files")
    struct BuiltInTests {
        private static func file(_ lines: String...) -> String {
            Fixture.schedule(
                "every: 1m",
                lines.joined(separator: "\n    "),
                action: "self_test: '[]'"
            )
        }

        @Test func `options are kept as they are, and success is its own word`() throws {
            let text = "defaults: { success_codes: [3], cwd: /srv }\n" + Self.file("queue: default")
            let schedule = try #require(Fixture.read(text).configuration?.schedules.first)
            #expect(
                schedule.definition.action
                    == .builtIn(BuiltIn(name: "self_test", options: "[]", words: "self test"))
            )
            #expect(schedule.definition.successCodes == [0])
            #expect(schedule.definition.action.task == "self_test")
            var other = schedule
            other.definition.action = .builtIn(
                BuiltIn(name: "self_test", options: "[1]", words: "self test")
            )
            #expect(other.revision != schedule.revision)
        }

        @Test(arguments: ["cwd: /srv", "success_codes: [3]"])
        func `keys of commands are refused beside it`(line: String) {
            let reading = Fixture.read(Self.file(line))
            #expect(reading.diagnostics.map(\.code) == ["E0415"])
        }

        @Test func `it is an action among others`() {
            let reading = Fixture.read(Self.file("shell: date"))
            #expect(reading.diagnostics.map(\.code) == ["E0414"])
        }
    }
#endif
