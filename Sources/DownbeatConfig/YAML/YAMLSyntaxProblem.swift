import DownbeatCore
import Yams

/// What a syntax error of Yams means for someone who writes a schedule file.
///
/// libyaml's own words ("did not find expected key") name the grammar; these name the mistake.
struct YAMLSyntaxProblem {
    let problem: Problem
    /// A line that would be right, when the intention is plain.
    let mendedLine: (number: Int, text: String)?

    private typealias Explanation = (problem: Problem, mendedLine: (number: Int, text: String)?)

    init(_ error: YamlError, source: SourceText, file: Int) {
        switch error {
        case .scanner(let context, let text, let mark, _),
            .parser(let context, let text, let mark, _),
            .composer(let context, let text, let mark, _):
            (problem, mendedLine) = Self.explain(
                Report(
                    source: source,
                    file: file,
                    context: context?.text ?? "",
                    contextMark: context.map { ($0.mark.line, $0.mark.column) },
                    text: text,
                    mark: (mark.line, mark.column)
                )
            )
        case .reader(let text, _, _, _):
            (problem, mendedLine) = (Self.plain(text, file: file), nil)
        default:
            (problem, mendedLine) = (Self.plain("\(error)", file: file), nil)
        }
    }

    private static func plain(_ text: String, file: Int) -> Problem {
        Problem(
            code: .syntax,
            message: "this is not YAML: \(text)",
            spot: Spot(file: file, line: 1, column: 1),
            length: 1
        )
    }

    private static func explain(_ report: Report) -> Explanation {
        let problem: Problem
        let lineStart = report.source.scalars(ofLine: report.mark.line)
        let blanks = lineStart.prefix { $0 == " " || $0 == "\t" }
        if let tab = blanks.firstIndex(of: "\t") {
            problem = report.problem(
                .tab,
                "tabs cannot indent YAML",
                at: (report.mark.line, tab + 1),
                label: "use spaces"
            )
            return (problem, nil)
        }
        switch (report.context, report.text) {
        case ("while scanning an alias", _):
            return unquoted(report, at: report.contextMark ?? report.mark)
        case (_, "found undefined alias"):
            problem = report.problem(
                .undefinedAlias,
                "no `&` of this name stands before it",
                label: "YAML reads a leading `*` as an alias; quote it if it is text"
            )
        case (_, "found character that cannot start any token"):
            return unquoted(report, at: report.mark)
        case (_, let text) where text.hasPrefix("Maximum nesting level"):
            problem = report.problem(.nesting, "maps and lists are nested too deep")
        case (_, "but found another document"):
            problem = report.problem(
                .severalDocuments,
                "a file holds one document, and a second one begins here",
                label: "write it into a file of its own"
            )
        case (_, "mapping values are not allowed in this context"):
            return colon(report)
        case ("while parsing a block mapping", _), ("while parsing a block collection", _):
            return indentation(report)
        case (_, "found unexpected end of stream"), (_, "found unexpected document indicator"):
            problem = report.problem(
                .unclosedQuote,
                "a quote is not closed",
                at: report.contextMark,
                label: "opened here"
            )
        case ("while parsing a flow sequence", _), ("while parsing a flow mapping", _):
            problem = report.problem(
                .unclosedBracket,
                "a bracket is not closed, or a comma is missing",
                at: report.contextMark,
                label: "opened here"
            )
        case (_, "could not find expected ':'"):
            return missingColon(report, at: report.contextMark ?? report.mark)
        default:
            let context = report.context.isEmpty ? "" : "\(report.context): "
            problem = report.problem(.syntax, "this is not YAML: \(context)\(report.text)")
        }
        return (problem, nil)
    }

    /// A value that begins with a character which YAML keeps for itself.
    private static func unquoted(
        _ report: Report,
        at place: (line: Int, column: Int)
    ) -> Explanation {
        let line = report.source.scalars(ofLine: place.line)
        guard place.column <= line.count else {
            let problem = report.problem(.syntax, "this is not YAML: \(report.text)", at: place)
            return (problem, nil)
        }
        let character = String(line[place.column - 1])
        let isStar = character == "*"
        let quoted = quoting(from: place.column, of: line)
        let fix = String(quoted.drop { $0 == " " })
        let before = string(line.prefix(place.column - 1))
        let isCron = isStar && before.contains("cron")
        let what = isCron ? "a cron rule" : "a value"
        let problem = Problem(
            code: isStar ? .unquotedStar : .reservedCharacter,
            message: "\(what) that starts with `\(character)` must be quoted",
            spot: Spot(file: report.file, line: place.line, column: place.column),
            length: 1,
            label: isStar
                ? "YAML reads `*` as an alias" : "YAML keeps `\(character)` for itself",
            suggestion: fix,
            help: "write it as\n\(place.line) | \(quoted)"
        )
        return (problem, (place.line, quoted))
    }

    /// A `: ` inside unquoted text, or a line that is indented too far.
    private static func colon(_ report: Report) -> Explanation {
        let problem: Problem
        let (line, column) = report.mark
        let scalars = report.source.scalars(ofLine: line)
        let width = scalars.prefix { $0 == " " }.count
        let above = isFirstColon(column, of: scalars) ? lineAbove(line, in: report.source) : nil
        if let above, above.indentation == width, lacksColon(above.number, in: report.source) {
            return missingColon(report, at: (above.number, width + 1))
        }
        if let above, above.indentation < width {
            problem = report.problem(
                .indentation,
                "line \(line) is indented by \(width), its siblings by \(above.indentation)",
                at: (line, width + 1),
                label: "indent it by \(above.indentation), or end line \(above.number) with `:`"
            )
        } else {
            problem = report.problem(
                .colonInText,
                "a text that has `: ` in it must be quoted",
                label: "YAML reads a second key here"
            )
        }
        return (problem, nil)
    }

    private static func indentation(_ report: Report) -> Explanation {
        let (line, column) = report.mark
        let scalars = report.source.scalars(ofLine: line)
        let width = scalars.prefix { $0 == " " }.count
        let map = (report.contextMark?.column ?? 1) - 1
        let above = lineAbove(line, in: report.source)?.indentation ?? map
        // Between the map and the line above, the line above is what it was meant to join.
        let siblings = map < width && width < above ? above : map
        guard width != siblings, column - 1 == width else {
            let problem = report.problem(
                .syntax,
                "a key is expected here",
                label: "a key and a colon, as in `timeout: 10m`"
            )
            return (problem, nil)
        }
        let problem = report.problem(
            .indentation,
            "line \(line) is indented by \(width), its siblings by \(siblings)",
            label: "indent it by \(siblings)"
        )
        return (problem, nil)
    }

    private static func missingColon(
        _ report: Report,
        at place: (line: Int, column: Int)
    ) -> Explanation {
        let line = string(report.source.scalars(ofLine: place.line)[...])
        let word = line.drop { $0 == " " }.prefix { $0 != " " }
        let parts = word.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            let problem = report.problem(
                .missingColon,
                "a key without `:`",
                at: place,
                label: "a key and a colon are expected"
            )
            return (problem, nil)
        }
        let problem = report.problem(
            .missingColon,
            "a blank is missing after `:`",
            at: place,
            length: word.unicodeScalars.count,
            label: "write `\(parts[0]): \(parts[1])`"
        )
        return (problem, nil)
    }

    // MARK: Lines

    /// The line with its value from `column` on in quotes.
    private static func quoting(from column: Int, of line: [Unicode.Scalar]) -> String {
        let before = line.prefix(column - 1)
        var depth = 0
        for scalar in before {
            if scalar == "[" || scalar == "{" { depth += 1 }
            if scalar == "]" || scalar == "}" { depth -= 1 }
        }
        var end = column - 1
        while end < line.count {
            if depth > 0, ",]}".unicodeScalars.contains(line[end]) { break }
            if line[end] == "#", end > 0, line[end - 1] == " " { break }
            end += 1
        }
        while end > column, line[end - 1] == " " || line[end - 1] == "\t" { end -= 1 }
        let value = string(line[(column - 1)..<end])
        let quote = value.contains("\"") || value.contains("\\") ? "'" : "\""
        return string(before) + quote + value + quote + string(line[end...])
    }

    private static func lineAbove(
        _ line: Int,
        in source: SourceText
    ) -> (number: Int, indentation: Int)? {
        var number = line - 1
        while number >= 1 {
            let scalars = source.scalars(ofLine: number)
            let indentation = scalars.prefix { $0 == " " }.count
            if indentation < scalars.count, scalars[indentation] != "#" {
                return (number, indentation)
            }
            number -= 1
        }
        return nil
    }

    /// Whether a line has no colon that ends a key.
    private static func lacksColon(_ number: Int, in source: SourceText) -> Bool {
        let line = source.line(number)
        return !line.contains(": ") && !line.hasSuffix(":")
    }

    private static func isFirstColon(_ column: Int, of line: [Unicode.Scalar]) -> Bool {
        !line.prefix(column - 1).contains(":")
    }
}

extension YAMLSyntaxProblem {
    /// An error of libyaml with its places.
    private struct Report {
        var source: SourceText
        var file: Int
        var context: String
        var contextMark: (line: Int, column: Int)?
        var text: String
        var mark: (line: Int, column: Int)

        func problem(
            _ code: DiagnosticCode,
            _ message: String,
            at place: (line: Int, column: Int)? = nil,
            length: Int = 1,
            label: String = ""
        ) -> Problem {
            let place = place ?? mark
            return Problem(
                code: code,
                message: message,
                spot: Spot(file: file, line: place.line, column: place.column),
                length: length,
                label: label
            )
        }
    }
}

private func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
}
