import DownbeatCore

/// Reads the file of a calendar: YAML with the same keys, or iCalendar by its ending `.ics`.
///
/// Its mistakes are reported at their places in it, as those of schedule files are.
struct CalendarFileReader {
    let context: DecodingContext
    /// Reads the keys of a YAML file.
    let dates: ([String: YAMLEntry]) -> WrittenDates?

    /// Reads the file that a value names.
    ///
    /// - Parameters:
    ///   - node: the path, which counts from the folder of the file it stands in.
    ///   - events: what the days of an .ics file are.
    ///   - years: of which days are wanted, for events that repeat.
    /// - Returns: nil after a report.
    func read(
        _ node: YAMLNode,
        events: CalendarDecoder.Events,
        years: ClosedRange<Int>?
    ) -> WrittenDates? {
        guard let written = context.text(node, of: "file"),
            let path = context.path(node, of: "file")
        else { return nil }
        let file = FileSearch.File(
            path: written.hasPrefix("/") ? written : shown(written, beside: node),
            absolute: path,
            folder: FileSearch.folder(of: path)
        )
        let number = context.problems.register(file.path)
        guard let bytes = bytes(of: file, number, at: node), let text = text(bytes, number) else {
            return nil
        }
        return path.lowercased().hasSuffix(".ics")
            ? days(of: text, number, node, events, years) : yaml(text, number)
    }

    /// The path as it is shown: below the folder of the file that names it.
    private func shown(_ path: String, beside node: YAMLNode) -> String {
        let source = context.problems.paths[node.spot.file]
        guard let slash = source.lastIndex(of: "/") else { return path }
        return source[...slash] + path
    }

    private func bytes(of file: FileSearch.File, _ number: Int, at node: YAMLNode) -> SourceBytes? {
        guard let readFile = context.readFile else {
            context.report(.unreadableFile, "no other file can be read here", at: node)
            return nil
        }
        switch readFile(file, number) {
        case .success(let content):
            for warning in content.warnings { context.problems.add(warning) }
            return content.source
        case .failure(let failure):
            // At the value that names it, since the file itself has no line.
            var problem = failure.problem
            problem.spot = node.spot
            context.problems.add(problem)
            return nil
        }
    }

    private func text(_ source: SourceBytes, _ number: Int) -> String? {
        do {
            let text = try source.decoded()
            context.problems.setSource(
                SourceText(path: source.path, folder: source.folder, text: text),
                ofFile: number
            )
            return text
        } catch {
            let place = error.offset.map(source.position(ofByte:)) ?? (line: 0, column: 0)
            context.problems.add(
                Problem(
                    code: error.code,
                    message: error.message,
                    spot: Spot(file: number, line: place.line, column: place.column),
                    length: 1,
                    label: error.label,
                    showsLine: false
                )
            )
            return nil
        }
    }

    private func yaml(_ text: String, _ number: Int) -> WrittenDates? {
        guard let source = context.problems.sources[number] else { return nil }
        var reader = YAMLReader(source: source, file: number, problems: context.problems)
        switch reader.read() {
        case .unreadable: return nil
        case .empty: return WrittenDates()
        case .root(let root):
            guard let entries = context.entries(root, of: "the file of a calendar") else {
                return nil
            }
            var keys: [String: YAMLEntry] = [:]
            var isGood = true
            for entry in entries where !entry.name.hasPrefix("x-") {
                if InnerKey.calendarDates.contains(entry.name) {
                    keys[entry.name] = entry
                } else {
                    isGood = false
                    context.reportUnknown(
                        entry,
                        at: .inner(parent: "file", keys: InnerKey.calendarDates)
                    )
                }
            }
            guard let found = dates(keys), isGood else { return nil }
            return found
        }
    }

    private func days(
        of text: String,
        _ number: Int,
        _ node: YAMLNode,
        _ events: CalendarDecoder.Events,
        _ years: ClosedRange<Int>?
    ) -> WrittenDates? {
        let found: ICSReader.Result
        do {
            found = try ICSReader.read(text, years: years, zone: context.calendarZone)
        } catch {
            context.problems.add(
                Problem(
                    code: .badCalendarFile,
                    message: error.message,
                    spot: Spot(file: number, line: error.line, column: 1),
                    length: 1,
                    label: DecodingContext.asLabel(error.remedy)
                )
            )
            return nil
        }
        guard years != nil || !found.hasEndlessEvent else {
            context.report(
                .calendarForm,
                "events of the file repeat without an end, so its last year is not known",
                at: node,
                label: "add `years`, such as `years: 2026-2027`"
            )
            return nil
        }
        var written = WrittenDates(notes: found.notes)
        if events == .off { written.off = found.days } else { written.on = found.days }
        return written
    }
}
