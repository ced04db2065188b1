import DownbeatCore

/// Reads `stdin`: what a command reads on its standard input.
///
/// The text stands as it is, like that of `shell`: neither `${NAME}` nor `{{due}}` is replaced in it,
/// so that a document that uses such marks itself arrives whole.
struct InputDecoder {
    let fields: ScheduleFields
    let context: DecodingContext

    func decode() -> String? {
        guard let entry = fields.own(.standardInput) else { return nil }
        checkCompanion(entry)
        guard let text = context.scalar(entry.value, of: entry.name) else { return nil }
        guard !text.utf8.contains(0) else {
            context.report(
                .nulCharacter,
                "`\(entry.name)` holds a NUL character",
                at: entry.value,
                label: "remove it"
            )
            return nil
        }
        let bytes = text.utf8.count
        guard bytes <= RunDefinition.inputBytesMax else {
            context.report(
                .inputTooLong,
                "`\(entry.name)` has \(bytes) bytes; at most \(RunDefinition.inputBytesMax) are taken",
                at: entry.value,
                label: "put it in a file and read that in the command",
                showsLine: false
            )
            return nil
        }
        warnOfPlaceholder(in: text, at: entry)
        return text
    }

    /// Somebody who writes one means it to be replaced.
    private func warnOfPlaceholder(in text: String, at entry: YAMLEntry) {
        let marks = Template.Placeholder.allCases.map { "{{\($0.rawValue)}}" }
        guard let mark = marks.first(where: text.contains) else { return }
        context.report(
            .placeholderInInput,
            "`\(mark)` stays as it is in `\(entry.name)`",
            at: entry.value,
            label: "placeholders are replaced in `command` and `env` only",
            showsLine: false
        )
    }

    /// Only a command reads; without any action that is what is reported.
    private func checkCompanion(_ entry: YAMLEntry) {
        let reads: [ScheduleKey] = [.command, .shell]
        guard !reads.contains(where: { fields.own($0) != nil }),
            ScheduleKey.actions.contains(where: { fields.own($0) != nil })
        else { return }
        context.report(
            .companionMissing,
            "`\(entry.name)` needs `command` or `shell`: nothing else reads a standard input",
            at: entry.key,
            label: "remove it"
        )
    }
}
