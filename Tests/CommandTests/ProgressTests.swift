import DownbeatCommand
import DownbeatCore
import Foundation
import Testing

@Suite("Progress of runs")
struct ProgressTests {
    private static let begin = CommandLine.now
    private static let head = "\r\u{1B}[K"

    private static func reading(
        _ done: Int64,
        _ total: Int64? = 3_400_000_000,
        second: Int64,
        phase: String = "",
        unit: RunProgress.Unit = .bytes
    ) -> ProgressReading {
        ProgressReading(
            progress: RunProgress(phase: phase, done: done, total: total, unit: unit),
            since: begin,
            at: begin + .seconds(second)
        )
    }

    private static let readings: [ProgressReading?] = [
        reading(1_700_000_000, second: 19),
        nil,
        reading(3_400_000_000, second: 38, phase: "verify"),
        reading(40, nil, second: 2, phase: "read", unit: .items),
    ]

    @Test func `a terminal sees a bar, which makes room for output and goes at the end`() throws {
        let downbeat = try Samples.serviceWithState()
        downbeat.service.set { $0.progress = Self.readings }
        let result = downbeat("run", "log-stats", "--here")
        #expect(result.status == 0)
        let bars = result.errors.components(separatedBy: Self.head)
        #expect(
            bars.prefix(5) == [
                "",
                "command  [#########---------]  1.7 of 3.4 GB  89 MB/s  19s left",
                "",
                "command verify  [##################]  3.4 of 3.4 GB  89 MB/s",
                "command read  40  20/s",
            ]
        )
        #expect(bars.last?.hasPrefix("succeeded") == true)
    }

    @Test func `a log gets a line every ten seconds`() throws {
        let downbeat = try Samples.serviceWithState().piped
        downbeat.service.set { content in
            content.progress = (1...25).map { Self.reading($0 * 100_000_000, second: $0) }
        }
        let result = downbeat("run", "log-stats", "--here")
        let lines = result.errors.split(separator: "\n").filter { $0.hasPrefix("command  ") }
        #expect(
            lines == [
                "command  1.0 of 3.4 GB  100 MB/s  24s left",
                "command  2.0 of 3.4 GB  100 MB/s  14s left",
            ]
        )
        let quiet = downbeat("run", "log-stats", "--here", "--quiet")
        #expect(!quiet.errors.contains("of 3.4 GB"))
    }

    @Test func `waiting in another process shows the bar of what is stored`() throws {
        let downbeat = try Samples.serviceWithState()
        let service = downbeat.service
        service.clocks.onStep {
            service.set { content in
                let last = content.details.count - 1
                let id = content.details[last].record.id
                if service.clocks.monotonic < .seconds(2) {
                    content.details[last].progress = Self.reading(1_700_000_000, second: 19)
                } else {
                    content.finish(id, .succeeded, at: CommandLine.now + .seconds(41))
                }
            }
        }
        let result = downbeat("run", "log-stats", "--wait")
        #expect(result.status == 0)
        #expect(result.errors.contains("[#########---------]  1.7 of 3.4 GB  89 MB/s  19s left"))
        #expect(result.errors.hasSuffix(Self.head))
    }

    @Test func `a result is shown as it was stored, harmless to terminals`() throws {
        let downbeat = try Samples.serviceWithState()
        downbeat.service.set { content in
            content.details[0].result = "{\n\"top\": \"\u{9B}31m\", \"ratio\": 0.123456789}"
        }
        let id = downbeat.service.current.details[0].record.id.text
        let json = downbeat("runs", "show", id, "--json").output
        #expect(
            json.contains(
                "\"result\":{ \"top\": \"\\u009b31m\", \"ratio\": 0.123456789},\"stdout\""
            )
        )
        #expect(downbeat("runs", "show", id).output.contains("result"))
    }
}
