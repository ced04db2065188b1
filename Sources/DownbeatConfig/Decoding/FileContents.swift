import DownbeatCore

/// One file after YAML: its keys at the top, with what is wrong among them reported.
struct FileContents {
    let file: Int
    let path: String
    var keys: [FileKey: YAMLEntry] = [:]

    /// The keys that make it the file of the service, in its order.
    var serviceKeys: [YAMLEntry] {
        keys.filter { $0.key.isService }.map(\.value)
            .sorted { $0.key.spot.line < $1.key.spot.line }
    }

    /// Whether its name is the one that by custom holds the settings of the service.
    var hasServiceName: Bool {
        let name = path.split(separator: "/").last ?? ""
        return name == "downbeat.yaml" || name == "downbeat.yml"
    }

    /// Sorts the keys of a file's root; nil when the file cannot be read further.
    init?(root: YAMLNode, file: Int, path: String, context: DecodingContext) {
        self.file = file
        self.path = path
        guard case .mapping(let entries) = root.content else {
            context.report(
                .wrongShape,
                "a schedule file is a map, not \(root.kind)",
                at: root,
                label: "begin with `schedules:`"
            )
            return nil
        }
        // A file of another format version is not judged by the keys of this one.
        if let version = entries.first(where: { $0.name == FileKey.version.rawValue }),
            !Self.isSupported(version, context: context)
        {
            return nil
        }
        for entry in entries {
            guard !context.problems.isClosed else {
                context.problems.stopEarly()
                break
            }
            if let key = FileKey.byName[entry.name] {
                keys[key] = entry
            } else {
                Self.reportUnknown(entry, context: context)
            }
        }
    }

    /// Whether a file holds the dates of a calendar: `off` or `on`, and nothing of a schedule file.
    static func isCalendar(_ root: YAMLNode) -> Bool {
        guard case .mapping(let entries) = root.content else { return false }
        return entries.contains { $0.name == "off" || $0.name == "on" }
            && entries.allSatisfy {
                InnerKey.calendarDates.contains($0.name) || $0.name.hasPrefix("x-")
            }
    }

    private static func isSupported(_ entry: YAMLEntry, context: DecodingContext) -> Bool {
        guard let text = context.text(entry.value, of: "version") else { return true }
        guard text != "1" else { return true }
        let isNewer = Int(text).map { $0 > 1 } ?? false
        context.report(
            .formatVersion,
            "this version of Downbeat reads format version 1, not `\(text)`",
            at: entry.value,
            label: isNewer ? "update Downbeat" : "write `1`, or leave the key out",
            suggestion: isNewer ? nil : "1"
        )
        return false
    }

    private static func reportUnknown(_ entry: YAMLEntry, context: DecodingContext) {
        // A map with a trigger or an action is a schedule that was not put under `schedules:`.
        if case .mapping(let inner) = entry.value.content, !entry.name.hasPrefix("x-"),
            inner.contains(where: {
                guard let key = ScheduleKey.byName[$0.name] else { return false }
                return ScheduleKey.triggers.contains(key) || ScheduleKey.actions.contains(key)
            })
        {
            context.report(
                .misplacedKey,
                "schedule `\(entry.name)` is in the wrong place",
                at: entry.key,
                label: "schedules stand under `schedules:`"
            )
            return
        }
        context.reportUnknown(entry, at: .file)
    }
}
