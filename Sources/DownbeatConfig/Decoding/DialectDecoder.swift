import DownbeatCore

/// Reads `dialect`: whose text stands behind `cron`.
struct DialectDecoder {
    let fields: ScheduleFields
    let context: DecodingContext

    /// What the key says.
    enum Outcome {
        /// The expressions of this program.
        case core
        case dialect(CronDialect)
        /// It is no dialect, which has been reported.
        case wrong
    }

    func decode() -> Outcome {
        guard let entry = fields.field(.dialect)?.entry else { return .core }
        guard
            let word = context.word(entry.value, of: entry.name, as: CronDialect.Word.self)
        else { return .wrong }
        return word.dialect.map { .dialect($0) } ?? .core
    }

    /// Reports a dialect that the schedule itself names, where it has no text to be of it.
    func reportAlone() {
        guard let entry = fields.own(.dialect), fields.own(.cron) == nil else { return }
        let other = ScheduleKey.triggers.compactMap(fields.own).first
        context.report(
            .companionMissing,
            "`\(entry.name)` says how the text of `cron` is read"
                + (other.map { ", and goes not with `\($0.name)`" } ?? "; `cron` is missing"),
            at: entry.key,
            label: other == nil ? "add `cron`, or remove this key" : "remove this key"
        )
    }
}
