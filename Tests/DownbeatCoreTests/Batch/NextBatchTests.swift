import DownbeatCore
import Support
import Testing

@Suite("Batch of requests")
struct NextBatchTests {
    /// 2026-11-24T00:00:00Z.
    private static let now = Timestamp(seconds: 1_795_478_400)

    private static func batch() -> NextBatch {
        NextBatch(zones: ZoneFiles(), standardZone: "Asia/Shanghai") { now }
    }

    private static func answer(_ line: [UInt8], _ batch: inout NextBatch) -> String {
        var output: [UInt8] = []
        line.withUnsafeBufferPointer { _ = batch.answer($0, into: &output) }
        return String(decoding: output, as: UTF8.self)
    }

    struct Row: CustomTestStringConvertible, Sendable {
        var line: String
        var answer: String
        var testDescription: String { line }

        init(_ line: String, _ answer: String) {
            self.line = line
            self.answer = answer
        }
    }

    static let answered = [
        Row(
            #"{"expr":"0 9 * * 1","count":1}"#,
            #"{"id":null,"next":["2026-11-30T09:00:00+08:00"]}"#
        ),
        Row(
            #" { "id" : { "a" : [1, -2.5e3, true, null, "\u00e9\"" ] } , "expr" : "@daily", "tz":"UTC","count":2 } "#,
            #"{"id":{ "a" : [1, -2.5e3, true, null, "\u00e9\"" ] },"next":["2026-11-25T00:00:00+00:00","2026-11-26T00:00:00+00:00"]}"#
        ),
        Row(
            #"{"id":"x","expr":"30 2 * * *","tz":"America/New_York","from":"2027-03-14T00:00:00-05:00","count":1,"dst_gap":"shift"}"#,
            #"{"id":"x","next":["2027-03-14T03:30:00-04:00"]}"#
        ),
        Row(
            #"{"expr":"30 1 * * *","tz":"America/New_York","from":"2027-11-07T06:00:00Z","count":1,"dst_overlap":"second"}"#,
            #"{"id":null,"next":["2027-11-07T01:30:00-05:00"]}"#
        ),
        Row(
            #"{"id":1,"expr":"0 0 30 2 *","foo":[{}],"from":null}"#,
            #"{"id":1,"next":[],"never":true}"#
        ),
        Row(
            #"{"id":1,"expr":"0 0 0 1 1 * 2027","count":1000}"#,
            #"{"id":1,"next":["2027-01-01T00:00:00+08:00"]}"#
        ),
        Row(#"{"id":1,"expr":"0 0 0 1 1 * 2020"}"#, #"{"id":1,"next":[]}"#),
        Row(
            #"{"expr":"0 0\t* * \u0031","count":1}"#,
            #"{"id":null,"next":["2026-11-30T00:00:00+08:00"]}"#
        ),
        Row("   ", ""), Row("", ""), Row("\t\r", ""),
    ]

    @Test(arguments: answered)
    func `a request is answered with one line`(row: Row) {
        var batch = Self.batch()
        let expected = row.answer.isEmpty ? "" : row.answer + "\n"
        #expect(Self.answer(Array(row.line.utf8), &batch) == expected)
    }

    struct Refused: CustomTestStringConvertible, Sendable {
        var line: String
        var id = "null"
        var code = "bad-request"
        var field: String?
        var testDescription: String { line }
    }

    static let refused = [
        Refused(
            line: #"{"id":7,"expr":"0 25 * * *"}"#,
            id: "7",
            code: "invalid-expression",
            field: "expr"
        ),
        Refused(
            line: #"{"id":7,"expr":"* * * * *","tz":"CST"}"#,
            id: "7",
            code: "unknown-timezone",
            field: "tz"
        ),
        Refused(
            line: #"{"id":7,"expr":"* * * * *","tz":"../passwd"}"#,
            id: "7",
            code: "unknown-timezone",
            field: "tz"
        ),
        Refused(
            line: #"{"id":7,"expr":"* * * * *","from":"2026-01-01T00:00:00"}"#,
            id: "7",
            code: "bad-time",
            field: "from"
        ),
        Refused(
            line: #"{"id":7,"expr":"* * * * *","from":"2026-02-30T00:00:00Z"}"#,
            id: "7",
            code: "bad-time",
            field: "from"
        ),
        Refused(line: #"{"id":7,"expr":"* * * * *","from":1}"#, id: "7", field: "from"),
        Refused(line: #"{"id":7,"expr":"* * * * *","count":0}"#, id: "7", field: "count"),
        Refused(line: #"{"id":7,"expr":"* * * * *","count":1001}"#, id: "7", field: "count"),
        Refused(line: #"{"id":7,"expr":"* * * * *","count":"5"}"#, id: "7", field: "count"),
        Refused(line: #"{"id":7,"expr":"* * * * *","count":2.5}"#, id: "7", field: "count"),
        Refused(line: #"{"id":7,"expr":"* * * * *","dst_gap":"first"}"#, id: "7", field: "dst_gap"),
        Refused(
            line: #"{"id":7,"expr":"* * * * *","dst_overlap":true}"#,
            id: "7",
            field: "dst_overlap"
        ),
        Refused(line: #"{"id":7}"#, id: "7", field: "expr"),
        Refused(line: #"{"id":7,"expr":["* * * * *"]}"#, id: "7", field: "expr"),
        Refused(line: #"{"id":7,"expr":"* * * * *""#), Refused(line: "[]"), Refused(line: "7"),
        Refused(line: #"{"id":7,"expr":"* * * * *"} x"#),
        Refused(line: #"{"id":07,"expr":"@daily"}"#),
        Refused(line: #"{"id":7,"expr":"@daily",}"#), Refused(line: #"{"id":"\ud800"}"#),
        Refused(line: #"{"id":"\x"}"#), Refused(line: "{\"id\":\"a\u{1}\"}"), Refused(line: "{"),
        Refused(line: #"{"id":"#), Refused(line: #"{"id":"\"#), Refused(line: #"{"id":-}"#),
        Refused(line: #"{"id":nul}"#),
        Refused(line: "{\"id\":" + String(repeating: "[", count: 100_000)),
    ]

    @Test(arguments: refused)
    func `what cannot be answered is refused with its code and key`(row: Refused) throws {
        var batch = Self.batch()
        let answer = Self.answer(Array(row.line.utf8), &batch)
        let field = row.field.map { "\"\($0)\"" } ?? "null"
        #expect(
            answer.hasPrefix(
                #"{"id":\#(row.id),"error":{"code":"\#(row.code)","field":\#(field),"message":""#
            )
        )
        #expect(answer.hasSuffix("\"}}\n"))
        #expect(answer.utf8.count { $0 == 0x0A } == 1)
    }

    @Test func `bytes that are no UTF-8 are a malformed line`() {
        var batch = Self.batch()
        let answer = Self.answer(Array("{\"id\":\"".utf8) + [0xFF] + Array("\"}".utf8), &batch)
        #expect(answer.hasPrefix(#"{"id":null,"error":{"code":"bad-request","field":null"#))
    }

    @Test func `unknown keys are counted, a few of them by name`() {
        var batch = Self.batch()
        for number in 0..<20 {
            _ = Self.answer(
                Array("{\"expr\":\"@daily\",\"k\(number)\":1,\"k0\":[]}".utf8),
                &batch
            )
        }
        #expect(batch.unknownKeyCount == 40)
        #expect(batch.unknownKeyNames == ["k0", "k1", "k2", "k3", "k4"])
    }

    @Test func `any bytes get one line or none`() {
        var random = SeededGenerator.ofThisRun()
        let seed = random.seed
        let start = Array(
            #"{"id":[1,"a\n"],"expr":"0 0 L * 5#2","tz":"UTC","from":"2026-01-01T00:00:00Z"}"#.utf8
        )
        var batch = Self.batch()
        for _ in 0..<(TestLength.isLong ? 500_000 : 5000) {
            var line = start
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<line.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: line.remove(at: place)
                case 1: line.removeSubrange(place...)
                case 2: line.insert(UInt8.random(in: 0...255, using: &random), at: place)
                default: line[place] = "{}[]\",:\\u0e-".utf8.randomElement(using: &random) ?? 0
                }
                if line.isEmpty { line = [0x7B] }
            }
            let answer = Self.answer(line.filter { $0 != 0x0A }, &batch)
            let isOne = answer.hasPrefix("{\"id\":") && answer.hasSuffix("}\n")
            #expect(answer.isEmpty || isOne, "seed \(seed): \(line)")
        }
    }

    @Test func `bytes of an instant are its text`() throws {
        var random = SeededGenerator.ofThisRun()
        for _ in 0..<2000 {
            let drawn = try DrawnRule(&random)
            var bytes: [UInt8] = []
            InstantText.append(drawn.from, zone: drawn.zone, to: &bytes)
            let text = InstantText.format(drawn.from, zone: drawn.zone)
            #expect(String(decoding: bytes, as: UTF8.self) == text)
        }
    }
}
