/// A text with placeholders such as `{{due}}`, filled in when an attempt starts.
///
/// The list of placeholders is closed and there are no expressions, so that a file can be checked
/// when it is loaded. `{{{{` stands for a literal `{{`; `}}` needs no such care.
package struct Template: Hashable, Sendable {
    /// What may stand between the braces.
    package enum Placeholder: String, Sendable, CaseIterable {
        /// The nominal fire time in the schedule's zone, RFC 3339.
        case due
        /// The nominal fire time in UTC, RFC 3339.
        case dueUTC = "due_utc"
        /// The date of the nominal fire time in the schedule's zone.
        case dueDate = "due.date"
        /// The schedule's name.
        case schedule
        case runID = "run_id"
        /// The attempt's number, from 1.
        case attempt
        /// The latest due time of a run that succeeded (its slot, or when a manual run was asked for);
        /// empty when there is none.
        case lastOK = "last_ok"
    }

    /// A stretch of text or a placeholder.
    package enum Part: Hashable, Sendable {
        case text(String)
        case value(Placeholder)
    }

    package var parts: [Part]

    /// Placeholders that the file format names and this version does not have.
    private static let later = ["window.start", "window.end"]

    /// Reads a text.
    ///
    /// - Throws: E0367 for an unknown placeholder, E0368 for one of a later version, E0369 for `{{`
    ///   without `}}`; with the place of the braces.
    package static func parse(_ text: String) throws(TextError) -> Template {
        guard text.utf8.contains(UInt8(ascii: "{")) else { return Template(parts: [.text(text)]) }
        let scalars = Array(text.unicodeScalars)
        var parts: [Part] = []
        var literal = String.UnicodeScalarView()
        var index = 0
        while index < scalars.count {
            guard braces(in: scalars, at: index, "{") else {
                literal.append(scalars[index])
                index += 1
                continue
            }
            if braces(in: scalars, at: index + 2, "{") {
                literal.append(contentsOf: "{{".unicodeScalars)
                index += 4
                continue
            }
            var end = index + 2
            while end < scalars.count, !braces(in: scalars, at: end, "}") { end += 1 }
            guard end < scalars.count else {
                throw unclosed(at: index, count: scalars.count - index)
            }
            if !literal.isEmpty { parts.append(.text(String(literal))) }
            literal = String.UnicodeScalarView()
            let length = end + 2 - index
            parts.append(
                .value(try placeholder(scalars[(index + 2)..<end], at: index, length: length))
            )
            index = end + 2
        }
        if !literal.isEmpty || parts.isEmpty { parts.append(.text(String(literal))) }
        return Template(parts: parts)
    }

    /// The text with its placeholders filled in; one without a value becomes empty.
    package func render(_ values: [Placeholder: String]) -> String {
        var text = ""
        for part in parts {
            switch part {
            case .text(let literal): text += literal
            case .value(let placeholder): text += values[placeholder] ?? ""
            }
        }
        return text
    }

    private static func braces(
        in scalars: [Unicode.Scalar],
        at index: Int,
        _ brace: Unicode.Scalar
    ) -> Bool {
        index + 1 < scalars.count && scalars[index] == brace && scalars[index + 1] == brace
    }

    private static func placeholder(
        _ scalars: ArraySlice<Unicode.Scalar>,
        at offset: Int,
        length: Int
    ) throws(TextError) -> Placeholder {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars.filter { $0 != " " && $0 != "\t" })
        let name = String(view)
        if let known = Placeholder(rawValue: name) { return known }
        if later.contains(name) {
            throw TextError(
                code: DiagnosticCode.laterPlaceholder.rawValue,
                message: "`{{\(name)}}` is not in this version",
                offset: offset,
                length: length
            )
        }
        let near = Suggestion.nearest(to: name, among: Placeholder.allCases.map(\.rawValue))
        let all = Placeholder.allCases.map { "`{{\($0.rawValue)}}`" }.joined(separator: ", ")
        throw TextError(
            code: DiagnosticCode.unknownPlaceholder.rawValue,
            message: "unknown placeholder `{{\(name)}}`",
            offset: offset,
            length: length,
            remedy: near.isEmpty
                ? "there are \(all); write `{{{{` for a literal `{{`"
                : "did you mean \(near.map { "`{{\($0)}}`" }.joined(separator: " or "))?"
        )
    }

    private static func unclosed(at offset: Int, count: Int) -> TextError {
        TextError(
            code: DiagnosticCode.unclosedPlaceholder.rawValue,
            message: "`{{` is not closed",
            offset: offset,
            length: count,
            remedy: "close it with `}}`, or write `{{{{` for a literal `{{`"
        )
    }
}
