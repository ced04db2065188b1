/// Rules in words.
extension Rule {
    /// When it fires, with its calendar and bounds, not its zone.
    ///
    /// Times are those of the rule's zone.
    package func words(in language: Language) -> String {
        let phrases = language.phrases
        let sentences = TriggerExplanation.all(of: self, in: language).map(\.sentence)
        return phrases.restricted(phrases.alternatives(sentences), by: restrictions)
    }

    /// What restricts it beside its trigger.
    private var restrictions: [RuleRestriction] {
        var all: [RuleRestriction] = []
        if let calendar { all.append(.calendar(name: calendar.calendar.name, miss: calendar.miss)) }
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
