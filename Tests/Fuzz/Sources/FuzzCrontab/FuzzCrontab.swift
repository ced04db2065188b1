import DownbeatCore
import Fuzzing

// The reader of cron expressions: any text is read or refused at a place inside it, and what is read
// has answers that a rule's answers must have. A text of several lines is Celery's map, a line a field.

/// The entry of the program: SwiftPM renames `main` of an executable after its target.
@_cdecl("FuzzCrontab_main")
public func fuzzCrontabMain() -> Int32 {
    let expressions = FuzzRun.corpus().map(\.expression)
    let maps = expressions.compactMap { expression -> String? in
        let fields = expression.split(separator: " ")
        return fields.count == 5 ? fields.joined(separator: "\n") : nil
    }
    return FuzzRun.start(
        seeds: expressions + maps.prefix(300) + [
            "@every 1h30m", "@every 90s", "H H(0-5) * * *", "rate(5 minutes)",
            "cron(0 10 ? * MON-FRI *)", "at(2027-03-14T02:30:00)", "0 0 12 ? * 2#1 2027",
            "Mon..Fri *-*-* 10:00/15:00", "*-*~3 02:00:00 UTC", "weekly", "Sat,Sun 2027-1..3-* 4:5",
        ],
        words: [
            "@daily", "@yearly", "@annually", "@monthly", "@weekly", "@midnight", "@hourly",
            "@every ", "L", "LW", "L-", "W", "#", "?", "H", "H(", "*/", "+", "JAN", "dec", "sun",
            "SAT", "mon-fri", "1st ", "last ", "CRON_TZ=", "2027-2030/2", "99999999999", "rate(",
            "cron(",
            "at(", "minutes)", "..", "~", "Mon..Fri", "-*-*", ":00", "\u{FF0A}",
        ]
    ) { data, size in
        let text = String(decoding: UnsafeBufferPointer(start: data, count: size), as: UTF8.self)
        FuzzRun.timed { ExpressionProbe(text).run() }
        return 0
    }
}
