import Foundation

/// Repeatable randomness: SplitMix64, after Steele, Lea and Flood.
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    /// What to put into `DOWNBEAT_TEST_SEED` to repeat the run.
    package let seed: UInt64

    package init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    /// A generator of this run: seeded by `DOWNBEAT_TEST_SEED` if set, else by the system.
    package static func ofThisRun() -> SeededGenerator {
        let text = ProcessInfo.processInfo.environment["DOWNBEAT_TEST_SEED"]
        var system = SystemRandomNumberGenerator()
        return SeededGenerator(seed: text.flatMap { UInt64($0) } ?? system.next())
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Whether the long forms of tests are asked for.
package enum TestLength {
    package static var isLong: Bool {
        ProcessInfo.processInfo.environment["DOWNBEAT_LONG_TESTS"] == "1"
    }
}
