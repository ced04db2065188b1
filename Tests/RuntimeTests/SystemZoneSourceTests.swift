import DownbeatCore
import DownbeatRuntime
import Foundation
import Testing

@Suite("SystemZoneSource")
struct SystemZoneSourceTests {
    @Test func `a zone is read once, and its data have a version and names`() throws {
        let source = SystemZoneSource(environment: [:])
        let zone = try source.zone(named: "Asia/Shanghai")
        #expect(zone === (try source.zone(named: "Asia/Shanghai")))
        #expect(zone.offset(at: Timestamp(seconds: 1_800_000_000)) == 8 * 3600)
        let version = try #require(source.dataVersion)
        #expect(version.hasPrefix("20"))
        #expect(source.zoneNames.contains("America/New_York"))
        #expect(source.zoneNames.contains("UTC"))
        #expect(!source.zoneNames.contains("EST"))
    }

    @Test(arguments: [
        "CST", "EST", "EST5EDT", "CET", "Local", "localtime", "Factory", "posix/UTC", "right/UTC",
        "../zoneinfo/UTC", "Asia", "Asia/", "Asia/Nowhere", "", "tzdata.zi", "/etc/passwd",
    ])
    func `a name that is no zone is unknown, even where a file has it`(name: String) {
        let source = SystemZoneSource(environment: [:])
        #expect(throws: ZoneError.unknown(name: name)) { try source.zone(named: name) }
    }

    @Test func `a machine without zone data is told the package, and still has UTC`() throws {
        let folder = "/nonexistent/zoneinfo"
        let source = SystemZoneSource(environment: ["TZDIR": folder])
        let error = #expect(throws: ZoneError.self) { try source.zone(named: "Asia/Shanghai") }
        #expect(error == .dataMissing(searched: [folder]))
        #expect(error?.message.contains("`tzdata`") == true)
        #expect(error?.remedy(among: []).contains("apt-get install tzdata") == true)
        #expect(try source.zone(named: "UTC").name == "UTC")
        #expect(source.dataVersion == nil)
        #expect(source.zoneNames == ["UTC"])
    }

    @Test func `a damaged file is malformed`() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("downbeat-zones-\(ProcessInfo.processInfo.processIdentifier)")
        let area = folder.appendingPathComponent("Asia")
        try FileManager.default.createDirectory(at: area, withIntermediateDirectories: true)
        defer {
            // A folder that cannot be removed does not matter to the test.
            try? FileManager.default.removeItem(at: folder)
        }
        try Data("TZif2".utf8).write(to: area.appendingPathComponent("Broken"))
        let source = SystemZoneSource(environment: ["TZDIR": folder.path])
        let error = #expect(throws: ZoneError.self) { try source.zone(named: "Asia/Broken") }
        #expect(error == .malformed(name: "Asia/Broken", reason: "it is not a TZif file"))
    }
}
