/// Writes the schedule file of an imported crontab.
///
/// What all schedules share stands once, under `defaults`; a line that was left out is a comment at
/// its place.
struct CrontabFileWriter {
    struct Schedule {
        var name: String
        var line: Int
        var description: String?
        var cron: String
        /// Where it is not the file's.
        var zone: String?
        var shell: String
        var command: String
        var input: String?
        var user: String?
        /// As it stands in the file; nil: none.
        var folder: String?
        var environment: [(name: String, value: String)]
        /// Where it is not the file's.
        var overlap: String?
    }

    enum Item {
        case schedule(Schedule)
        case refused(line: Int, text: String, reason: String)
    }

    /// The home of the user who runs the daemon, filled in when the file is loaded.
    static let ownHome = "${HOME:-/}"

    let shown: String
    let form: CrontabFile.Form
    let zone: String
    let items: [Item]
    let lineCount: Int
    let importedCount: Int

    private var schedules: [Schedule] {
        items.compactMap { if case .schedule(let schedule) = $0 { schedule } else { nil } }
    }

    func text() -> String {
        var lines = head
        // Also where it is the default: beside another file with a zone of its own it must not move.
        lines.append("timezone: \(zone)")
        let sharedFolder = shared(\.folder) ?? nil
        let sharedEnvironment = shared { Pairs($0.environment) }.flatMap { $0.isEmpty ? nil : $0 }
        lines += [
            "defaults:",
            "  overlap: allow      # as cron does; `skip`, the default: not while one still runs",
            "  catch_up: skip      # as cron does; `once`: one that was missed runs at the next start",
        ]
        if let sharedFolder { lines.append("  cwd: \(YAMLText.path(sharedFolder))") }
        if let sharedEnvironment { lines += sharedEnvironment.lines(indent: "  ") }
        guard !schedules.isEmpty else {
            lines += items.flatMap { self.lines($0, nil, nil) }
            lines.append("schedules: {}")
            return lines.joined(separator: "\n") + "\n"
        }
        lines.append("schedules:")
        for (index, item) in items.enumerated() {
            if index > 0 { lines.append("") }
            lines += self.lines(item, sharedFolder, sharedEnvironment)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var head: [String] {
        let noun = lineCount == 1 ? "line" : "lines"
        return [
            "# Imported from \(Self.comment(shown)): \(importedCount) of \(lineCount) \(noun).",
            "#",
            "# Each command runs as cron ran it: by the shell, in the home folder, side by side with",
            "# one that still runs, and never later than its time. New here: PATH has the folders of",
            "# `sbin` and /usr/local as well, and output is kept (downbeat logs NAME), not mailed.",
        ]
    }

    /// A value that all schedules have; nil: they differ, or there are none.
    private func shared<Value: Equatable>(_ value: (Schedule) -> Value) -> Value? {
        guard let first = schedules.first.map(value) else { return nil }
        return schedules.allSatisfy { value($0) == first } ? first : nil
    }

    private func lines(_ item: Item, _ folder: String?, _ environment: Pairs?) -> [String] {
        switch item {
        case .refused(let line, let text, let reason):
            return [
                "  # line \(line) is left out: \(Self.comment(reason))",
                "  #   \(Self.comment(text))",
            ]
        case .schedule(let schedule):
            return lines(schedule, folder, environment)
        }
    }

    private func lines(
        _ schedule: Schedule,
        _ folder: String?,
        _ environment: Pairs?
    ) -> [String] {
        let inner = "    "
        let shell = YAMLText.path(schedule.shell)
        let command = YAMLText.quoted(YAMLText.keepingAll(schedule.command))
        var lines = ["  \(YAMLText.plainName(schedule.name)):"]
        if let description = schedule.description {
            let text = YAMLText.plain(YAMLText.keepingVariables(description))
            lines.append("\(inner)description: \(text)")
        }
        lines.append("\(inner)cron: \(YAMLText.quoted(schedule.cron))   # line \(schedule.line)")
        if let zone = schedule.zone { lines.append("\(inner)timezone: \(zone)") }
        lines.append("\(inner)command: [\(shell), -c, \(command)]")
        if let input = schedule.input {
            let block = YAMLText.block(input, indent: inner + "  ")
            lines.append("\(inner)stdin: \(block ?? YAMLText.quoted(input))")
        }
        if let user = schedule.user { lines.append("\(inner)user: \(YAMLText.plainName(user))") }
        if let own = schedule.folder, own != folder {
            lines.append("\(inner)cwd: \(YAMLText.path(own))")
        }
        let pairs = Pairs(schedule.environment)
        if pairs != environment, !pairs.isEmpty { lines += pairs.lines(indent: inner) }
        if let overlap = schedule.overlap { lines.append("\(inner)overlap: \(overlap)") }
        return lines
    }

    /// A text for a comment: one line without control characters.
    private static func comment(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map {
                    $0.properties.generalCategory == .control || $0 == "\u{2028}"
                        || $0 == "\u{2029}"
                        ? " " : $0
                }
            )
        )
    }
}

/// Variables in their order.
private struct Pairs: Equatable {
    var names: [String]
    var values: [String]

    init(_ pairs: [(name: String, value: String)]) {
        names = pairs.map(\.name)
        values = pairs.map(\.value)
    }

    var isEmpty: Bool { names.isEmpty }

    func lines(indent: String) -> [String] {
        ["\(indent)env:"]
            + zip(names, values).map { name, value in
                "\(indent)  \(name): \(YAMLText.quoted(YAMLText.keepingAll(value)))"
            }
    }
}
