package import DownbeatCore
import Foundation

/// The zone data of the test machine, for tests of the core.
package struct ZoneFiles: ZoneSource {
    private static let folder = "/usr/share/zoneinfo"

    package init() {}

    package func zone(named name: String) throws(ZoneError) -> ZoneRules {
        guard ZoneName.isAcceptable(name), let bytes = Self.bytes(of: name) else {
            throw ZoneError.unknown(name: name)
        }
        return try ZoneRules(name: name, tzif: bytes)
    }

    package var zoneNames: [String] { [] }
    package var dataVersion: String? { nil }

    /// Every zone that a schedule may name on this machine, sorted.
    package static var allNames: [String] {
        // A machine without zone data has none.
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
        return paths.filter { ZoneName.isAcceptable($0) && isZoneFile($0) }.sorted()
    }

    private static func isZoneFile(_ name: String) -> Bool {
        bytes(of: name)?.starts(with: "TZif".utf8) ?? false
    }

    /// The bytes of a zone file; nil when there is none.
    package static func bytes(of name: String) -> [UInt8]? {
        FileManager.default.contents(atPath: folder + "/" + name).map { [UInt8]($0) }
    }
}
