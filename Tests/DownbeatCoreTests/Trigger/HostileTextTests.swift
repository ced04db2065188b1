import DownbeatCore
import Support
import Testing

@Suite("Hostile texts")
struct HostileTextTests {
    private static let alphabet: [Unicode.Scalar] = Array(
        "0123456789*/-,,  \t?LW#+~H@:.PTZwdhms_%\"'JANmonFRIsunlast每日１＊–\u{200B}\u{301}\u{1F1E8}\n"
            .unicodeScalars
    )

    private static let seeds = [
        "0 0 * * 1-5", "*/15 2 1,15 JAN-MAR sun", "@every 1h30m", "@daily", "P1DT2H30M", "1h30m",
        "2026-12-01T08:00:00+08:00", "02:30:15", "mon-fri,1-5,last", "5-59/15 0 * * fri-mon",
        "30 0 0 L,15W * +5#2,fri#L 2027-2030/2", "0 0 LW * 5L",
    ]

    @Test func `any text is read or refused at a place inside it`() throws {
        var random = SeededGenerator.ofThisRun()
        let seed = random.seed
        for round in 0..<(TestLength.isLong ? 500_000 : 8000) {
            let text = Self.text(round, &random)
            let count = text.unicodeScalars.count
            let check = { (error: TextError) in
                let isInside =
                    error.offset >= 0 && error.length >= 0 && error.offset + error.length <= count
                #expect(isInside && !error.message.isEmpty, "seed \(seed), \(text): \(error)")
            }
            do { _ = try Trigger.parseCron(text).warnings } catch { check(error) }
            do { _ = try DurationText.parse(text) } catch { check(error) }
            do { _ = try TimeOfDay(text) } catch { check(error) }
            do { _ = try DaySelection([text]) } catch { check(error) }
            do { _ = try InstantText.parse(text, zone: .utc, bareDate: .startOfDay) } catch {
                check(error)
            }
            do {
                let crontab = try Crontab(
                    celeryMinute: text,
                    hour: nil,
                    dayOfWeek: nil,
                    dayOfMonth: nil,
                    monthOfYear: nil
                )
                _ = try Crontab(crontab.canonicalText)
            } catch { check(error) }
            do {
                _ = try Crontab(
                    celeryMinute: nil,
                    hour: nil,
                    dayOfWeek: text,
                    dayOfMonth: nil,
                    monthOfYear: nil
                )
            } catch { check(error) }
        }
    }

    private static func text(_ round: Int, _ random: inout SeededGenerator) -> String {
        var scalars = Array(seeds[round % seeds.count].unicodeScalars)
        if round % 3 == 0 { scalars = Array(scalars.prefix(3)) }
        for _ in 0..<Int.random(in: 1...5, using: &random) {
            let scalar = alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            let place = Int.random(in: 0...scalars.count, using: &random)
            if place < scalars.count, Bool.random(using: &random) {
                scalars[place] = scalar
            } else if Int.random(in: 0..<4, using: &random) == 0, !scalars.isEmpty {
                scalars.removeLast()
            } else {
                scalars.insert(scalar, at: place)
            }
        }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}
