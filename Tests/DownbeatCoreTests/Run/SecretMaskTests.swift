import DownbeatCore
import Support
import Testing

/// Secrets in a stream, however it is cut.
@Suite("Secret mask")
struct SecretMaskTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var secrets: [String]
        var text: String
        var shown: String
        var testDescription: String { "\(secrets) in \(text)" }
    }

    private static let rows: [Row] = [
        Row(secrets: [], text: "pass word", shown: "pass word"),
        Row(secrets: ["hunter2"], text: "hunter2", shown: "***"),
        Row(secrets: ["hunter2"], text: "-hunter2hunter2-", shown: "-******-"),
        Row(secrets: ["hunter2"], text: "hunter hunte hunter", shown: "hunter hunte hunter"),
        Row(secrets: ["hunter2"], text: "huhunter2", shown: "hu***"),
        Row(secrets: ["abc"], text: "abcabc", shown: "abcabc"),
        Row(secrets: ["", "abcd"], text: "abcd", shown: "***"),
        Row(secrets: ["aaaa"], text: "-aaaaaa-", shown: "-***-"),
        Row(secrets: ["aaab"], text: "aaaaaab", shown: "aaa***"),
        Row(secrets: ["abcd", "abcdefgh"], text: "abcdefgh abcdefg", shown: "*** ***efg"),
        Row(secrets: ["abcd", "abcdefgh"], text: "abcd", shown: "***"),
        Row(secrets: ["abcd", "cdef"], text: "abcdef", shown: "***"),
        Row(secrets: ["abcd", "cdef"], text: "abcdcdef", shown: "******"),
        Row(secrets: ["abcdefgh", "cdef"], text: "abcdefg cdefgh", shown: "ab***g ***gh"),
        Row(secrets: ["abcdefgh", "efghij"], text: "abcdefghij", shown: "***"),
        Row(secrets: ["密码密码"], text: "密码密码密码", shown: "***"),
        Row(secrets: ["one\ntwo"], text: "one\ntwo\n", shown: "***\n"),
    ]

    @Test(arguments: rows)
    func `a secret is masked wherever the stream is split`(_ row: Row) {
        let bytes = Array(row.text.utf8)
        for first in 0...bytes.count {
            for second in first...bytes.count {
                var mask = SecretMask(row.secrets)
                var shown = mask.feed(bytes[..<first])
                shown += mask.feed(bytes[first..<second])
                shown += mask.feed(bytes[second...])
                shown += mask.finish()
                #expect(
                    String(decoding: shown, as: UTF8.self) == row.shown,
                    "split at \(first) and \(second)"
                )
            }
        }
        var mask = SecretMask(row.secrets)
        let single = bytes.flatMap { mask.feed([$0]) } + mask.finish()
        #expect(String(decoding: single, as: UTF8.self) == row.shown, "byte by byte")
    }

    @Test func `no random stream shows a secret or loses what is none`() {
        var random = SeededGenerator.ofThisRun()
        let seed = random.seed
        for _ in 0..<2000 {
            let secrets = (0..<3).map { _ in Self.text(4...6, &random) }
            let text = Self.text(0...40, &random)
            var mask = SecretMask(secrets)
            var shown: [UInt8] = []
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                let count = min(rest.count, Int.random(in: 1...9, using: &random))
                shown += mask.feed(rest.prefix(count))
                rest = rest.dropFirst(count)
            }
            shown += mask.finish()
            #expect(
                String(decoding: shown, as: UTF8.self) == Self.masked(text, secrets),
                "seed \(seed): \(secrets) in \(text)"
            )
        }
    }

    @Test func `ordinary output is not held back`() {
        var mask = SecretMask(["hunter2"])
        #expect(mask.feed(Array("line\n".utf8)) == Array("line\n".utf8))
        #expect(mask.feed(Array("the hun".utf8)) == Array("the ".utf8))
        #expect(mask.finish() == Array("hun".utf8))
        #expect(mask.finish() == [])
    }

    private static func text(
        _ lengths: ClosedRange<Int>,
        _ random: inout SeededGenerator
    ) -> String {
        let length = Int.random(in: lengths, using: &random)
        return String((0..<length).map { _ in Bool.random(using: &random) ? "a" : "b" })
    }

    /// Marks every byte of every secret; what begins in an unmarked place is shown as stars.
    private static func masked(_ text: String, _ secrets: [String]) -> String {
        let bytes = Array(text)
        var covered = Array(repeating: false, count: bytes.count)
        var begins = covered
        for index in bytes.indices {
            for secret in secrets where bytes[index...].starts(with: secret) {
                if !covered[index] { begins[index] = true }
                for place in index..<(index + secret.count) { covered[place] = true }
            }
        }
        return bytes.indices.map { index in
            begins[index] ? "***" : covered[index] ? "" : String(bytes[index])
        }.joined()
    }
}
