package import DownbeatCore
import Foundation
import Synchronization

/// The zone data of the operating system: `$TZDIR`, else `/usr/share/zoneinfo`.
///
/// Files are read once for each zone and kept; names are checked before they become part of a path.
package final class SystemZoneSource: ZoneSource {
    private let folder: String
    private let cache = Mutex<[String: ZoneRules]>([:])

    /// Where Debian's package `tzdata` puts its files.
    package static let defaultFolder = "/usr/share/zoneinfo"
    /// The largest zone file there is has 4 kB.
    private static let fileBytesMax = 1 << 20

    /// A source that reads the folder that the variable `TZDIR` names, else the usual one.
    ///
    /// - Parameter environment: the variables of the process.
    package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        let named = environment["TZDIR"].flatMap { $0.isEmpty ? nil : $0 }
        folder = named ?? Self.defaultFolder
    }

    package func zone(named name: String) throws(ZoneError) -> ZoneRules {
        if let known = cache.withLock({ $0[name] }) { return known }
        guard ZoneName.isAcceptable(name) else {
            guard hasData || name == "UTC" else { throw ZoneError.dataMissing(searched: [folder]) }
            throw ZoneError.unknown(name: name)
        }
        let rules = try load(name)
        return cache.withLock { cache in
            // Another thread may have been first; all callers get the same object.
            if let known = cache[name] { return known }
            cache[name] = rules
            return rules
        }
    }

    package var zoneNames: [String] {
        let listed = Set(namesInRules()).union(namesInTable()).union(["UTC"])
        return listed.filter(ZoneName.isAcceptable).sorted()
    }

    package var dataVersion: String? {
        if let first = lines(of: "tzdata.zi", max: 1).first {
            let words = first.split(separator: " ")
            if words.count == 3, words[0] == "#", words[1] == "version" { return String(words[2]) }
        }
        return lines(of: "+VERSION", max: 1).first
    }

    private func load(_ name: String) throws(ZoneError) -> ZoneRules {
        guard let bytes = contents(of: name) else {
            guard !hasData else { throw ZoneError.unknown(name: name) }
            // UTC needs no data, and a machine without them can still run on it.
            if name == "UTC" { return .utc }
            throw ZoneError.dataMissing(searched: [folder])
        }
        return try ZoneRules(name: name, tzif: bytes)
    }

    /// Whether the folder looks like zone data: these names exist in every edition.
    private var hasData: Bool {
        ["UTC", "Etc/UTC", "Europe/London"].contains { name in
            FileManager.default.fileExists(atPath: folder + "/" + name)
        }
    }

    private func contents(of name: String) -> [UInt8]? {
        let path = folder + "/" + name
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
            !isFolder.boolValue,
            let data = FileManager.default.contents(atPath: path),
            data.count <= Self.fileBytesMax
        else { return nil }
        return [UInt8](data)
    }

    /// Zones and links of the compact rule file: `Z name …` and `L target name`.
    private func namesInRules() -> [String] {
        lines(of: "tzdata.zi", max: .max).compactMap { line in
            let words = line.split(separator: " ", maxSplits: 3)
            guard words.count >= 3 else { return nil }
            switch words[0] {
            case "Z": return String(words[1])
            case "L": return String(words[2])
            default: return nil
            }
        }
    }

    /// The third column of the table of zones.
    private func namesInTable() -> [String] {
        lines(of: "zone1970.tab", max: .max).compactMap { line in
            guard !line.hasPrefix("#") else { return nil }
            let columns = line.split(separator: "\t")
            return columns.count >= 3 ? String(columns[2]) : nil
        }
    }

    private func lines(of file: String, max: Int) -> [String] {
        guard let bytes = contents(of: file) else { return [] }
        return String(decoding: bytes, as: UTF8.self)
            .split(separator: "\n", maxSplits: max == .max ? Int.max : max)
            .prefix(max)
            .map(String.init)
    }
}
