import DownbeatCore
import Testing

/// What a service does about a store that fails.
@Suite("Store trouble")
struct StoreTroubleTests {
    /// Fails again and again, each time after the wait asked for.
    ///
    /// - Returns: the waits, and when it spoke.
    private static func failing(
        _ error: StoreError,
        times: Int
    ) -> (waits: [Duration], spoken: [Duration]) {
        var trouble = StoreTrouble()
        var now = Duration.zero
        var waits: [Duration] = []
        var spoken: [Duration] = []
        for _ in 0..<times {
            guard case .retry(let wait, let speak) = trouble.failed(error, at: now) else { break }
            if speak { spoken.append(now) }
            waits.append(wait)
            now += wait
        }
        return (waits, spoken)
    }

    @Test func `waits double up to two seconds`() {
        let waits = Self.failing(.busy("locked"), times: 8).waits
        #expect(
            waits == [50, 100, 200, 400, 800, 1600, 2000, 2000].map { Duration.milliseconds($0) }
        )
    }

    @Test func `a full disk is spoken of at once and once a minute`() {
        let spoken = Self.failing(.full("no space"), times: 70).spoken
        #expect(spoken.first == .zero)
        #expect(zip(spoken, spoken.dropFirst()).allSatisfy { $1 - $0 >= .seconds(60) })
        #expect(spoken.count == 3)
    }

    @Test func `a short lock is not spoken of`() {
        var trouble = StoreTrouble()
        #expect(
            trouble.failed(.busy("locked"), at: .zero)
                == .retry(after: .milliseconds(50), speak: false)
        )
        #expect(trouble.isTroubled)
        #expect(trouble.succeeded() == false)
        #expect(!trouble.isTroubled)
        #expect(Self.failing(.busy("locked"), times: 6).spoken.count == 1)
    }

    @Test func `trouble that comes and goes is spoken of once a minute`() {
        var trouble = StoreTrouble()
        var spoken = 0
        var recovered = 0
        for second in 0..<120 {
            let answer = trouble.failed(.full("no space"), at: .seconds(second))
            if case .retry(_, true) = answer { spoken += 1 }
            if trouble.succeeded() { recovered += 1 }
            #expect(trouble.succeeded() == false)
        }
        #expect(spoken == 2)
        #expect(recovered == 2)
    }

    @Test(arguments: [
        StoreError.readOnly(""), .inputOutput(""), .damaged(""),
        .newerSchema(found: 2, supported: 1),
        .missing(path: ""), .notFound(""), .conflict(""),
    ])
    func `what does not heal is given up`(_ error: StoreError) {
        var trouble = StoreTrouble()
        #expect(trouble.failed(error, at: .zero) == .giveUp)
    }
}
