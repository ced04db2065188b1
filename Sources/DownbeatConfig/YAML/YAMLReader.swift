import DownbeatCore
import Yams

/// Reads the text of one file into nodes and reports what is wrong with it as YAML.
///
/// Yams stops at the first problem. Where the intention is plain (a rule that begins with `*`, a key
/// written twice) the text is mended in memory and read again, so that all such problems, and those of
/// the decoder, are reported at once.
struct YAMLReader {
    /// How often a text is mended and read again.
    static let mendingsMax = 32
    /// Nodes that aliases may add to a file; without aliases a file has fewer nodes than bytes.
    static let aliasNodesMax = 100_000
    /// Maps and lists inside one another; the deepest sensible file has six.
    static let depthMax = 64

    let source: SourceText
    let file: Int
    let problems: ProblemCollector

    private var text: String
    /// Keys whose text was changed because they stand in their map a second time.
    private var repeated: [Spot: (name: String, first: Spot)] = [:]
    private var nodesLeft: Int
    /// Whether the one error about nesting or size has been reported.
    private var hasStopped = false

    init(source: SourceText, file: Int, problems: ProblemCollector) {
        self.source = source
        self.file = file
        self.problems = problems
        text = source.text
        nodesLeft = source.text.utf8.count + Self.aliasNodesMax
    }

    /// How a file turned out.
    enum Outcome {
        case empty
        case unreadable
        case root(YAMLNode)
    }

    mutating func read() -> Outcome {
        if let offset = KeyScan.refusedKey(in: text) {
            report(.nonScalarKey, "a key must be plain text", at: spot(ofByte: offset), length: 1)
            return .unreadable
        }
        for _ in 0...Self.mendingsMax {
            do {
                // The basic resolver has no rules: scalars are never resolved, which also is faster.
                guard let node = try Yams.compose(yaml: text, .basic) else { return .empty }
                let root = convert(node, depth: 0, parent: "")
                return hasStopped ? .unreadable : .root(root)
            } catch let error as YamlError {
                guard mend(after: error) else { return .unreadable }
            } catch {
                report(
                    .syntax,
                    "this is not YAML: \(error)",
                    at: Spot(file: file, line: 1, column: 1),
                    length: 1
                )
                return .unreadable
            }
        }
        return .unreadable
    }

    /// Reports the error; true when the text was changed so that reading may go on.
    private mutating func mend(after error: YamlError) -> Bool {
        switch error {
        case .duplicatedKeysInMapping(let names, let context):
            return relabel(names, at: context.mark)
        default:
            let explained = YAMLSyntaxProblem(error, source: source, file: file)
            problems.add(explained.problem)
            guard let mended = explained.mendedLine else { return false }
            return replaceLine(mended.number, with: mended.text)
        }
    }

    private mutating func replaceLine(_ number: Int, with line: String) -> Bool {
        var lines = SourceText(path: "", folder: "", text: text).lines()
        guard number >= 1, number <= lines.count, lines[number - 1] != line else { return false }
        lines[number - 1] = line
        text = lines.joined(separator: "\n")
        return true
    }

    /// Changes the first scalar of each repeated key, and remembers the key.
    private mutating func relabel(_ names: [String], at mark: Mark) -> Bool {
        let present = SourceText(path: "", folder: "", text: text)
        let keys = RepeatedKeys.find(names, at: (mark.line, mark.column), in: present)
        guard !keys.isEmpty else {
            let name = names.first ?? ""
            report(
                .duplicate,
                "duplicate key `\(name)`",
                at: Spot(file: file, line: mark.line, column: mark.column),
                length: name.unicodeScalars.count
            )
            return false
        }
        // With so many of them no other problem would be kept, and reading again would be in vain.
        guard keys.count <= ProblemCollector.countMax else {
            for key in keys.prefix(ProblemCollector.countMax) {
                reportRepeated(
                    "key",
                    key.name,
                    at: Spot(file: file, line: key.line, column: key.column),
                    first: Spot(file: file, line: key.firstLine, column: key.firstColumn)
                )
            }
            problems.stopEarly()
            return false
        }
        var lines = present.lines()
        for (number, key) in keys.enumerated() {
            let place = Spot(file: file, line: key.line, column: key.column)
            let first = Spot(file: file, line: key.firstLine, column: key.firstColumn)
            repeated[place] = (key.name, first)
            var scalars = Array(lines[key.line - 1].unicodeScalars)
            guard scalars.indices.contains(key.textColumn - 1),
                let substitute = Unicode.Scalar(0xF_0000 + UInt32(number % 0xFFFD))
            else { return false }
            scalars[key.textColumn - 1] = substitute
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars)
            lines[key.line - 1] = String(view)
        }
        text = lines.joined(separator: "\n")
        return true
    }

    // MARK: Conversion

    private mutating func convert(_ node: Node, depth: Int, parent: String) -> YAMLNode {
        let spot = spot(of: node)
        nodesLeft -= 1
        guard nodesLeft > 0, depth <= Self.depthMax else {
            stop(at: spot, isTooDeep: depth > Self.depthMax)
            return YAMLNode(content: .scalar("", .plain), spot: spot)
        }
        guard !hasStopped else { return YAMLNode(content: .scalar("", .plain), spot: spot) }
        switch node {
        case .scalar(let scalar):
            refuse(scalar.tag, at: spot)
            return YAMLNode(content: .scalar(scalar.string, style(of: scalar.style)), spot: spot)
        case .sequence(let sequence):
            refuse(sequence.tag, at: spot)
            var items: [YAMLNode] = []
            items.reserveCapacity(sequence.count)
            for item in sequence where !hasStopped {
                items.append(convert(item, depth: depth + 1, parent: ""))
            }
            return YAMLNode(content: .sequence(items), spot: spot)
        case .mapping(let mapping):
            refuse(mapping.tag, at: spot)
            let entries = entries(of: mapping, depth: depth, parent: parent)
            return YAMLNode(content: .mapping(entries), spot: spot)
        case .alias:
            return YAMLNode(content: .scalar("", .plain), spot: spot)
        }
    }

    private mutating func entries(
        of mapping: Node.Mapping,
        depth: Int,
        parent: String
    ) -> [YAMLEntry] {
        var entries: [YAMLEntry] = []
        entries.reserveCapacity(mapping.count)
        var merges: [YAMLNode] = []
        for (key, value) in mapping where !hasStopped {
            let place = spot(of: key)
            guard case .scalar(let scalar) = key else {
                report(.nonScalarKey, "a key must be plain text", at: place, length: 1)
                continue
            }
            if scalar.string == "<<", scalar.style == .plain {
                merges.append(convert(value, depth: depth + 1, parent: parent))
                continue
            }
            if let twice = repeated[place] {
                guard !problems.isClosed else {
                    problems.stopEarly()
                    continue
                }
                let isSchedule = depth == 1 && parent == "schedules"
                reportRepeated(
                    isSchedule ? "schedule" : "key",
                    twice.name,
                    at: place,
                    first: twice.first
                )
                continue
            }
            entries.append(
                YAMLEntry(
                    key: YAMLNode(
                        content: .scalar(scalar.string, style(of: scalar.style)),
                        spot: place
                    ),
                    name: scalar.string,
                    value: convert(value, depth: depth + 1, parent: scalar.string)
                )
            )
        }
        for merge in merges { add(merge, to: &entries) }
        return entries
    }

    /// Adds the entries of a `<<`: keys of the map itself stay, of several maps the first wins.
    private mutating func add(_ merge: YAMLNode, to entries: inout [YAMLEntry]) {
        switch merge.content {
        case .mapping(let others):
            var names = Set(entries.map(\.name))
            for var entry in others where names.insert(entry.name).inserted {
                entry.isMerged = true
                entries.append(entry)
            }
        case .sequence(let maps):
            for map in maps { add(map, to: &entries) }
        case .scalar:
            report(
                .badMerge,
                "`<<` takes a map, or a list of maps",
                at: merge.spot,
                length: 1,
                label: "write `<<: *name`"
            )
        }
    }

    // MARK: Problems

    private func reportRepeated(_ noun: String, _ name: String, at place: Spot, first: Spot) {
        problems.add(
            Problem(
                code: .duplicate,
                message: "duplicate \(noun) `\(name)`",
                spot: place,
                length: name.unicodeScalars.count,
                label: "also defined here",
                related: Problem.Related(
                    spot: first,
                    length: name.unicodeScalars.count,
                    label: "first definition"
                )
            )
        )
    }

    private mutating func stop(at spot: Spot, isTooDeep: Bool) {
        guard !hasStopped else { return }
        hasStopped = true
        if isTooDeep {
            report(
                .nesting,
                "maps and lists are nested more than \(Self.depthMax) deep",
                at: spot,
                length: 1
            )
        } else {
            report(
                .aliasExpansion,
                "the file's aliases expand to more than \(Self.aliasNodesMax) entries",
                at: spot,
                length: 1,
                label: "write the entries out, or use fewer aliases of aliases"
            )
        }
    }

    /// Tags change what a text means in other readers, so a file with one is not what it seems.
    private func refuse(_ tag: Tag, at spot: Spot) {
        let name = tag.rawValue
        guard !name.isEmpty, !name.hasPrefix("tag:yaml.org,2002:"), name != "!" else { return }
        report(
            .tag,
            "tags such as `\(name)` have no meaning here",
            at: spot,
            length: 1,
            label: "remove it"
        )
    }

    private func report(
        _ code: DiagnosticCode,
        _ message: String,
        at spot: Spot,
        length: Int,
        label: String = ""
    ) {
        problems.add(
            Problem(code: code, message: message, spot: spot, length: length, label: label)
        )
    }

    private func spot(of node: Node) -> Spot {
        Spot(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }

    private func spot(ofByte offset: Int) -> Spot {
        let (line, column) = SourceBytes(path: "", folder: "", bytes: Array(text.utf8))
            .position(ofByte: offset)
        return Spot(file: file, line: line, column: column)
    }

    private func style(of style: Node.Scalar.Style) -> YAMLNode.Style {
        switch style {
        case .any, .plain: .plain
        case .singleQuoted, .doubleQuoted: .quoted
        case .literal, .folded: .block
        }
    }
}
