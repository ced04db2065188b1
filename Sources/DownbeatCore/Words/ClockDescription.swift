/// The times of a day that a pattern has, in the shape in which they are said.
package indirect enum ClockDescription: Hashable, Sendable {
    /// `at 02:30 and 14:30`.
    case times([TimeOfDay])
    /// `every 2 hours from 09:00 to 17:00`; a span of one time is that time.
    ///
    /// `isCycle`: the hours of the one span go round the clock at one distance.
    case hours(step: Int, spans: [ClosedRange<TimeOfDay>], isCycle: Bool)
    /// `every 5 minutes`, `at 15 and 45 minutes past every hour from 09:00 to 17:00`.
    case minutes(FieldValues, HourDescription)
    /// The same for seconds of every minute.
    case seconds(FieldValues, HourDescription)
    /// Some seconds of the minutes that a description of full minutes names.
    case secondsOfMinutes(FieldValues, ClockDescription)

    /// The hours to which minutes or seconds are restricted.
    package enum HourDescription: Hashable, Sendable {
        case every
        /// Few runs of neighbouring hours.
        case runs([ClosedRange<Int>])
        /// Other sets of hours.
        case list(FieldValues)
    }

    /// More times of day than this are said by rule, not one by one.
    private static let listedTimesMax = 6
    /// Hours at one distance are a rule from this number on.
    private static let hoursOfRuleMin = 4
    /// More runs of hours than this are said hour by hour.
    private static let runsMax = 3

    init(seconds: FieldValues, minutes: FieldValues, hours: FieldValues) {
        let count = seconds.values.count * minutes.values.count * hours.values.count
        let second = seconds.only ?? 0
        if !hours.isFull, count <= Self.listedTimesMax, !Self.areRule(minutes, hours, seconds) {
            self = .times(Self.times(seconds, minutes, hours))
        } else if let minute = minutes.only, seconds.only != nil, !hours.isFull {
            self = Self.hourly(hours, minute: minute, second: second)
        } else if seconds.only == 0 {
            self = .minutes(minutes, HourDescription(hours, runsMax: Self.runsMax))
        } else if minutes.isFull {
            self = .seconds(seconds, HourDescription(hours, runsMax: Self.runsMax))
        } else {
            let fullMinutes = FieldValues([0], of: seconds.domain)
            self = .secondsOfMinutes(
                seconds,
                ClockDescription(seconds: fullMinutes, minutes: minutes, hours: hours)
            )
        }
    }

    /// One time in each of some hours at one distance: `every 2 hours`.
    private static func areRule(
        _ minutes: FieldValues,
        _ hours: FieldValues,
        _ seconds: FieldValues
    ) -> Bool {
        minutes.only != nil && seconds.only != nil && hours.values.count >= hoursOfRuleMin
            && hours.distance != nil
    }

    private static func hourly(
        _ hours: FieldValues,
        minute: Int,
        second: Int
    ) -> ClockDescription {
        func time(_ hour: Int) -> TimeOfDay {
            TimeOfDay(secondOfDay: hour * 3600 + minute * 60 + second)
        }
        func span(_ run: ClosedRange<Int>) -> ClosedRange<TimeOfDay> {
            time(run.lowerBound)...time(run.upperBound)
        }
        if hours.values.count >= hoursOfRuleMin, let step = hours.distance {
            let all = hours.values[0]...hours.values[hours.values.count - 1]
            return .hours(step: step, spans: [span(all)], isCycle: hours.cycle != nil)
        }
        guard hours.runs.count <= runsMax else { return .times(hours.values.map(time)) }
        return .hours(step: 1, spans: hours.runs.map(span), isCycle: false)
    }

    private static func times(
        _ seconds: FieldValues,
        _ minutes: FieldValues,
        _ hours: FieldValues
    ) -> [TimeOfDay] {
        hours.values.flatMap { hour in
            minutes.values.flatMap { minute in
                seconds.values.map { TimeOfDay(secondOfDay: hour * 3600 + minute * 60 + $0) }
            }
        }
    }
}

extension ClockDescription.HourDescription {
    init(_ hours: FieldValues, runsMax: Int) {
        if hours.isFull {
            self = .every
        } else if hours.runs.count <= runsMax {
            self = .runs(hours.runs)
        } else {
            self = .list(hours)
        }
    }
}

extension ClosedRange<TimeOfDay> {
    /// From one second of a first hour to one of a last hour.
    init(hours: ClosedRange<Int>, from first: Int, to last: Int) {
        self =
            TimeOfDay(
                secondOfDay: hours.lowerBound * 3600 + first
            )...TimeOfDay(
                secondOfDay: hours.upperBound * 3600 + last
            )
    }
}
