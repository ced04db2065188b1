import DownbeatCore
import Fuzzing

/// Reads one text in every way that a cron expression can stand in a schedule, and asks what was read.
struct ExpressionProbe {
    private static let zones = FuzzZones()
    /// Right before changes of clocks, and at both ends of time.
    private static let instants: [Int64] = [
        -62_135_596_801, 0, 1_325_239_000, 1_805_003_000, 1_825_562_000, 7_258_118_400,
        253_402_300_790,
    ]
    private static let answers = 4

    let text: String

    init(_ text: String) {
        self.text = text
    }

    func run() {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.count > 1 { probeMap(lines) }
        do throws(TextError) {
            try probe(try Trigger.parseCron(text))
        } catch {
            check(error, in: text)
        }
        do throws(TextError) {
            try probe(try Trigger.parseCron(text, name: "nightly"))
        } catch {
            check(error, in: text)
        }
        for dialect in CronDialect.allCases { probe(dialect) }
        do throws(TextError) {
            _ = try DaySelection([text])
        } catch {
            check(error, in: text)
        }
    }

    private func probe(_ dialect: CronDialect) {
        do throws(TextError) {
            let translation = try dialect.translate(text, in: .utc)
            precondition(!translation.core.isEmpty, "a translation without a core form")
            for warning in translation.warnings { check(warning, in: text) }
            try probe(translation.trigger)
        } catch {
            check(error, in: text)
        }
    }

    private func probeMap(_ lines: [String]) {
        func field(_ index: Int) -> String? { index < lines.count ? lines[index] : nil }
        do throws(TextError) {
            let crontab = try Crontab(
                celeryMinute: field(0),
                hour: field(1),
                dayOfWeek: field(4),
                dayOfMonth: field(2),
                monthOfYear: field(3)
            )
            try probe(.celery(crontab))
        } catch {
            precondition(!error.message.isEmpty, "an error without words")
        }
    }

    private func probe(_ trigger: Trigger) throws(TextError) {
        _ = trigger.warnings
        let again = try reread(trigger)
        for (index, start) in Self.instants.enumerated() {
            let name = FuzzZones.names[(index + text.utf8.count) % FuzzZones.names.count]
            // A machine may lack a zone.
            guard let zone = try? Self.zones.zone(named: name) else { continue }
            let rule = Rule(trigger: trigger, zone: zone)
            let from = Timestamp(seconds: start)
            let found = rule.fireTimes(after: from, upTo: .distantFuture, limit: Self.answers)
            check(found, of: rule, after: from)
            if let again {
                let same = Rule(trigger: again, zone: zone)
                let others = same.fireTimes(after: from, upTo: .distantFuture, limit: Self.answers)
                precondition(found == others, "another meaning when printed and read again")
            }
        }
    }

    /// The canonical text of an expression, read again; nil where there is none.
    private func reread(_ trigger: Trigger) throws(TextError) -> Trigger? {
        switch trigger {
        case .cron(let expressions):
            var again: [Crontab] = []
            for expression in expressions {
                // As it was written, or as a fixed text with the hash of the name put in.
                again.append(try Crontab(canonicalText: expression.canonicalText))
            }
            return .cron(again)
        case .celery, .daily, .every, .once, .after:
            return nil
        }
    }

    private func check(_ found: [Timestamp], of rule: Rule, after from: Timestamp) {
        precondition(found.allSatisfy { $0 > from }, "an answer at or before the question")
        precondition(zip(found, found.dropFirst()).allSatisfy { $0 < $1 }, "answers go back")
        if rule.firesNever { precondition(found.isEmpty, "it fires although it never does") }
        guard let last = found.last else { return }
        precondition(
            rule.previous(atOrBefore: last, after: from) == last,
            "previous does not find what next found"
        )
        precondition(rule.count(after: from, upTo: last) == found.count, "count differs from next")
    }

    private func check(_ error: TextError, in text: String) {
        let count = text.unicodeScalars.count
        precondition(
            error.offset >= 0 && error.length >= 0 && error.offset + error.length <= count,
            "an error outside its text"
        )
        precondition(!error.message.isEmpty, "an error without words")
    }
}
