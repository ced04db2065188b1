import DownbeatCore
import Support
import Testing

@Suite("Crontab")
struct CrontabTests {
    struct Refusal: CustomTestStringConvertible, Sendable {
        var text: String
        var code: String
        /// The part that the error points at.
        var part: String
        var remedy: String?
        var testDescription: String { text }
    }

    static let refusals = [
        Refusal(text: "0 25 * * mon-fri", code: "E0305", part: "25"),
        Refusal(text: "0 24 * * *", code: "E0305", part: "24", remedy: "Write 0 for midnight"),
        Refusal(text: "0 22-2 * * *", code: "E0306", part: "22-2", remedy: "Write `22-23,0-2`"),
        Refusal(text: "0 0 * * fri-mon", code: "E0306", part: "fri-mon", remedy: "Write `5-6,0-1`"),
        Refusal(text: "0 0 * * 5-0", code: "E0306", part: "5-0", remedy: "Write `5-7`"),
        Refusal(
            text: "5/15 * * * *",
            code: "E0308",
            part: "5/15",
            remedy: "Write `5-59/15` for every 15 from 5 on"
        ),
        Refusal(
            text: "*/0 * * * *",
            code: "E0307",
            part: "0",
            remedy: "Write a whole number from 1, as in `*/5` or `10-20/5`"
        ),
        Refusal(
            text: "0 1,,2 * * *",
            code: "E0309",
            part: ",",
            remedy: "Remove the comma or add the value"
        ),
        Refusal(text: "0 0 * * Monday", code: "E0310", part: "Monday", remedy: "Write `MON`"),
        Refusal(
            text: "1-2-3 * * * *",
            code: "E0311",
            part: "1-2-3",
            remedy: "Write both ends, such as `1-5`"
        ),
        Refusal(
            text: "@Daily",
            code: "E0312",
            part: "@Daily",
            remedy: "Write `@daily`; nicknames are in lower case"
        ),
        Refusal(
            text: "@reboot",
            code: "E0313",
            part: "@reboot",
            remedy: "Start it from a systemd unit with `WantedBy=multi-user.target`"
        ),
        Refusal(
            text: "TZ=Asia/Tokyo 0 0 * * *",
            code: "E0314",
            part: "TZ=Asia/Tokyo",
            remedy: "Remove it and use the key `timezone:`"
        ),
        Refusal(text: "0 0~5 * * *", code: "E0315", part: "0~5", remedy: "Write one value"),
        Refusal(text: "每 * * * *", code: "E0316", part: "每"),
        Refusal(text: "0 0 １ * *", code: "E0316", part: "１", remedy: "Write `1`"),
        Refusal(
            text: "0 12 * * ? 2027",
            code: "E0302",
            part: "2027",
            remedy: "Write the second first and the year last, seven fields: `0 0 12 * * ? 2027`"
        ),
        Refusal(
            text: "0 0 * * * root",
            code: "E0302",
            part: "root",
            remedy: "Write five fields and use the key `user:`"
        ),
        Refusal(text: "0 0 1,? * 1", code: "E0304", part: "?", remedy: "Write `*`"),
        Refusal(text: "0 ? * * 1", code: "E0304", part: "?", remedy: "Write `*`"),
        Refusal(
            text: "0 0 1 * 1,+5",
            code: "E0304",
            part: "+",
            remedy: "Remove it, or write it as the first character: `+MON,FRI`"
        ),
        Refusal(
            text: "0 0 1 * +",
            code: "E0304",
            part: "+",
            remedy: "Write the weekdays behind it, such as `+MON`"
        ),
        Refusal(
            text: "0 0 15W,20 * *",
            code: "E0304",
            part: "15W",
            remedy: "Write two expressions, as a list under the key `cron:`"
        ),
        Refusal(text: "0 0 1,LW * *", code: "E0304", part: "LW"),
        Refusal(text: "0 0 1-15W * *", code: "E0304", part: "1-15W"),
        Refusal(text: "0 0 32W * *", code: "E0305", part: "32"),
        Refusal(
            text: "0 0 * * L",
            code: "E0304",
            part: "L",
            remedy: "Write `SAT`, or `5L` for the last Friday of the month"
        ),
        Refusal(
            text: "0 0 * * 5#6",
            code: "E0305",
            part: "6",
            remedy: "Write 1 to 5 behind `#`, or `L` for the last one"
        ),
        Refusal(text: "0 0 * * mon-fri#2", code: "E0304", part: "mon-fri#2"),
        Refusal(text: "0 0 * * monday#2", code: "E0310", part: "monday", remedy: "Write `MON`"),
        Refusal(text: "0 0 * * april", code: "E0310", part: "april"),
        Refusal(text: "60 0 0 * * *", code: "E0305", part: "60"),
        Refusal(text: "0 0 0 1 1 * 2200", code: "E0305", part: "2200"),
        Refusal(
            text: "0 0 0 1 1 * 2030-2025",
            code: "E0306",
            part: "2030-2025"
        ),
        Refusal(text: "0 0 0 1 1 * * *", code: "E0301", part: "0 0 0 1 1 * * *"),
        Refusal(text: "", code: "E0301", part: ""),
    ]

    @Test(arguments: refusals)
    func `a mistake is refused at its place, with the fix`(row: Refusal) throws {
        let error = try #require(throws: TextError.self) { try Crontab(row.text) }
        #expect(error.code == row.code)
        let scalars = Array(row.text.unicodeScalars)
        let marked = scalars[error.offset..<(error.offset + error.length)]
        #expect(marked.elementsEqual(row.part.unicodeScalars))
        if row.remedy != nil { #expect(error.remedy == row.remedy) }
    }

    @Test(arguments: [
        ("0 0 * * 7", "0 0 * * 0"), ("0 0 * * fri-SUN", "0 0 * * 0,5,6"),
        ("0 0 * * sun-tue", "0 0 * * 0-2"), ("0\t00 01 jan-MAR *", "0 0 1 1-3 *"),
        (" 5-5 * * * * ", "5 * * * *"), ("@weekly", "0 0 * * 0"), ("*/15 * * * *", "*/15 * * * *"),
        ("0-59/15 * * * *", "0,15,30,45 * * * *"), ("*/20,7 1 * * *", "*/20,7 1 * * *"),
        ("*,5 0 1-31 * *", "* 0 1-31 * *"), ("*/90 0 * * *", "*/60 0 * * *"),
        ("0 0 * * 0-7", "0 0 * * 0-6"), ("0 0 ? * ?", "0 0 * * *"),
        ("0 30 2 * * *", "30 2 * * *"), ("*/60 0 2 * * *", "*/60 0 2 * * *"),
        ("0 0 0 1 1 * *", "0 0 1 1 *"), ("5 0 0 1 1 * 1970-2199", "5 0 0 1 1 *"),
        ("0 0 0 1 1 * 2027,2028,2029,2031", "0 0 0 1 1 * 2027-2029,2031"),
        ("0 0 l,1 * ?", "0 0 1,L * *"), ("0 0 1-31,L * 5", "0 0 1-31 * 5"),
        ("0 0 lw * *", "0 0 LW * *"), ("0 0 015w * *", "0 0 15W * *"),
        ("0 0 * * friL,7#2,5#L,5#1,sun#1", "0 0 * * 0#1,5#1,0#2,5L"),
        ("0 0 * * 5,5#2,1#1", "0 0 * * 5,1#1"), ("0 0 1 * +mon,5L", "0 0 1 * +1,5L"),
        ("0 0 */2 * +1", "0 0 */2 * 1"),
    ])
    func `an expression has one canonical text`(text: String, canonical: String) throws {
        let crontab = try Crontab(text)
        #expect(crontab.canonicalText == canonical)
        #expect(try Crontab(canonical).canonicalText == canonical)
    }

    struct Warned: CustomTestStringConvertible, Sendable {
        var text: String
        var codes: [String]
        var part = ""
        var testDescription: String { text }
    }

    static let warned = [
        Warned(text: "*/90 * * * *", codes: ["W0301"], part: "*/90"),
        Warned(text: "0 0 */2 * 1", codes: ["W0302"], part: "*/2 * 1"),
        Warned(text: "0 0 1 * */2", codes: ["W0302"], part: "1 * */2"),
        Warned(text: "30 2 1-7 * mon", codes: ["W0303"], part: "1-7 * mon"),
        Warned(text: "* 2 * * *", codes: ["W0304"], part: "*"),
        Warned(text: "* 0 2 * * *", codes: ["W0304"], part: "*"),
        Warned(text: "0 0 1,L * 5L", codes: ["W0303"], part: "1,L * 5L"),
        Warned(text: "*/90 * * * * *", codes: ["W0301"], part: "*/90"),
        Warned(text: "0 0 1 * +mon", codes: []),
        Warned(text: "0 0 ? * 1", codes: []),
        Warned(text: "* * * * * *", codes: []),
        Warned(text: "0 * 2 * * *", codes: ["W0304"], part: "*"),
        Warned(text: "0 0 */2 * *", codes: []),
        Warned(text: "* 9-17 * * *", codes: []),
        Warned(text: "*/15 * * * *", codes: []),
        Warned(text: "@daily", codes: []),
    ]

    @Test(arguments: warned)
    func `what is valid but seldom meant is warned about`(row: Warned) throws {
        let warnings = try Crontab(row.text).warnings
        #expect(warnings.map(\.code) == row.codes)
        guard let first = warnings.first else { return }
        let marked = row.text.unicodeScalars.dropFirst(first.offset).prefix(first.length)
        #expect(marked.elementsEqual(row.part.unicodeScalars))
    }

    @Test func `the warning of the star rule shows both readings`() throws {
        let warning = try #require(try Crontab("0 0 */2 * 1").warnings.first)
        #expect(
            warning.message
                == "day of month `*/2` begins with `*`, so both day fields must match:"
                + " on days 1, 3, 5 … 31 of the month, if it is a Monday; some programs read it as"
                + " on days 1, 3, 5 … 31 of the month, or on any Monday"
        )
    }

    @Test func `every with a duration behind cron is an interval`() throws {
        #expect(try Trigger.parseCron("@every 90s") == .every(Interval(period: .seconds(90))))
        #expect(try Trigger.parseCron("0 * * * *") == .cron([try Crontab("0 * * * *")]))
        let error = try #require(throws: TextError.self) { try Trigger.parseCron("@every 1x") }
        #expect(error.offset == 8 && error.length == 1)
    }
}

@Suite("Expressions hashed by a name")
struct NameHashTests {
    @Test(
        arguments: [
            "H H * * *", "H/15 * * * *", "H(0-9) 2 * * *", "H(0-29)/10 * * * *", "H H H H H",
            "H H H(1-31) * *", "H 0 0 * * *", "0,H 0 * * H", "H/90 * * * *",
        ]
    )
    func `a name decides a value inside the range, always the same one`(text: String) throws {
        var seen: Set<String> = []
        for number in 0..<300 {
            let crontab = try Crontab(text, hashedBy: "job-\(number)")
            #expect(try Crontab(text, hashedBy: "job-\(number)") == crontab)
            #expect(try Crontab(crontab.text).canonicalText == crontab.canonicalText)
            #expect(!crontab.isNever)
            seen.insert(crontab.canonicalText)
        }
        #expect(seen.count > 5)
    }

    @Test func `the hash is FNV-1a of the name and the number of the field`() throws {
        var hash = FNV1a64("backup")
        hash.combine(UInt8(1))
        #expect(try Crontab("H 2 * * *", hashedBy: "backup").text == "\(hash.value % 60) 2 * * *")
        var day = FNV1a64("backup")
        day.combine(UInt8(3))
        #expect(
            try Crontab("0 2 H * *", hashedBy: "backup").text == "0 2 \(1 + day.value % 28) * *"
        )
        #expect(try Crontab("0 9 * * THU", hashedBy: "backup").text == "0 9 * * THU")
    }

    @Test(
        arguments: [
            ("H 25 * * *", "E0305", 2, 2), ("H(0-29) 25 * * *", "E0305", 8, 2),
            ("H/0 * * * *", "E0315", 0, 1), ("H(9-0) * * * *", "E0315", 0, 1),
            ("H(0-60) * * * *", "E0315", 0, 1), ("h * * * *", "E0315", 0, 1),
            ("0 0 0 1 1 * H", "E0315", 12, 1), ("HH * * * *", "E0310", 0, 2),
        ]
    )
    func `a mistake beside it keeps its place`(
        text: String,
        code: String,
        offset: Int,
        length: Int
    ) throws {
        let error = try #require(throws: TextError.self) {
            try Crontab(text, hashedBy: "backup")
        }
        #expect(error.code == code)
        #expect(error.offset == offset && error.length == length)
    }

    @Test func `without a name there is no hash`() throws {
        let error = try #require(throws: TextError.self) { try Crontab("H * * * *") }
        #expect(error.code == "E0315")
    }
}

@Suite("Celery's crontab")
struct CeleryCrontabTests {
    struct Fields: CustomTestStringConvertible, Sendable {
        var minute: String?
        var hour: String?
        var dayOfWeek: String?
        var dayOfMonth: String?
        var monthOfYear: String?
        var canonical: String
        var testDescription: String { canonical }

        func crontab() throws(TextError) -> Crontab {
            try Crontab(
                celeryMinute: minute,
                hour: hour,
                dayOfWeek: dayOfWeek,
                dayOfMonth: dayOfMonth,
                monthOfYear: monthOfYear
            )
        }
    }

    static let fields = [
        Fields(
            minute: "00",
            hour: "11",
            dayOfWeek: "mon,tue,wed,thu,sun",
            canonical: "0 11 * * 0-4"
        ),
        Fields(dayOfWeek: "3, 4", canonical: "* * * * 3,4"),
        Fields(minute: "0", hour: "22-2/2", canonical: "0 0,2,22 * * *"),
        Fields(minute: "0", dayOfWeek: "fri-mon", canonical: "0 * * * 0,1,5,6"),
        Fields(minute: "*/90", dayOfMonth: "*/2", canonical: "*/60 * */2 * *"),
        Fields(
            minute: "0",
            hour: "0",
            dayOfWeek: "mon",
            dayOfMonth: "30-2",
            monthOfYear: "nov-feb",
            canonical: "0 0 1,2,30,31 1,2,11,12 +1"
        ),
    ]

    @Test(arguments: fields)
    func `the documented meaning is kept`(row: Fields) throws {
        let crontab = try row.crontab()
        #expect(crontab.canonicalText == row.canonical)
        #expect(try Crontab(row.canonical).canonicalText == row.canonical)
    }

    @Test func `all fields must match`() throws {
        let fields = Fields(
            minute: "0",
            hour: "0",
            dayOfWeek: "mon",
            dayOfMonth: "1",
            canonical: ""
        )
        let zone = try ZoneFiles().zone(named: "Asia/Shanghai")
        let rule = Rule(trigger: .celery(try fields.crontab()), zone: zone)
        let next = rule.next(after: try InstantText.parse("2026-11-23T00:00:00+08:00"))
        #expect(next == (try InstantText.parse("2027-02-01T00:00:00+08:00")))
    }

    @Test func `a minute left out is warned about`() throws {
        let left = Fields(dayOfWeek: "3", canonical: "")
        let written = Fields(minute: "*", dayOfWeek: "3", canonical: "")
        #expect(try left.crontab().warnings.map(\.code) == ["W0305"])
        #expect(try written.crontab().warnings.isEmpty)
    }

    struct Refusal: CustomTestStringConvertible, Sendable {
        var minute = "0"
        var dayOfWeek = "1"
        var code: String
        var key: String
        var remedy: String?
        var testDescription: String { "\(minute) \(dayOfWeek)" }
    }

    static let refusals = [
        Refusal(dayOfWeek: "mondayish", code: "E0320", key: "day_of_week", remedy: "Write `mon`"),
        Refusal(
            dayOfWeek: "mar",
            code: "E0320",
            key: "day_of_week",
            remedy: "Move it to month_of_year, or write the number"
        ),
        Refusal(
            dayOfWeek: "1-5 x",
            code: "E0320",
            key: "day_of_week",
            remedy: "Write `1-5`, or a comma between two values"
        ),
        Refusal(minute: "1_0", code: "E0320", key: "minute", remedy: "Write `10`"),
        Refusal(
            dayOfWeek: "7",
            code: "E0305",
            key: "day_of_week",
            remedy: "Write 0 for Sunday, 1 for Monday, or the names sun to sat"
        ),
        Refusal(
            minute: "5/15",
            code: "E0308",
            key: "minute",
            remedy: "Write `5-59/15` for every 15 from 5 on"
        ),
        Refusal(
            minute: "",
            code: "E0309",
            key: "minute",
            remedy: "Write `*` for every value"
        ),
        Refusal(minute: "60", code: "E0305", key: "minute", remedy: "Write 0 for the full hour"),
    ]

    @Test(arguments: refusals)
    func `what Celery takes by accident is refused with the likely meaning`(row: Refusal) throws {
        let error = try #require(throws: TextError.self) {
            try Crontab(
                celeryMinute: row.minute,
                hour: nil,
                dayOfWeek: row.dayOfWeek,
                dayOfMonth: nil,
                monthOfYear: nil
            )
        }
        #expect(error.code == row.code)
        #expect(error.key == row.key)
        #expect(error.remedy == row.remedy)
    }
}
