import DownbeatCore
import Fuzzing

// `next --batch`: any lines have one answer each, or none when they are blank.

private let zones = FuzzZones()
/// 2026-11-24T00:00:00Z.
private let now = Timestamp(seconds: 1_795_478_400)

/// The entry of the program: SwiftPM renames `main` of an executable after its target.
@_cdecl("FuzzBatch_main")
public func fuzzBatchMain() -> Int32 {
    let lines = FuzzRun.corpus().map { _, line -> String in
        // The expected answers are no part of a request and would fill the input.
        String(line.prefix { $0 != "[" }) + "7]}"
    }
    return FuzzRun.start(
        seeds: lines + [
            #"{"id":[1,{"a":"\u00e9\ud83d\ude00\n"}],"expr":"0 9 * * 1","count":1000}"#,
            #"{"id":"x","expr":"30 2 * * *","tz":"America/New_York","dst_gap":"shift"}"#,
            #"{"expr":"30 1 * * *","dst_overlap":"both","from":"2027-11-07T06:00:00.5Z"}"#,
            "{\"expr\":\"@daily\"}\n\n \t\r\n{\"expr\":\"@hourly\",\"from\":null}",
        ],
        words: FuzzZones.names + [
            "\"id\":", "\"expr\":", "\"tz\":", "\"from\":", "\"count\":", "\"dst_gap\":",
            "\"dst_overlap\":", "\"skip\"", "\"shift\"", "\"auto\"", "\"first\"", "\"second\"",
            "\"both\"", "null", "true", "false", "-1.5e+10", "\\ud800", "\\udc00", "\\u0000",
            "{\"expr\":\"", "\"}", "[[[[", "2026-01-01T00:00:00Z", "+23:59", "9999-12-31", "@daily",
        ]
    ) { data, size in
        let bytes = UnsafeBufferPointer(start: data, count: size)
        FuzzRun.timed { answerLines(bytes) }
        return 0
    }
}

private func answerLines(_ bytes: UnsafeBufferPointer<UInt8>) {
    var batch = NextBatch(zones: zones, standardZone: "Asia/Shanghai") { now }
    var output: [UInt8] = []
    var rest = bytes[...]
    while true {
        let line = rest.prefix { $0 != UInt8(ascii: "\n") }
        output.removeAll(keepingCapacity: true)
        let outcome = batch.answer(UnsafeBufferPointer(rebasing: line), into: &output)
        check(output, after: outcome)
        guard line.endIndex < rest.endIndex else { break }
        rest = rest[(line.endIndex + 1)...]
    }
    precondition(batch.unknownKeyNames.count <= batch.unknownKeyCount, "names without keys")
}

private func check(_ output: [UInt8], after outcome: NextBatch.Outcome) {
    guard outcome != .blank else {
        precondition(output.isEmpty, "a blank line has an answer")
        return
    }
    precondition(output.last == UInt8(ascii: "\n"), "an answer without an end")
    precondition(output.count { $0 == UInt8(ascii: "\n") } == 1, "an answer of several lines")
    precondition(output.starts(with: "{\"id\":".utf8), "an answer without id")
    precondition(String(validating: output, as: UTF8.self) != nil, "an answer that is no UTF-8")
    let isRefusal = outcome == .refused
    let key = isRefusal ? "\"error\":{" : "\"next\":["
    precondition(String(decoding: output, as: UTF8.self).contains(key), "an answer without answer")
}
