package import DownbeatCore
import Foundation

/// The zones of this machine that inputs may name, each decoded once: reading files would be all that
/// the fuzzer does.
package struct FuzzZones: ZoneSource {
    /// Half hours, gaps at midnight, days left out, daylight saving the other way round.
    package static let names = [
        "UTC", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo",
        "Pacific/Apia", "Europe/Dublin", "Asia/Gaza",
    ]

    private let zones: [String: ZoneRules]

    package init() {
        var zones: [String: ZoneRules] = [:]
        for name in Self.names {
            guard let data = FileManager.default.contents(atPath: "/usr/share/zoneinfo/\(name)")
            else { continue }
            do {
                zones[name] = try ZoneRules(name: name, tzif: [UInt8](data))
            } catch {
                preconditionFailure("\(name) does not decode: \(error)")
            }
        }
        self.zones = zones
    }

    package func zone(named name: String) throws(ZoneError) -> ZoneRules {
        guard ZoneName.isAcceptable(name), let zone = zones[name] else {
            throw .unknown(name: name)
        }
        return zone
    }

    package var zoneNames: [String] { Self.names }
    package var dataVersion: String? { nil }
}
