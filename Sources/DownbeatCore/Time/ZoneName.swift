/// Which names a zone may have in a schedule file.
///
/// `UTC`, names below `Etc/`, and `Area/Location` are accepted. The zone data also hold files named
/// by abbreviations (`EST`, `CET`, `PRC`), copies with other rules (`right/…` counts leap seconds)
/// and the machine's own zone: all of these are refused, since a reader cannot tell what they mean.
package enum ZoneName {
    /// Longer than any IANA name by far.
    package static let lengthMax = 64

    /// Whether the name has the shape of an acceptable zone; it need not exist.
    package static func isAcceptable(_ name: String) -> Bool {
        if name == "UTC" { return true }
        guard name.utf8.count <= lengthMax else { return false }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), let first = parts[0].utf8.first else { return false }
        guard (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first) else { return false }
        return parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(isNameByte) }
    }

    /// Whether the name looks like `CST` or `EST5EDT`.
    package static func isAbbreviation(_ name: String) -> Bool {
        name != "UTC" && (2...8).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
    }

    /// Zones that a refused or unknown name may stand for, the likeliest first.
    package static func candidates(for name: String, among names: [String]) -> [String] {
        if let known = meanings[name.uppercased()] { return known }
        if let exact = names.first(where: { $0.lowercased() == name.lowercased() }), exact != name {
            return [exact]
        }
        let spelled = name.split(separator: " ").joined(separator: "_").lowercased()
        let cities = names.filter { candidate in
            guard let city = candidate.split(separator: "/").last, candidate.contains("/") else {
                return false
            }
            return city.lowercased() == spelled
        }
        guard cities.isEmpty else { return Array(cities.prefix(2)) }
        return Suggestion.nearest(to: name, among: names.lazy.filter(isAcceptable))
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: "+"):
            true
        default:
            false
        }
    }

    private static let meanings: [String: [String]] = [
        "ACST": ["Australia/Adelaide"],
        "AEDT": ["Australia/Sydney"],
        "AEST": ["Australia/Sydney", "Australia/Brisbane"],
        "AKST": ["America/Anchorage"],
        "AST": ["America/Halifax", "Asia/Riyadh"],
        "AWST": ["Australia/Perth"],
        "BST": ["Europe/London", "Asia/Dhaka"],
        "CCT": ["Asia/Shanghai"],
        "CDT": ["America/Chicago", "America/Havana"],
        "CEST": ["Europe/Paris", "Europe/Berlin"],
        "CET": ["Europe/Paris", "Europe/Berlin"],
        "CST": ["Asia/Shanghai", "America/Chicago"],
        "CST6CDT": ["America/Chicago"],
        "CUBA": ["America/Havana"],
        "EDT": ["America/New_York"],
        "EEST": ["Europe/Athens", "Europe/Kyiv"],
        "EET": ["Europe/Athens", "Europe/Kyiv"],
        "EGYPT": ["Africa/Cairo"],
        "EIRE": ["Europe/Dublin"],
        "EST": ["America/New_York", "America/Panama"],
        "EST5EDT": ["America/New_York"],
        "GB": ["Europe/London"],
        "GB-EIRE": ["Europe/London"],
        "GMT": ["UTC", "Europe/London"],
        "GMT+0": ["UTC"],
        "GMT-0": ["UTC"],
        "GMT0": ["UTC"],
        "GREENWICH": ["UTC", "Europe/London"],
        "HKT": ["Asia/Hong_Kong"],
        "HONGKONG": ["Asia/Hong_Kong"],
        "HST": ["Pacific/Honolulu"],
        "ICELAND": ["Atlantic/Reykjavik"],
        "IRAN": ["Asia/Tehran"],
        "ISRAEL": ["Asia/Jerusalem"],
        "IST": ["Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"],
        "JAMAICA": ["America/Jamaica"],
        "JAPAN": ["Asia/Tokyo"],
        "JST": ["Asia/Tokyo"],
        "KST": ["Asia/Seoul"],
        "KWAJALEIN": ["Pacific/Kwajalein"],
        "LIBYA": ["Africa/Tripoli"],
        "LOCAL": [],
        "LOCALTIME": [],
        "MDT": ["America/Denver"],
        "MET": ["Europe/Paris"],
        "MSK": ["Europe/Moscow"],
        "MST": ["America/Denver", "America/Phoenix"],
        "MST7MDT": ["America/Denver"],
        "NAVAJO": ["America/Denver"],
        "NST": ["America/St_Johns"],
        "NZ": ["Pacific/Auckland"],
        "NZ-CHAT": ["Pacific/Chatham"],
        "NZDT": ["Pacific/Auckland"],
        "NZST": ["Pacific/Auckland"],
        "PDT": ["America/Los_Angeles"],
        "POLAND": ["Europe/Warsaw"],
        "PORTUGAL": ["Europe/Lisbon"],
        "PRC": ["Asia/Shanghai"],
        "PST": ["America/Los_Angeles", "Asia/Manila"],
        "PST8PDT": ["America/Los_Angeles"],
        "ROC": ["Asia/Taipei"],
        "ROK": ["Asia/Seoul"],
        "SAST": ["Africa/Johannesburg"],
        "SGT": ["Asia/Singapore"],
        "SINGAPORE": ["Asia/Singapore"],
        "TURKEY": ["Europe/Istanbul"],
        "UCT": ["UTC"],
        "UNIVERSAL": ["UTC"],
        "UTC": ["UTC"],
        "W-SU": ["Europe/Moscow"],
        "WET": ["Europe/Lisbon"],
        "Z": ["UTC"],
        "ZULU": ["UTC"],
    ]
}
