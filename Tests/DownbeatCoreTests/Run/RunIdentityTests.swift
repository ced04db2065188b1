import DownbeatCore
import Testing

/// Ids in order of creation, states in order of life.
@Suite("Run identity and state")
struct RunIdentityTests {
    @Test func `an id is a ULID`() {
        // Source: the example of the specification, 01ARZ3NDEKTSV4RRFFQ69G5FAV.
        let id = RunID(
            at: Timestamp(microseconds: 1_469_922_850_259_000),
            random: (0xD676, 0x4C61_EFB9_9302_BD5B)
        )
        #expect(id.text == "01ARZ3NDEKTSV4RRFFQ69G5FAV")
        let least = RunID(at: Timestamp(microseconds: -5), random: (0, 0))
        #expect(least.text == String(repeating: "0", count: 26))
        let greatest = RunID(at: .distantFuture, random: (.max, .max))
        #expect(greatest.text.count == 26 && greatest > id)
    }

    @Test func `ids of later milliseconds are greater, whatever chance says`() {
        let base: Int64 = 1_767_225_600_000_000
        for step in [1, 31, 32, 1023, 86_400_000] as [Int64] {
            let earlier = RunID(at: Timestamp(microseconds: base), random: (.max, .max))
            let later = RunID(at: Timestamp(microseconds: base + step * 1000), random: (0, 0))
            #expect(earlier < later)
        }
    }

    @Test(arguments: [
        ("01ARZ3NDEKTSV4RRFFQ69G5FAV", true), ("01arz3ndektsv4rrffq69g5fav", true),
        ("7ZZZZZZZZZZZZZZZZZZZZZZZZZ", true), ("8ZZZZZZZZZZZZZZZZZZZZZZZZZ", false),
        ("01ARZ3NDEKTSV4RRFFQ69G5FA", false), ("01ARZ3NDEKTSV4RRFFQ69G5FAVV", false),
        ("01ARZ3NDEKTSV4RRFFQ69G5FAU", false), ("01ARZ3NDEKTSV4RRFFQ69G5FA ", false),
        ("01ARZ3NDEKTSV4RRFFQ69G5Fß", false), ("", false),
    ])
    func `only ULIDs are read`(_ text: String, _ isValid: Bool) {
        #expect((RunID(text)?.text == text.uppercased()) == isValid)
    }

    @Test func `final states have no successors and every other state leads to one`() {
        for state in RunState.allCases {
            #expect(state.isFinal == state.successors.isEmpty)
            #expect(!state.successors.contains(state))
            var reached = Set([state])
            var open = [state]
            while let next = open.popLast() {
                for successor in next.successors where reached.insert(successor).inserted {
                    open.append(successor)
                }
            }
            #expect(reached.contains { $0.isFinal })
        }
        #expect(RunState.running.successors.contains(.expired) == false)
        #expect(Set(RunState.scheduled.successors).isSuperset(of: [.cancelled, .expired]))
    }
}
