import DownbeatCore
import Foundation

/// Reads the map `backup:` of a schedule.
struct BackupDecoder {
    let fields: ScheduleFields
    let context: DecodingContext

    private static let key = ScheduleKey.backup.rawValue

    /// The entries of the map by their names.
    private typealias Entries = [String: YAMLEntry]

    /// The action; nil after a report.
    func decode(_ node: YAMLNode) -> Action? {
        guard let entries = context.entries(node, of: Self.key) else { return nil }
        var found: Entries = [:]
        // A key that was refused may have been meant as the one that is missing.
        var isWhole = true
        for entry in entries {
            guard InnerKey.backup.contains(entry.name) else {
                context.reportUnknown(entry, at: .inner(parent: Self.key, keys: InnerKey.backup))
                isWhole = isWhole && entry.name.hasPrefix("x-")
                continue
            }
            found[entry.name] = entry
        }
        let source = source(found, node, isWhole: isWhole)
        let destination = destination(found, node, isWhole: isWhole)
        var options = BackupOptions(source: source ?? .sqlite(""), destination: destination ?? "")
        decodeManner(found, into: &options)
        options.exclude = exclude(found)
        options.formerName = formerName
        guard let source, let destination else { return nil }
        guard source != .directory(destination) else {
            reportOntoItself(found)
            return nil
        }
        checkPrograms(options, found, node)
        return action(options)
    }

    private func action(_ options: BackupOptions) -> Action? {
        do {
            return .builtIn(try BuiltIn(options))
        } catch {
            preconditionFailure("options of a backup cannot be encoded: \(error)")
        }
    }

    /// Copies that were made under the name before belong to the schedule.
    private var formerName: String? {
        fields.own(.renamedFrom)?.value.text?.precomposedStringWithCanonicalMapping
    }

    // MARK: What and where to

    /// What is saved; nil after a report, or when a key was refused that may have been it.
    private func source(
        _ found: Entries,
        _ node: YAMLNode,
        isWhole: Bool
    ) -> BackupOptions.Source? {
        switch (found["sqlite"], found["directory"]) {
        case (let database?, nil): return path(database).map { .sqlite($0) }
        case (nil, let folder?): return path(folder).map { .directory($0) }
        case (nil, nil):
            if isWhole {
                context.report(
                    .backupIncomplete,
                    "`\(Self.key)` does not say what to save",
                    at: node,
                    label: "add `sqlite: FILE` or `directory: FOLDER`"
                )
            }
            return nil
        case (let database?, let folder?):
            let first = [database, folder].min { Self.isBefore($0.key, $1.key) } ?? database
            let second = first.name == database.name ? folder : database
            context.report(
                .severalSources,
                "`\(first.name)` and `\(second.name)` exclude each other: a backup saves one thing",
                at: second.key,
                label: "remove one, or make two schedules",
                related: context.related(first.key, "first source")
            )
            // Both are read, so that their own mistakes are reported too.
            _ = (path(database), path(folder))
            return nil
        }
    }

    private static func isBefore(_ left: YAMLNode, _ right: YAMLNode) -> Bool {
        (left.spot.line, left.spot.column) < (right.spot.line, right.spot.column)
    }

    private func destination(_ found: Entries, _ node: YAMLNode, isWhole: Bool) -> String? {
        guard let entry = found["to"] else {
            if isWhole {
                context.report(
                    .backupIncomplete,
                    "`\(Self.key)` does not say where to",
                    at: node,
                    label: "add `to: FOLDER`, the folder of the copies"
                )
            }
            return nil
        }
        return path(entry)
    }

    /// Without slashes at its end, so that equal folders are equal texts.
    private func path(_ entry: YAMLEntry) -> String? {
        guard var path = context.path(entry.value, of: "\(Self.key).\(entry.name)") else {
            return nil
        }
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    private func reportOntoItself(_ found: Entries) {
        guard let folder = found["directory"], let destination = found["to"] else { return }
        context.report(
            .backupOntoItself,
            "the folder to save is the folder of the copies",
            at: destination.value,
            label: "name another folder",
            related: context.related(folder.key, "what is saved")
        )
    }

    // MARK: How

    private func decodeManner(_ found: Entries, into options: inout BackupOptions) {
        if let entry = found["compress"],
            let word = context.word(
                entry.value,
                of: "\(Self.key).compress",
                as: BackupCompression.self
            )
        {
            options.compression = word
        }
        if let entry = found["verify"],
            let verifies = context.bool(entry.value, of: "\(Self.key).verify")
        {
            options.verification = verifies ? .on : .off
        }
        if let entry = found["retention"] { options.retention = retention(entry.value) }
    }

    private func retention(_ node: YAMLNode) -> Retention {
        var retention = Retention()
        let rules: [String: WritableKeyPath<Retention, Int?>] = [
            "keep_last": \.last, "keep_hourly": \.hourly, "keep_daily": \.daily,
            "keep_weekly": \.weekly, "keep_monthly": \.monthly, "keep_yearly": \.yearly,
        ]
        for entry in context.entries(node, of: "retention") ?? [] {
            guard let rule = rules[entry.name] else {
                let level = KeyAdvice.Level.inner(parent: "retention", keys: InnerKey.retention)
                context.reportUnknown(entry, at: level)
                continue
            }
            retention[keyPath: rule] = context.integer(
                entry.value,
                of: "retention.\(entry.name)",
                in: 1...Retention.countMax
            )
        }
        return retention
    }

    private func exclude(_ found: Entries) -> [String] {
        guard let entry = found["exclude"] else { return [] }
        if found["directory"] == nil, let database = found["sqlite"] {
            context.report(
                .companionMissing,
                "`exclude` needs `directory`: a database is saved whole",
                at: entry.key,
                label: "remove it",
                related: context.related(database.key, "the database")
            )
        }
        let key = "\(Self.key).exclude"
        return (context.texts(entry.value, of: key, single: .allowed) ?? []).compactMap(pattern)
    }

    private func pattern(_ text: String, _ node: YAMLNode) -> String? {
        do throws(BackupError) {
            _ = try ExcludePattern(text)
            return text
        } catch {
            context.report(
                .badExcludePattern,
                error.what + (error.why.map { ": \($0)" } ?? ""),
                at: node,
                label: error.remedy ?? ""
            )
            return nil
        }
    }

    // MARK: Programs

    /// Reports programs that the backup would not find, unless the schedule names a PATH of its own.
    private func checkPrograms(_ options: BackupOptions, _ found: Entries, _ node: YAMLNode) {
        guard !namesPath else { return }
        for program in options.programs where !context.programs.finds(program) {
            let isPacker = program == options.compression.program
            let cause = isPacker ? found["compress"]?.value : found["directory"]?.key
            context.report(
                .programMissing,
                "the program `\(program)` is not installed"
                    + (isPacker && cause == nil ? "; copies are packed by it unless told" : ""),
                at: cause ?? node,
                label: "apt install \(program)"
                    + (isPacker ? ", or write `compress: \(Self.other(than: program))`" : "")
            )
        }
    }

    private var namesPath: Bool {
        fields.layers.contains { layer in
            guard case .mapping(let entries) = layer[.environment]?.value.content else {
                return false
            }
            return entries.contains { $0.name == "PATH" }
        }
    }

    /// Every Debian has gzip.
    private static func other(than program: String) -> String {
        program == "gzip" ? "none" : "gzip"
    }
}
