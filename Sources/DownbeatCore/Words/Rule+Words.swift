/// Rules in words.
extension Rule {
    /// What restricts a rule beside its bounds.
    package enum Restriction: Sendable {
        case zone
        case calendar
    }

    /// When it fires, with its bounds and what else is wanted.
    ///
    /// Times are those of the rule's zone, named or not.
    package func words(
        in language: Language,
        with wanted: [Restriction] = [.calendar]
    ) -> String {
        let phrases = language.phrases
        let sentences = TriggerExplanation.all(of: self, in: language).map(\.sentence)
        var parts: [RuleRestriction] = []
        if wanted.contains(.zone) { parts.append(.zone(zone.name)) }
        if wanted.contains(.calendar), let calendar {
            parts.append(.calendar(name: calendar.calendar.name, miss: calendar.miss))
        }
        return phrases.restricted(phrases.alternatives(sentences), by: parts + bounds)
    }

    private var bounds: [RuleRestriction] {
        var all: [RuleRestriction] = []
        if let from {
            all.append(.from(startsDay(from) ? dateText(from) : instantText(from)))
        }
        if let until {
            all.append(
                startsDay(until)
                    ? .through(dateText(until - .microseconds(1))) : .until(instantText(until))
            )
        }
        return all
    }

    private func startsDay(_ instant: Timestamp) -> Bool {
        let date = zone.civilTime(at: instant).date
        return zone.instant(of: CivilTime(date: date, secondOfDay: 0)) == instant
    }

    private func dateText(_ instant: Timestamp) -> String {
        InstantText.dateText(zone.civilTime(at: instant).date)
    }

    private func instantText(_ instant: Timestamp) -> String {
        // Two instants of a second that comes twice have the same local text.
        let text = InstantText.localText(instant, zone: zone)
        let isUnique =
            zone.instant(of: CivilTime(wall: Int(instant.seconds) + zone.offset(at: instant)))
            == Timestamp(seconds: instant.seconds)
        return isUnique ? text : InstantText.format(instant, zone: zone)
    }
}
