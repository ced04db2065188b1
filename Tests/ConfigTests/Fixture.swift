import DownbeatConfig
import DownbeatCore
import Support

/// The zone data of the machine with a list of names that does not depend on it.
struct NamedZones: ZoneSource {
    private let files = ZoneFiles()

    func zone(named name: String) throws(ZoneError) -> ZoneRules {
        guard ZoneName.isAcceptable(name) else { throw ZoneError.unknown(name: name) }
        return try files.zone(named: name)
    }

    var zoneNames: [String] {
        [
            "America/Chicago", "America/New_York", "Asia/Shanghai", "Asia/Tokyo",
            "Australia/Lord_Howe",
            "Europe/Berlin", "UTC",
        ]
    }

    var dataVersion: String? { nil }
}

/// Reading of texts as if they were files.
enum Fixture {
    /// 2026-11-23T02:41:07+08:00.
    static let now = Timestamp(seconds: 1_795_372_867)

    static let environment = [
        "HOME": "/home/ops", "EMPTY": "", "WAIT": "45s", "ZONE": "Asia/Tokyo",
    ]

    static func reader(
        environment: [String: String] = environment,
        programs: ProgramSearch = ProgramSearch { _ in true }
    ) -> ConfigurationReader {
        ConfigurationReader(
            zones: NamedZones(),
            environment: environment,
            workingDirectory: "/srv",
            programs: programs
        )
    }

    static func read(_ text: String) -> ConfigurationReading { read(["schedules/a.yaml": text]) }

    /// Files in order of their names.
    static func read(_ files: [String: String]) -> ConfigurationReading {
        let sources = files.sorted { $0.key < $1.key }.map { path, text in
            SourceBytes(path: path, folder: "/srv/schedules", bytes: Array(text.utf8))
        }
        return reader().decode(sources, now: now)
    }

    static func read(bytes: [UInt8]) -> ConfigurationReading {
        let source = SourceBytes(path: "schedules/a.yaml", folder: "/srv/schedules", bytes: bytes)
        return reader().decode([source], now: now)
    }

    /// A file with one schedule that has the lines given, each a key.
    static func schedule(_ lines: String..., action: String = "command: [date]") -> String {
        let body = (lines + [action]).filter { !$0.isEmpty }.map { "    \($0)\n" }.joined()
        return "schedules:\n  hello:\n\(body)"
    }
}
