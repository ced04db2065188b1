import DownbeatCore
import DownbeatStore
import Support
import Testing

@Suite("Zones of a database")
struct ZoneTests {
    @Test func `what zones are expected to do is kept until it is known better`() throws {
        let fixture = try StoreFixture()
        let store = fixture.store
        let zones = try ["Europe/Berlin", "Asia/Shanghai"].map { try ZoneFiles().zone(named: $0) }
        let now = after(0)
        #expect(try store.zoneForecasts() == [])
        try store.note(zones: Set(zones), version: "2026a", now: now)
        let kept = try store.zoneForecasts()
        #expect(kept.map(\.name) == ["Asia/Shanghai", "Europe/Berlin"])
        #expect(kept[0].changes == [])
        #expect(kept[1] == ZoneForecast(zones[0], version: "2026a", from: now))
        // The same again is not written, and time moves the range on.
        try store.note(zones: Set(zones), version: "2026a", now: after(60))
        #expect(try store.zoneForecasts() == kept)
        let later = now + .seconds(2 * 366 * 86_400)
        try store.note(zones: [zones[0]], version: "2026a", now: later)
        #expect(try store.zoneForecasts().map(\.from) == [later])
        #expect(try (store as any Store).events(limit: 9) == [])
    }

    @Test func `data that moves a clock leaves an event`() throws {
        let fixture = try StoreFixture()
        let store = fixture.store
        let now = after(0)
        let berlin = try ZoneFiles().zone(named: "Europe/Berlin")
        var old = ZoneForecast(berlin, version: "2026a", from: now)
        old.changes.removeFirst()
        try store.note(zones: [old.rules], version: "2026a", now: now)
        try store.note(zones: [berlin], version: "2026b", now: after(60))
        let events = try (store as any Store).events(limit: 9)
        #expect(events.map(\.name) == ["zones.changed"])
        #expect(events.first?.detail.contains("2026a to 2026b") == true)
        #expect(events.first?.detail.contains("Europe/Berlin") == true)
    }
}
