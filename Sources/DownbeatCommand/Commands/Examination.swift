import DownbeatCore
import Foundation

/// The checks of `doctor`, each a fact with its remedy.
struct Examination {
    let session: Session

    /// Less free space than this is a warning: the database and its WAL need room.
    private static let freeBytesMin: Int64 = 256 << 20
    /// Less than this is a failure.
    private static let freeBytesLeast: Int64 = 16 << 20
    /// A WAL that stays larger is held open by a long reader.
    private static let walBytesMax: Int64 = 64 << 20

    func facts() -> [SystemFact] {
        let reading = session.operations.readConfiguration(session.configurationPaths)
        let settings = reading.configuration?.settings
        let folder = session.stateFolder(settings)
        return zoneFacts(settings) + fileFacts(reading) + databaseFacts(folder)
            + diskFacts(folder) + programFacts(reading.configuration)
            + placeFacts(reading.configuration) + backupFacts(reading.configuration)
            + daemonFacts(folder)
            + session.operations.means()
    }

    private func zoneFacts(_ settings: ServiceSettings?) -> [SystemFact] {
        let zones = session.operations.zones
        let name = settings?.zone ?? ServiceSettings().zone
        do {
            _ = try zones.zone(named: name)
        } catch {
            let remedy = error.remedy(among: zones.zoneNames)
            return [SystemFact(level: .failure, text: error.message, remedy: remedy)]
        }
        let version = zones.dataVersion ?? "of unknown version"
        var facts = [SystemFact(level: .ok, text: "zone data \(version), \(name) known")]
        if let system = systemZone, system != name {
            facts.append(
                SystemFact(
                    level: .warning,
                    text: "system zone is \(system), configuration says \(name): fine, but `date` "
                        + "will disagree"
                )
            )
        }
        return facts
    }

    /// The zone that `date` uses; nil when it cannot be told.
    private var systemZone: String? {
        if let zone = session.context.environment["TZ"], !zone.isEmpty {
            return zone.hasPrefix(":") ? String(zone.dropFirst()) : zone
        }
        // Without the link the zone is a copy whose name nobody keeps: nothing to compare.
        let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/etc/localtime")
        guard let link, let range = link.range(of: "zoneinfo/") else { return nil }
        let name = String(link[range.upperBound...])
        return name == "Etc/UTC" ? "UTC" : name
    }

    private func fileFacts(_ reading: ConfigurationReading) -> [SystemFact] {
        if let missing = reading.missing {
            return [
                SystemFact(
                    level: .failure,
                    text: session.noSchedules(missing).what,
                    remedy: session.noSchedules(missing).remedy
                )
            ]
        }
        let errors = reading.diagnostics.filter { $0.severity == .error }
        if let first = errors.first {
            let text =
                "schedule files have \(Words.count(errors.count, "error")): "
                + DiagnosticRenderer().line(first)
            return [SystemFact(level: .failure, text: text, remedy: "downbeat check")]
        }
        let text =
            "\(Words.count(reading.files.count, "file")), "
            + Words.count(reading.scheduleCount, "schedule")
        guard !reading.diagnostics.isEmpty else { return [SystemFact(level: .ok, text: text)] }
        let warnings = Words.count(reading.diagnostics.count, "warning")
        return [
            SystemFact(level: .warning, text: "\(text), \(warnings)", remedy: "downbeat check")
        ]
    }

    private func databaseFacts(_ folder: String) -> [SystemFact] {
        let shown = session.shown(folder) + "/state.db"
        do {
            let facts = try session.operations.openState(folder: folder).inspect()
            return databaseFacts(facts, shown)
        } catch .missing {
            let text = "no database yet at \(shown); the daemon makes it at its first start"
            return [SystemFact(level: .ok, text: text)]
        } catch {
            let failure = CommandError(error, folder: folder)
            var text = failure.what
            if let place = failure.place { text += " (\(session.shown(place)))" }
            if let why = failure.why { text += ": \(why)" }
            return [SystemFact(level: .failure, text: text, remedy: Self.remedy(failure))]
        }
    }

    /// The remedy of an error, without the advice to ask who is asked already.
    private static func remedy(_ failure: CommandError) -> String? {
        switch failure.status {
        case .temporary: "wait, or end the program that holds it"
        case .inputOutput where failure.remedy?.contains("doctor") == true: "check the disk"
        default: failure.remedy
        }
    }

    private func databaseFacts(_ facts: DatabaseFacts, _ shown: String) -> [SystemFact] {
        guard facts.problems.isEmpty else {
            return facts.problems.map {
                SystemFact(
                    level: .failure,
                    text: "\(shown): \($0)",
                    remedy: "stop the daemon, keep the file, start from a copy or an empty folder"
                )
            }
        }
        let sizes = "\(Words.bytes(facts.size)), WAL \(Words.bytes(facts.walSize))"
        var found = [
            SystemFact(
                level: .ok,
                text: "\(shown) integrity ok, \(sizes), schema \(facts.schema)"
            )
        ]
        if facts.walSize > Self.walBytesMax {
            found.append(
                SystemFact(
                    level: .warning,
                    text: "the WAL is \(Words.bytes(facts.walSize)): a reader holds it open",
                    remedy: "end programs that keep \(shown) open"
                )
            )
        }
        return found
    }

    private func diskFacts(_ folder: String) -> [SystemFact] {
        var place = folder
        while !FileManager.default.fileExists(atPath: place), place != "/" {
            place = (place as NSString).deletingLastPathComponent
        }
        var facts: [SystemFact] = []
        if access(place, W_OK) != 0 {
            facts.append(
                SystemFact(
                    level: .failure,
                    text: "\(session.shown(place)) cannot be written",
                    remedy: "run as its owner, or name another folder with --state"
                )
            )
        }
        var info = statvfs()
        guard statvfs(place, &info) == 0 else { return facts }
        let free = Int64(info.f_bavail) * Int64(info.f_frsize)
        let text = "\(Words.bytes(free)) free for \(session.shown(folder))"
        let remedy = "free some space, or move the folder with --state"
        if free < Self.freeBytesLeast {
            facts.append(SystemFact(level: .failure, text: text, remedy: remedy))
        } else if free < Self.freeBytesMin {
            facts.append(SystemFact(level: .warning, text: text, remedy: remedy))
        } else {
            facts.append(SystemFact(level: .ok, text: text))
        }
        return facts
    }

    /// The programs that commands start with, where their path is fixed.
    private func programFacts(_ configuration: Configuration?) -> [SystemFact] {
        guard let configuration else { return [] }
        var facts: [SystemFact] = []
        var seen: Set<String> = []
        for schedule in configuration.schedules {
            guard let program = program(of: schedule), seen.insert(program).inserted else {
                continue
            }
            guard !isThere(program) else { continue }
            facts.append(
                SystemFact(
                    level: schedule.isEnabled ? .failure : .warning,
                    text: "\(schedule.name) starts `\(program)`, which is not there",
                    remedy: "install it, or correct \(schedule.source.shown)"
                )
            )
        }
        guard facts.isEmpty, !seen.isEmpty else { return facts }
        return [
            SystemFact(level: .ok, text: "\(Words.count(seen.count, "program")) of commands found")
        ]
    }

    private func program(of schedule: Schedule) -> String? {
        switch schedule.definition.action {
        case .shell: return "/bin/sh"
        // This very program.
        case .builtIn: return nil
        case .command(let words):
            guard let program = words.first, !program.contains("{{"), !program.isEmpty else {
                return nil
            }
            guard program.contains("/"), !program.hasPrefix("/") else { return program }
            return (schedule.definition.workingDirectory ?? session.context.workingDirectory)
                + "/" + program
        }
    }

    /// Where commands are looked for: the fixed PATH that they get.
    private static let path = [
        "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin",
    ]

    private func isThere(_ program: String) -> Bool {
        guard !program.contains("/") else { return access(program, X_OK) == 0 }
        return Self.path.contains { access("\($0)/\(program)", X_OK) == 0 }
    }

    private func daemonFacts(_ folder: String) -> [SystemFact] {
        do {
            let daemons = try session.operations.daemonsOrNone(folder: folder)
            guard !daemons.isEmpty else {
                return [SystemFact(level: .ok, text: "no daemon is running")]
            }
            return daemons.map {
                SystemFact(level: .ok, text: "\($0.kind.rawValue) is running, pid \($0.pid)")
            }
        } catch {
            return [SystemFact(level: .failure, text: error.what, remedy: error.remedy)]
        }
    }
}
