import DownbeatCore

/// What `audit dst` found, as text and as JSON.
struct DaylightReport {
    /// One line about one schedule.
    private struct Line {
        var schedule: Schedule
        /// `skipped`, `doubled`, `moved`, `replanned`.
        var effect: String
        /// When the clock changes; of a slot that moved, its old or new instant.
        var at: Timestamp
        var count: Int
        var firesAt: Timestamp?
        var sentence: String
    }

    private let session: Session
    private let times: TimeText
    private let years: Int
    private let scheduleCount: Int
    private var lines: [Line] = []
    /// Schedules that keep their rhythm over every change.
    private var even = 0
    /// Versions of zone data that were planned with and are not installed, with their zones.
    private var otherVersions: [String: [String]] = [:]

    /// The most moved slots that are listed of one schedule.
    private static let movedMax = 10

    init(
        session: Session,
        times: TimeText,
        schedules: [Schedule],
        end: Timestamp,
        years: Int,
        forecasts: [ZoneForecast]
    ) {
        self.session = session
        self.times = times
        self.years = years
        scheduleCount = schedules.count
        let installed = session.operations.zones.dataVersion
        let byName = Dictionary(forecasts.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        for schedule in schedules {
            let audit = DaylightAudit(schedule.rule, after: session.now, upTo: end)
            if audit.findings.isEmpty, audit.evenChanges > 0 { even += 1 }
            lines += audit.findings.map { Self.line(schedule, $0) }
            guard let forecast = byName[schedule.rule.zone.name] else { continue }
            if forecast.version != installed {
                let version = forecast.version ?? "unknown"
                if otherVersions[version]?.contains(forecast.name) != true {
                    otherVersions[version, default: []].append(forecast.name)
                }
            }
            lines += moved(schedule, forecast)
        }
    }

    // MARK: Lines

    private static func line(_ schedule: Schedule, _ finding: DaylightAudit.Finding) -> Line {
        let zone = schedule.rule.zone.name
        let date = InstantText.dateText(finding.first.date)
        let isSeveral = finding.count > 1
        func clock(_ time: CivilTime) -> String { TimeOfDay(secondOfDay: time.secondOfDay).text }
        var what = clock(finding.first)
        if isSeveral {
            what += " to \(clock(finding.last)) (\(Words.count(finding.count, "time")))"
        }
        let effect: String
        var firesAt: Timestamp?
        var sentence: String
        switch finding.effect {
        case .skipped(let instead):
            effect = "skipped"
            firesAt = instead
            sentence = "\(what) \(isSeveral ? "do" : "does") not exist on \(date) in \(zone): "
            if let instead {
                let wall = clock(schedule.rule.zone.civilTime(at: instead))
                sentence +=
                    schedule.rule.daylight.gap == .shift && isSeveral
                    ? "each runs later, from \(wall) on"
                    : isSeveral ? "runs once, at \(wall)" : "runs at \(wall)"
            } else {
                sentence += isSeveral ? "do not run" : "does not run"
            }
        case .doubled(let passes):
            effect = "doubled"
            sentence = "\(what) \(isSeveral ? "come" : "comes") twice on \(date) in \(zone): "
            switch passes {
            case .auto, .first: sentence += "first pass only"
            case .second: sentence += "second pass only"
            case .both: sentence += "runs both times"
            }
        case .moved(let time):
            effect = "moved"
            sentence = "\(what) becomes \(time.text) on \(date) in \(zone): `every` counts hours"
        }
        return Line(
            schedule: schedule,
            effect: effect,
            at: finding.change.at,
            count: finding.count,
            firesAt: firesAt,
            sentence: sentence
        )
    }

    private func moved(_ schedule: Schedule, _ forecast: ZoneForecast) -> [Line] {
        let found = MovedSlot.list(
            schedule.rule,
            forecast,
            after: session.now,
            limit: Self.movedMax
        )
        let zoned = times.inZone(schedule.rule.zone)
        return found.compactMap { slot in
            guard let at = slot.old ?? slot.new else { return nil }
            let old = slot.old.map { zoned.withOffset($0) } ?? "no slot"
            let new = slot.new.map { zoned.withOffset($0) } ?? "no slot"
            let version = forecast.version ?? "unknown"
            return Line(
                schedule: schedule,
                effect: "replanned",
                at: at,
                count: 1,
                firesAt: slot.new,
                sentence: "\(old) (planned with tzdata \(version)) is now \(new)"
            )
        }
    }

    // MARK: Showing

    func write() {
        warn()
        session.emit(listing) { writeText() }
    }

    private func warn() {
        let installed = session.operations.zones.dataVersion ?? "unknown"
        for (version, zones) in otherVersions.sorted(by: { $0.key < $1.key }) {
            let moved = lines.count { $0.effect == "replanned" }
            session.say(
                "warning: slots were planned with tzdata \(version), this machine has \(installed); "
                    + (moved == 0
                        ? "no slot moved" : "\(Words.count(moved, "slot")) moved")
                    + " (\(zones.joined(separator: ", "))); a daemon plans anew when it starts"
            )
        }
    }

    private func writeText() {
        let head = "\(Words.count(scheduleCount, "schedule")), \(Words.count(years, "year"))"
        guard !lines.isEmpty else {
            session.line("\(head): no change of the clock touches a slot" + evenWords(", "))
            return
        }
        session.line("\(head): \(Words.count(lines.count, "finding"))" + evenWords(", "))
        var name: String?
        for line in lines {
            let title = line.schedule.name
            if !title.isEmpty, title != name {
                session.line()
                session.line(
                    "\(title)   \(line.schedule.rule.summary)   \(line.schedule.source.shown)"
                )
            } else if name == nil {
                session.line()
            }
            name = title
            session.line("  " + line.sentence)
        }
    }

    private func evenWords(_ lead: String) -> String {
        guard even > 0 else { return "" }
        return lead + (even == 1 ? "one keeps its rhythm" : "\(even) keep their rhythm")
    }

    private var listing: Listing {
        Listing(
            ["schedule", "zone", "rule", "effect", "at", "count", "fires_at", "note", "source"],
            plain: ["schedule", "zone", "effect", "at", "note"],
            items: lines.map { line in
                let schedule = line.schedule
                let zoned = times.inZone(schedule.rule.zone)
                return [
                    schedule.name.isEmpty ? .null : .string(schedule.name),
                    .string(schedule.rule.zone.name),
                    .string(schedule.rule.ruleText),
                    .string(line.effect),
                    zoned.json(line.at),
                    .number(line.count),
                    zoned.json(line.firesAt),
                    .string(line.sentence),
                    schedule.name.isEmpty ? .null : .string(schedule.source.shown),
                ]
            }
        )
    }
}
