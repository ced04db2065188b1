import DownbeatCore
import Testing

/// Head, tail and the count of what is missing between them.
@Suite("Output collector")
struct OutputCollectorTests {
    private static let overhead = OutputCollector.chunkOverhead
    private let limits = OutputCollector.Limits(
        headBytes: 10 + overhead,
        tailBytes: 6 + overhead
    )

    private func bytes(_ text: String) -> ArraySlice<UInt8> { Array(text.utf8)[...] }

    private func text(_ chunks: [OutputChunk]) -> String {
        chunks.map { String(decoding: $0.bytes, as: UTF8.self) }.joined(separator: "|")
    }

    struct Row: CustomTestStringConvertible, Sendable {
        var written: [String]
        var head: String
        var tail: String
        var dropped: Int64
        var testDescription: String { written.joined(separator: ",") }
    }

    @Test(arguments: [
        Row(written: [], head: "", tail: "", dropped: 0),
        Row(written: ["abc"], head: "abc", tail: "", dropped: 0),
        Row(written: ["abcdefghij"], head: "abcdefghij", tail: "", dropped: 0),
        Row(written: ["abcdefghijklm"], head: "abcdefghij", tail: "klm", dropped: 0),
        Row(written: ["abcdefghijklmnop"], head: "abcdefghij", tail: "klmnop", dropped: 0),
        Row(written: ["abcdefghijklmnopq"], head: "abcdefghij", tail: "lmnopq", dropped: 1),
        Row(
            written: ["abcde", "fghijkl", "mnopqrs"],
            head: "abcdefghij",
            tail: "nopqrs",
            dropped: 3
        ),
    ])
    func `the first and the last bytes are kept`(_ row: Row) {
        var collector = OutputCollector(limits: limits)
        for piece in row.written {
            collector.append(.out, at: Timestamp(seconds: 5), bytes(piece))
        }
        #expect(collector.droppedBytes == row.dropped)
        let kept = collector.finish()
        #expect(text(kept.head) == row.head)
        #expect(text(kept.tail) == row.tail)
        #expect(kept.droppedBytes == row.dropped)
    }

    @Test func `streams and times stay apart and in order`() {
        var collector = OutputCollector()
        let start = Timestamp(seconds: 5)
        collector.append(.out, at: start, bytes("a"))
        collector.append(.out, at: start + .milliseconds(9), bytes("b"))
        collector.append(.err, at: start + .milliseconds(9), bytes("c"))
        collector.append(.out, at: start + .seconds(1), bytes("d"))
        collector.append(.out, at: start, bytes("clock set back"))
        let chunks = collector.finish().head
        #expect(text(chunks) == "ab|c|d|clock set back")
        #expect(chunks.map(\.stream) == [.out, .err, .out, .out])
        #expect(chunks[0].time == start)
    }

    @Test func `drained chunks are final and do not come again`() {
        var collector = OutputCollector(limits: limits)
        let start = Timestamp(seconds: 5)
        collector.append(.out, at: start, bytes("abc"))
        #expect(text(collector.drainNewHeadChunks()) == "abc")
        #expect(collector.drainNewHeadChunks() == [])
        collector.append(.out, at: start, bytes("defg"))
        let kept = collector.finish()
        #expect(text(kept.head + kept.tail) == "defg")
        #expect(kept.droppedBytes == 0)
    }

    @Test func `no way of writing takes more than the limit`() {
        var collector = OutputCollector()
        let limit = 512 * 1024
        var written: Int64 = 0
        for index in 0..<200_000 {
            let stream: OutputChunk.Stream = index.isMultiple(of: 2) ? .out : .err
            collector.append(stream, at: Timestamp(seconds: 5), [UInt8(index & 0xff)])
            written += 1
        }
        let large = [UInt8](repeating: 1, count: 3_000_000)
        collector.append(.out, at: Timestamp(seconds: 6), large[...])
        written += Int64(large.count)
        let kept = collector.finish()
        for part in [kept.head, kept.tail] {
            #expect(part.reduce(0) { $0 + $1.bytes.count + Self.overhead } <= limit)
        }
        let total = (kept.head + kept.tail).reduce(0) { $0 + Int64($1.bytes.count) }
        #expect(total + kept.droppedBytes == written)
    }
}
