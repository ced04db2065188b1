import DownbeatConfig
import DownbeatCore
import Support
import Testing

@Suite("Hostile files")
struct HostileFileTests {
    private func codes(_ text: String) -> [String] { Fixture.read(text).diagnostics.map(\.code) }

    private func bomb(levels: Int) -> String {
        var text = "x-0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...levels {
            let uses = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "x-\(level): &a\(level) [\(uses)]\n"
        }
        return text
    }

    @Test func `a bomb of aliases is refused`() {
        #expect(codes(bomb(levels: 9)) == ["E0106"])
    }

    @Test(
        arguments: [
            "x: { ? *a9 : 1 }\n", "x: { *a9 : 1 }\n", "x:\n  ? *a9\n  : 1\n", "x: { [*a9]: 1 }\n",
            "x:\n  ? [*a9, 1]\n  : 1\n", "x: { ? { *a9 : 1 } : 1 }\n", "x:\n  *a9 : 1\n",
            "*a9 : 1\n",
        ]
    )
    func `a bomb of aliases in a key is refused before it is hashed`(_ use: String) {
        #expect(codes(bomb(levels: 9) + use) == ["E0109"])
    }

    @Test(arguments: ["[", "{", "- ", "? ", "{a: ", "[[", "a: [", "- - ? "])
    func `100,000 nested brackets are refused`(_ piece: String) {
        let reading = Fixture.read(String(repeating: piece, count: 100_000))
        #expect(reading.outcome == .invalid)
    }

    @Test func `nesting that YAML allows and no file needs is refused`() {
        let deep =
            "x: " + String(repeating: "[", count: 200) + String(repeating: "]", count: 200) + "\n"
        #expect(codes(deep) == ["E0107"])
    }

    @Test func `a file of five megabytes is refused`() {
        let reading = Fixture.read(bytes: [UInt8](repeating: 0x23, count: 5_000_000))
        #expect(reading.diagnostics.map(\.code) == ["E0004"])
    }

    @Test func `a wrong byte is named with its place`() throws {
        let bytes = Array("schedules:\n  每: ".utf8) + [0xFF] + Array("\n".utf8)
        let diagnostic = try #require(Fixture.read(bytes: bytes).diagnostics.first)
        #expect(diagnostic.code == "E0005")
        #expect(diagnostic.place == SourcePlace(file: "schedules/a.yaml", line: 2, column: 6))
    }

    @Test(arguments: ["\0", "\u{1B}", "\u{7F}", "\u{9B}", "\u{FFFE}"])
    func `a control character is named with its place`(_ character: String) throws {
        let diagnostic = try #require(
            Fixture.read("schedules:\n  a\(character): 1\n").diagnostics.first
        )
        #expect(diagnostic.code == "E0006")
        #expect(diagnostic.place.line == 2)
        #expect(diagnostic.place.column == 4)
    }

    @Test func `one wrong line repeated 5,000 times gives a bounded list`() {
        let text = "schedules:\n" + (0..<5000).map { "  s\($0): { evrey: 1m }\n" }.joined()
        let reading = Fixture.read(text)
        #expect(reading.outcome == .invalid)
        #expect(reading.diagnostics.count == 1001)
        #expect(reading.diagnostics.last?.code == "E0011")
    }

    @Test func `5,000 repeated keys give a bounded list`() {
        let text =
            "schedules:\n"
            + String(repeating: "  a: { every: 1m, command: [date] }\n", count: 5000)
        let reading = Fixture.read(text)
        #expect(reading.diagnostics.count == 1001)
        #expect(reading.diagnostics.first?.code == "E0203")
        #expect(reading.diagnostics.last?.code == "E0011")
    }

    @Test func `a thousand warnings do not keep a schedule from being read`() {
        let text =
            "schedules:\n"
            + (0..<1200).map { "  s\($0): { cron: \"* 2 * * *\", command: [date] }\n" }.joined()
        let reading = Fixture.read(text)
        #expect(reading.configuration?.schedules.count == 1200)
        #expect(reading.diagnostics.count == 1001)
    }

    @Test func `20,000 mistakes on one line take no quadratic time`() throws {
        let text =
            "schedules: { " + (0..<20_000).map { "s\($0): { evrey: 1m }" }.joined(separator: ", ")
            + " }\n"
        let first = try #require(Fixture.read(text).diagnostics.first)
        #expect(first.place == SourcePlace(file: "schedules/a.yaml", line: 1, column: 20))
        #expect(first.excerpt == nil)
        #expect(
            DiagnosticRenderer().line(first)
                == "schedules/a.yaml:1:20: error[E0201]: unknown key `evrey`; did you mean `every`?"
        )
    }

    @Test func `10,000 schedules load`() throws {
        var text = "defaults: { timeout: 10m, retry: { times: 2, wait: 30s } }\nschedules:\n"
        for index in 0..<10_000 {
            text +=
                "  job-\(index):\n    cron: \"\(index % 60) \(index % 24) * * mon-fri\"\n"
                + "    command: [\"/bin/true\", \"{{due}}\"]\n    tags: [load]\n"
        }
        let reading = Fixture.read(text)
        #expect(reading.configuration?.schedules.count == 10_000)
        #expect(reading.diagnostics.isEmpty)
    }

    private static let good = """
        # A file with a bit of everything.
        timezone: Asia/Shanghai
        queues: { default: 2, backup: 1 }
        secrets: { TOKEN: { env: TOKEN } }
        defaults: &d { timeout: 10m, retry: { times: 2, wait: 30s, jitter: 10% } }
        schedules:
          每日备份:
            at: ["02:30", 14:30]
            days: mon-fri
            command: ["/bin/sync", '--since', "{{due}}", ${WAIT}]
            env: { T: secret:TOKEN, A: "x\\ty" }
            queue: backup
            <<: *d
          b:
            cron: "*/5 * * * *"
            shell: |
              echo "*" | cat
              # done
            keep: { runs: 9d }
          c: { crontab: { minute: "0", hour: 7 }, command: [date], catch_up: all }

        """

    @Test(arguments: 0..<20)
    func `random changes of a good file never trap`(_ round: Int) {
        let seed = UInt64(0xD0B_EA7 + round)
        var random = SplitMix(state: seed)
        let pieces = Array("*&?|>'\"[]{},:-#!%@`$ \n\t\\<~0a\u{FF}\u{80}".utf8) + [0xC3, 0x00]
        for _ in 0..<100 {
            var bytes = Array(Self.good.utf8)
            for _ in 0..<(1 + random.next() % 6) {
                let place = Int(random.next() % UInt64(bytes.count))
                let piece = pieces[Int(random.next() % UInt64(pieces.count))]
                switch random.next() % 4 {
                case 0: bytes[place] = piece
                case 1: bytes.insert(piece, at: place)
                case 2: bytes.remove(at: place)
                default:
                    let end = min(bytes.count, place + Int(random.next() % 40))
                    bytes.insert(
                        contentsOf: bytes[place..<end],
                        at: Int(random.next() % UInt64(bytes.count))
                    )
                }
            }
            let reading = Fixture.read(bytes: bytes)
            let hasErrors = reading.diagnostics.contains { $0.severity == .error }
            #expect((reading.configuration == nil) == hasErrors, "seed \(seed)")
            for diagnostic in reading.diagnostics {
                #expect(!DiagnosticRenderer().block(diagnostic).isEmpty, "seed \(seed)")
                #expect(!DiagnosticRenderer().line(diagnostic).contains("\n"), "seed \(seed)")
            }
        }
    }
}

/// SplitMix64, for changes that a seed repeats.
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
