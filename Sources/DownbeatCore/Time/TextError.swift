/// An error or a warning inside a text, at a place counted in Unicode scalars from 0.
package struct TextError: Error, Hashable, Sendable {
    /// Stable, from `TextErrorCode`.
    package var code: String
    /// What is wrong, without a full stop.
    package var message: String
    /// Where the part that is meant begins.
    package var offset: Int
    /// How long that part is; 0 at the end of a text.
    package var length: Int
    /// What to type instead, as an imperative sentence without a full stop; nil if unknown.
    package var remedy: String?
    /// The key of a map whose value is meant, such as `day_of_week`; nil when there is one text.
    package var key: String?

    package init(
        code: String,
        message: String,
        offset: Int,
        length: Int,
        remedy: String? = nil,
        key: String? = nil
    ) {
        self.code = code
        self.message = message
        self.offset = offset
        self.length = length
        self.remedy = remedy
        self.key = key
    }

    /// The same error, of a text that stands `distance` scalars further right in a longer one.
    package func shifted(by distance: Int) -> TextError {
        var copy = self
        copy.offset += distance
        return copy
    }
}

/// The codes of everything that can be wrong in the text of a trigger, one for each kind of mistake.
///
/// They are part of the interface: documents and tests name them, and none is ever used again for
/// something else.
package enum TextErrorCode {
    // A cron expression.
    package static let fieldCount = "E0301"
    package static let extraField = "E0302"
    package static let badValue = "E0304"
    package static let outOfRange = "E0305"
    package static let backwardsRange = "E0306"
    package static let badStep = "E0307"
    package static let stepWithoutRange = "E0308"
    package static let emptyItem = "E0309"
    package static let badName = "E0310"
    package static let badRange = "E0311"
    package static let badNickname = "E0312"
    package static let reboot = "E0313"
    package static let zoneInExpression = "E0314"
    package static let otherDialect = "E0315"
    package static let badCharacter = "E0316"

    // An expression of another dialect.
    package static let dialectFields = "E0430"
    package static let openDay = "E0431"
    package static let dialectModifier = "E0432"
    package static let dialectForm = "E0433"

    // Celery's map.
    package static let accidentalForm = "E0320"

    // `at` and `days`.
    package static let badTimeOfDay = "E0330"
    package static let midnightAs24 = "E0331"
    package static let badDay = "E0335"
    package static let backwardsDays = "E0336"

    // Durations.
    package static let badDuration = "E0340"
    package static let durationWithoutUnit = "E0341"
    package static let negativeDuration = "E0342"
    package static let shortPeriod = "E0343"
    package static let longDuration = "E0344"

    // Instants.
    package static let badInstant = "E0350"
    package static let noSuchDate = "E0351"
    package static let missingOffset = "E0352"
    package static let missingTime = "E0353"

    // Warnings.
    package static let stepBeyondRange = "W0301"
    package static let starRule = "W0302"
    package static let eitherDay = "W0303"
    package static let everyMinuteOfHour = "W0304"
    package static let minuteLeftOut = "W0305"
    package static let longPeriod = "W0306"
    package static let otherWeekday = "W0430"
}
