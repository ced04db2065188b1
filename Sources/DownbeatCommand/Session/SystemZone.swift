import Foundation

/// The zone that this system's clock shows, by name.
enum SystemZone {
    private static let folder = "/zoneinfo/"

    /// As `TZ` says, then `/etc/localtime`, then `/etc/timezone`; nil: none of them tells.
    static func name(environment: [String: String]) -> String? {
        if let zone = environment["TZ"], !zone.isEmpty {
            return zone.hasPrefix(":") ? String(zone.dropFirst()) : zone
        }
        // A system without the link has its zone in the file, or none.
        if let target = try? FileManager.default.destinationOfSymbolicLink(
            atPath: "/etc/localtime"
        ), let range = target.range(of: folder) {
            return plain(String(target[range.upperBound...]))
        }
        // Without the file nothing is known.
        guard let text = try? String(contentsOfFile: "/etc/timezone", encoding: .utf8) else {
            return FileManager.default.fileExists(atPath: "/etc/localtime") ? nil : "UTC"
        }
        return plain(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// One name for the one zone that has many.
    private static func plain(_ name: String) -> String? {
        guard !name.isEmpty else { return nil }
        return ["Etc/UTC", "Etc/UCT", "UCT", "Zulu", "Etc/Zulu", "Universal"].contains(name)
            ? "UTC" : name
    }
}
