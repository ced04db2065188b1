import DownbeatCore
import Foundation
import Support
import Testing

@Suite("Calendar")
struct DayCalendarTests {
    struct Day: CustomTestStringConvertible, Sendable {
        var date: String
        var state: DayState
        var why: String
        var testDescription: String { "\(date): \(why)" }

        init(_ date: String, _ state: DayState, _ why: String) {
            self.date = date
            self.state = state
            self.why = why
        }
    }

    static let days = [
        Day("2003-12-31", .outside, "the year before the first"),
        Day("2004-01-01", .off, "the first day known"),
        Day("2005-12-31", .working, "a Saturday exchanged for 2006-01-03"),
        Day("2006-01-03", .off, "the Tuesday that it was exchanged for"),
        Day("2020-01-31", .off, "Spring Festival, made longer in the epidemic"),
        Day("2020-02-03", .working, "the Monday after it"),
        Day("2025-12-31", .working, "a usual Wednesday"),
        Day("2026-01-01", .off, "New Year"),
        Day("2026-01-03", .off, "a Saturday"),
        Day("2026-01-04", .working, "a make-up Sunday"),
        Day("2026-10-07", .off, "the last day of the National Day week"),
        Day("2026-10-10", .working, "a make-up Saturday"),
        Day("2026-12-31", .working, "the last day known"),
        Day("2027-01-01", .outside, "the year after the last"),
    ]

    @Test(arguments: days)
    func `cn-workdays knows the day`(row: Day) throws {
        let calendar = try CalendarBook().calendar(named: "cn-workdays")
        let date = CivilDate(dayNumber: try CalendarDates.parse(row.date).lowerBound)
        #expect(calendar.state(on: date) == row.state)
    }

    @Test func `cn-workdays differs from Monday to Friday on the days of the golden file`() throws {
        let url = try #require(
            Bundle.module.url(forResource: "Corpus/cn-workdays", withExtension: "txt")
        )
        let golden = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
            .filter { !$0.hasPrefix("#") }.map(String.init)
        let calendar = try CalendarBook().calendar(named: "cn-workdays")
        var found: [String] = []
        let last = CivilDate(year: 2026, month: 12, day: 31).dayNumber
        for day in CivilDate(year: 2004, month: 1, day: 1).dayNumber...last {
            let date = CivilDate(dayNumber: day)
            let works = calendar.state(on: date) == .working
            guard works != (1...5).contains(date.weekday) else { continue }
            found.append("\(InstantText.dateText(date)) \(works ? "on" : "off")")
        }
        #expect(found == golden)
        #expect(golden.count == 558)
        #expect(calendar.rangeWords == "2004-01-01 to 2026-12-31")
    }

    @Test func `a user's dates go over the built-in ones for the years they know`() throws {
        let off = try CalendarDates.parse("2027-01-01..2027-01-03")
        let on = try CalendarDates.parse("2027-01-02")
        let book = CalendarBook(["cn-workdays": .dates(.init(off: [off], on: [on]))])
        let calendar = try book.calendar(named: "cn-workdays")
        let states = [(2026, 1, 4), (2027, 1, 1), (2027, 1, 2), (2027, 1, 4), (2028, 1, 3)].map {
            calendar.state(on: CivilDate(year: $0.0, month: $0.1, day: $0.2))
        }
        #expect(states == [.working, .off, .working, .working, .outside])
    }

    @Test func `a calendar that leads back to itself, or to nothing, is an error where it stands`()
    {
        let book = CalendarBook([
            "a": .set(.all([.named("b"), .named("cn-workdays")])),
            "b": .set(.not(.named("a"))),
            "c": .set(.any([.named("nowhere")])),
        ])
        #expect(throws: CalendarBook.Failure.cycle(["a", "b", "a"])) {
            try book.calendar(named: "a")
        }
        #expect(throws: CalendarBook.Failure.unknown(name: "nowhere")) {
            try book.calendar(named: "c")
        }
        #expect(throws: CalendarBook.Failure.unknown(name: "d")) { try book.calendar(named: "d") }
    }

    @Test func `set operations know what follows from what is known`() throws {
        let book = CalendarBook([
            "early": .dates(.init(base: .daily, years: 2020...2021)),
            "late": .dates(.init(base: .weekdays, years: 2021...2022)),
            "free": .dates(.init(base: WorkingWeek(working: 0))),
        ])
        func states(_ expression: CalendarDefinition.Expression) throws -> String {
            let calendar = try book.calendar(of: expression)
            // A Saturday and a Monday of each of four years.
            return [(2020, 4), (2020, 6), (2021, 2), (2021, 4), (2022, 1), (2022, 3), (2023, 7)]
                .map { year, day in
                    switch calendar.state(on: CivilDate(year: year, month: 1, day: day)) {
                    case .working: "w"
                    case .off: "."
                    case .outside: "?"
                    }
                }.joined()
        }
        #expect(try states(.named("early")) == "wwww???")
        #expect(try states(.named("late")) == "??.w.w?")
        #expect(try states(.all([.named("early"), .named("late")])) == "??.w.??")
        #expect(try states(.any([.named("early"), .named("late")])) == "wwww?w?")
        #expect(try states(.all([.named("late"), .named("free")])) == ".......")
        #expect(try states(.not(.named("late"))) == "??w.w.?")
    }

    @Test(arguments: 0..<20)
    func `searches agree with a walk over the days`(round: Int) throws {
        var random = SeededGenerator(seed: UInt64(round) &+ 77)
        func day() -> Int { Int.random(in: 9_000...12_000, using: &random) }
        func ranges() -> [ClosedRange<Int>] {
            (0..<30).map { _ in
                let first = day()
                return first...(first + Int.random(in: 0...40, using: &random))
            }
        }
        let base = WorkingWeek(working: UInt8.random(in: 0...127, using: &random))
        let dates = CalendarDefinition.Dates(
            base: base,
            off: ranges(),
            on: ranges(),
            years: Bool.random(using: &random) ? 1996...2001 : nil,
            beyond: Bool.random(using: &random) ? .weekdays : .unknown
        )
        let calendar = try CalendarBook(["it": .dates(dates)]).calendar(named: "it")
        for _ in 0..<200 {
            let start = Int.random(in: 8_000...13_000, using: &random)
            let date = CivilDate(dayNumber: start)
            var walked: CivilDate?
            for next in start..<(start + 1000)
            where calendar.state(on: CivilDate(dayNumber: next)) == .working {
                walked = CivilDate(dayNumber: next)
                break
            }
            let found = calendar.nextWorkingDate(onOrAfter: date)
            #expect(found == walked || found.map { $0.dayNumber >= start + 1000 } == true)
            let years = try #require(dates.knownYears)
            guard years.contains(date.year) else { continue }
            let isOn = dates.on.contains { $0.contains(start) }
            let isOff = dates.off.contains { $0.contains(start) }
            let works = isOn || (!isOff && base.working >> UInt8(date.weekday) & 1 == 1)
            #expect(calendar.state(on: date) == (works ? .working : .off))
        }
    }

    @Test func `a calendar is known by its days, not by how they were written`() throws {
        func hash(_ dates: CalendarDefinition.Dates) throws -> String {
            try CalendarBook(["it": .dates(dates)]).calendar(named: "it").contentHash
        }
        let new = try CalendarDates.parse("2026-01-01..2026-01-02")
        let days = new.map { $0...$0 }
        let years = 2026...2026
        #expect(try hash(.init(off: [new], years: years)) == hash(.init(off: days)))
        #expect(try hash(.init(off: [new])) != hash(.init(off: [new], years: 2026...2027)))
        #expect(try hash(.init()) == hash(.init(years: 2026...2027, beyond: .weekdays)))
    }

    @Test(arguments: [
        "2026-13-01", "2026-02-29", "2026-1-1", "1969-12-31", "2026-01-01..",
        "2026-01-02..2026-01-01",
        "2026-01-01..2028-01-01", "x", "", "99999999999999999999-01-01",
        "2026-01-01..2026-01-02..3",
    ])
    func `what is no date is refused`(text: String) {
        #expect(throws: TextError.self) { try CalendarDates.parse(text) }
    }
}
