import DownbeatCore
import Support
import Testing

/// What becomes of a run when an attempt has ended.
@Suite("Attempt verdict")
struct AttemptVerdictTests {
    enum Expected: Sendable { case succeeded, retry, requeue, failed, cancelled, unknown }

    struct Row: CustomTestStringConvertible, Sendable {
        var end: AttemptEnd
        var times = 2
        var failures = 0
        var losses = 0
        var cancelRequested = false
        var delivery = Delivery.atLeastOnce
        var expected: Expected
        var testDescription: String {
            "\(end), \(failures) of \(times) repeats used, \(losses) lost, \(delivery)"
                + (cancelRequested ? ", to be cancelled" : "")
        }
    }

    private static let failures: [AttemptEnd] = [
        .exited(1), .signalled(9), .timedOut(), .notStarted("no such file"),
    ]

    private static let rows: [Row] =
        failures.flatMap { end in
            [
                Row(end: end, expected: .retry),
                Row(end: end, failures: 1, expected: .retry),
                Row(end: end, failures: 2, expected: .failed),
                Row(end: end, times: 0, expected: .failed),
                Row(end: end, losses: 2, expected: .retry),
                Row(end: end, cancelRequested: true, expected: .cancelled),
                Row(end: end, delivery: .atMostOnce, expected: .failed),
                Row(end: end, cancelRequested: true, delivery: .atMostOnce, expected: .cancelled),
            ]
        } + [
            Row(end: .exited(0), expected: .succeeded),
            Row(end: .exited(3), expected: .succeeded),
            Row(end: .exited(0), failures: 2, losses: 2, expected: .succeeded),
            Row(end: .exited(0), cancelRequested: true, expected: .succeeded),
            Row(end: .exited(0), delivery: .atMostOnce, expected: .succeeded),
            Row(end: .cancelled, expected: .cancelled),
            Row(end: .cancelled, cancelRequested: true, expected: .cancelled),
            Row(end: .cancelled, delivery: .atMostOnce, expected: .cancelled),
            Row(end: .drained, times: 0, failures: 0, losses: 2, expected: .requeue),
            Row(end: .drained, failures: 2, expected: .requeue),
            Row(end: .drained, cancelRequested: true, expected: .cancelled),
            Row(end: .drained, delivery: .atMostOnce, expected: .unknown),
            Row(end: .lost, times: 0, expected: .requeue),
            Row(end: .lost, failures: 2, losses: 1, expected: .requeue),
            Row(end: .lost, losses: 2, expected: .failed),
            Row(end: .lost, losses: 2, cancelRequested: true, expected: .cancelled),
            Row(end: .lost, cancelRequested: true, expected: .cancelled),
            Row(end: .lost, delivery: .atMostOnce, expected: .unknown),
            Row(end: .lost, cancelRequested: true, delivery: .atMostOnce, expected: .cancelled),
        ]

    @Test(arguments: rows)
    func `the end of an attempt decides the run`(_ row: Row) {
        let definition = RunDefinition(
            action: .shell("true"),
            retry: RetryPolicy(times: row.times),
            delivery: row.delivery,
            successCodes: [0, 3]
        )
        let verdict = AttemptVerdict.decide(
            row.end,
            run: .fixture(7),
            definition: definition,
            history: AttemptVerdict.History(
                failures: row.failures,
                losses: row.losses,
                cancelRequested: row.cancelRequested
            ),
            now: Timeline.start
        )
        let wait = Backoff.wait(
            definition.retry,
            repeatNumber: row.failures + 1,
            run: .fixture(7)
        )
        let expected: AttemptVerdict =
            switch row.expected {
            case .succeeded: .succeeded
            case .retry: .retry(at: Timeline.start + wait)
            case .requeue: .requeue
            case .failed: .failed
            case .cancelled: .cancelled
            case .unknown: .unknown
            }
        #expect(verdict == expected)
    }
}
