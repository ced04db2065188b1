/// What the `NAME = value` lines so far mean for the lines below them.
struct CronSettings {
    typealias Remark = (level: CrontabImport.Note.Level, text: String)

    private(set) var shell = "/bin/sh"
    /// `HOME`, where it was set.
    private(set) var home: String?
    private(set) var zone: ZoneRules
    /// For the commands, in the order in which they were set.
    private(set) var environment: [(name: String, value: String)] = []
    /// Why no line can come over at present: its zone is not to be had.
    private(set) var refusal: String?

    /// Variables that steer cron's mail and are nothing to a command.
    private static let mail: Set<String> = [
        "MAILFROM", "CONTENT_TYPE", "CONTENT_TRANSFER_ENCODING", "MAIL_WHEN_SUCCESS",
    ]

    init(zone: ZoneRules) {
        self.zone = zone
    }

    /// Takes over a line; gives what there is to say about it.
    mutating func set(_ name: String, _ value: String, _ zones: any ZoneSource) -> [Remark] {
        switch name {
        case "SHELL":
            guard value.hasPrefix("/") else {
                return [(.warning, "SHELL `\(value)` is no whole path; /bin/sh is used")]
            }
            shell = value
            return []
        case "HOME":
            home = value
            put(name, value)
            return []
        case "MAILTO":
            guard !value.isEmpty else { return [] }
            return [
                (
                    .note,
                    "MAILTO is not a schedule: output is kept with each run (downbeat logs NAME);"
                        + " `on_failure` can send word"
                )
            ]
        case "CRON_TZ": return setZone(value, zones)
        case "TZ":
            put(name, value)
            return [
                (
                    .warning,
                    "TZ reaches the commands only, as in cron: it does not move their times;"
                        + " write `timezone: \(value)` if it should"
                )
            ]
        case "RANDOM_DELAY":
            let text = "RANDOM_DELAY is left out: each line starts at its very minute"
            return value == "0" ? [] : [(.warning, text)]
        case "LOGNAME", "USER":
            return [(.note, "\(name) is left out: it is the user that the command runs as")]
        case _ where Self.mail.contains(name):
            return [(.note, "\(name) is about mail and is left out")]
        default: return setVariable(name, value)
        }
    }

    private mutating func setZone(_ name: String, _ zones: any ZoneSource) -> [Remark] {
        do {
            zone = try zones.zone(named: name)
            refusal = nil
            return [
                (
                    .note,
                    "CRON_TZ became `timezone: \(name)`, which is also the TZ of the commands"
                )
            ]
        } catch {
            refusal = "its CRON_TZ is not a time zone: \(error.message)"
            return []
        }
    }

    private mutating func setVariable(_ name: String, _ value: String) -> [Remark] {
        guard Self.isVariable(name) else {
            return [(.warning, "`\(name)` is left out: it is not the name of a variable")]
        }
        guard !name.hasPrefix("DOWNBEAT_") else {
            return [(.warning, "\(name) is left out: Downbeat sets variables of this kind itself")]
        }
        guard !value.hasPrefix("secret:") else {
            return [(.warning, "\(name) is left out: `secret:` at its start has a meaning here")]
        }
        put(name, value)
        var remarks: [Remark] = []
        if value.contains("$") || value.hasPrefix("~") {
            let text = "cron expands nothing in the value of \(name), so it is kept as it stands"
            remarks.append((.warning, text))
        }
        if value.contains(" #") {
            remarks.append((.warning, "`#` in the value of \(name) begins no comment: it is kept"))
        }
        return remarks
    }

    private mutating func put(_ name: String, _ value: String) {
        environment.removeAll { $0.name == name }
        environment.append((name, value))
    }

    private static func isVariable(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "_")
        }
    }
}
