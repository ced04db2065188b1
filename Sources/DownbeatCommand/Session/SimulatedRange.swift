import DownbeatCore

/// A stretch of time to look ahead over, from `--from`, `--to` and `--days`.
struct SimulatedRange {
    /// Inclusive.
    let from: Timestamp
    /// Exclusive.
    let to: Timestamp

    private static let standardDays = 7
    /// A century.
    private static let daysMax = 36_525

    init(
        from: String?,
        to: String?,
        days: Int?,
        _ session: Session,
        _ times: TimeText
    ) throws(CommandError) {
        self.from =
            try from.map { text throws(CommandError) in
                try session.instant(text, option: "--from", zone: times.zone)
            } ?? session.now
        guard to == nil || days == nil else {
            throw CommandError(.usage, "`--to` and `--days` say the same", remedy: "leave one out")
        }
        if let to {
            self.to = try session.instant(
                to,
                option: "--to",
                zone: times.zone,
                bareDate: .endOfDay
            )
        } else {
            let days = days ?? Self.standardDays
            guard (1...Self.daysMax).contains(days) else {
                throw CommandError(
                    .usage,
                    "--days \(days) is out of range",
                    remedy: "use a number from 1 to \(Self.daysMax)"
                )
            }
            self.to = Self.after(days: days, self.from, times.zone)
        }
        guard self.from < self.to else {
            throw CommandError(
                .usage,
                "nothing lies between --from and --to",
                why: "\(times.dated(self.to)) is not after \(times.dated(self.from))",
                remedy: "name a later --to, or an earlier --from"
            )
        }
        guard self.to - self.from <= .seconds(86_400 * (Self.daysMax + 1)) else {
            throw CommandError(
                .usage,
                "the range is longer than a century",
                remedy: "name an earlier --to"
            )
        }
    }

    /// The same time of day some days later, by the wall of a zone.
    private static func after(days: Int, _ from: Timestamp, _ zone: ZoneRules) -> Timestamp {
        var wall = zone.civilTime(at: from)
        wall.date = CivilDate(dayNumber: wall.date.dayNumber + days)
        let fraction = from - Timestamp(seconds: from.seconds)
        return zone.instant(of: wall) + fraction
    }

    /// `7 days`, `1d 2h`.
    var words: String {
        let seconds = (to - from).components.seconds
        let days = Int((seconds + 43_200) / 86_400)
        // A day on which the clocks change is a day.
        guard days > 0, abs(seconds - Int64(days) * 86_400) <= 3 * 3600 else {
            return TimeText.duration(to - from)
        }
        return Words.count(days, "day")
    }
}
