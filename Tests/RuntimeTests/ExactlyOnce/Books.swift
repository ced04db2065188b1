import DownbeatCore
import Foundation

/// What Downbeat says has happened: ledger and runs, from the command line's own JSON.
struct Books {
    struct Slot: Decodable {
        var schedule: String
        var slot: String
        var to: String?
        var count: Int
        var outcome: String
        var reason: String?
        var run_id: String?

        var time: Timestamp { Books.time(slot) }
        var last: Timestamp { to.map(Books.time) ?? time }
    }

    struct Run: Decodable, Equatable {
        var id: String
        var schedule: String
        var slot: String?
        var state: RunState
        var attempts: Int
        var started_at: String?
        var ended_at: String?
        var exit_code: Int?
        var signal: Int?
        var error: String?

        var time: Timestamp? { slot.map(Books.time) }
    }

    private struct Answer<Item: Decodable>: Decodable {
        var v: Int
        var items: [Item]
    }

    /// Oldest first.
    var slots: [Slot] = []
    /// Oldest first.
    var runs: [Run] = []

    init() {}

    /// Asks a service that runs or not.
    init(_ service: ServiceFolder) throws {
        slots = try Self.items(service.ask("runs", "--ledger", "--limit", "100000", "--json"))
            .reversed()
        runs = try Self.items(service.ask("runs", "--limit", "100000", "--json")).reversed()
    }

    static func items<Item: Decodable>(_ text: String) throws -> [Item] {
        try JSONDecoder().decode(Answer<Item>.self, from: Data(text.utf8)).items
    }

    private static func time(_ text: String) -> Timestamp {
        // A time that cannot be read is no slot of any test, which then fails.
        (try? InstantText.parse(text)) ?? .distantPast
    }

    /// Runs that are not done.
    var open: [Run] { runs.filter { !$0.state.isFinal } }

    func run(_ id: String) -> Run? { runs.first { $0.id == id } }
}
