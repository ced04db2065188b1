package import DownbeatCore
import Synchronization

/// Chance that a seed repeats.
package final class SeededSource: RandomSource {
    private let generator: Mutex<SeededGenerator>

    package init(seed: UInt64) {
        generator = Mutex(SeededGenerator(seed: seed))
    }

    package func next() -> UInt64 {
        generator.withLock { $0.next() }
    }
}

/// Clocks that stand still: the store uses them to bound the work of a commit only.
package struct StandingClocks: Clocks {
    package let now: Timestamp
    package let monotonic: Duration = .zero

    package init(now: Timestamp = Timestamp(seconds: 0)) {
        self.now = now
    }
}
