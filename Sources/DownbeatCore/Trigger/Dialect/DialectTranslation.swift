/// A text of another dialect with what it means here.
package struct DialectTranslation: Hashable, Sendable {
    package var dialect: CronDialect
    /// As written, without blanks around it.
    package var written: String
    package var trigger: Trigger
    /// The key of the core form: `cron`, `every` or `once`.
    package var key: String
    /// The core form behind that key.
    package var core: String
    /// What is not quite the same here; nil: nothing.
    package var note: DialectNote?

    /// `quartz "0 0 12 ? * 2" is cron: "0 12 * * 1"`.
    package var words: String { "\(dialect.rawValue) \"\(written)\" is \(key): \"\(core)\"" }

    /// What is valid but seldom meant.
    ///
    /// It is about the whole text, and its remedies, which are of the core form, say so.
    package var warnings: [TextError] {
        trigger.warnings.map { warning in
            var warning = warning
            (warning.offset, warning.length) = (0, written.unicodeScalars.count)
            warning.remedy = warning.remedy.map { remedy in
                let text = remedy.prefix(1).lowercased() + remedy.dropFirst()
                return "In the core form (`\(core)`): \(text)"
            }
            return warning
        }
    }

    /// What the dialect's own program does at a change of the clock; nil when the policy says the same,
    /// and for what does not look at the wall clock.
    package func daylightNote(_ policy: DaylightPolicy) -> DialectNote? {
        guard case .cron(let expressions) = trigger else { return nil }
        let isSame = expressions.allSatisfy {
            policy.decided(isWildcard: $0.isWildcard) == dialect.ownDaylight
        }
        return isSame ? nil : .clockChanges(dialect)
    }
}

extension CronDialect {
    /// Translates a text.
    ///
    /// - Parameters:
    ///   - text: what stands behind the key `cron`.
    ///   - zone: of the schedule, for EventBridge's `at(...)`.
    /// - Returns: the trigger with the core form's text.
    /// - Throws: `TextError` placed inside `text`, which says the rule of the dialect.
    package func translate(
        _ text: String,
        in zone: ZoneRules
    ) throws(TextError) -> DialectTranslation {
        let reader = DialectReader(self, text)
        try reader.parser.checkCharacters()
        let range = reader.parser.trimmed
        if let error = reader.zoneError(range) { throw error }
        let masks: CrontabMasks
        switch self {
        case .celery:
            masks = try reader.celeryMasks(range)
        case .quartz:
            masks = try reader.quartzMasks(range)
        case .robfig:
            if let interval = try reader.robfigInterval(range) { return interval }
            masks = try reader.robfigMasks(range)
        case .eventbridge:
            if let other = try reader.eventBridgeForm(range, zone) { return other }
            masks = try reader.eventBridgeMasks(range)
        case .systemd:
            masks = try reader.systemdMasks(range)
        }
        let crontab = Crontab(translated: masks)
        return DialectTranslation(
            dialect: self,
            written: reader.parser.trimmedText,
            trigger: .cron([crontab]),
            key: "cron",
            core: crontab.text
        )
    }
}
