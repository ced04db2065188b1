/// One problem of a schedule file, with place and remedy.
package struct Diagnostic: Sendable, Hashable {
    package enum Severity: String, Sendable, Codable {
        case error
        case warning
    }

    /// A line of a file with the part that is meant.
    package struct Excerpt: Sendable, Hashable {
        package var place: SourcePlace
        /// The line's text without its end.
        package var text: String
        /// How many Unicode scalars are marked, from `place.column`; at least 1.
        package var length: Int
        /// What stands beside the carets, such as ``did you mean `timezone`?``; may be empty.
        package var label: String

        package init(place: SourcePlace, text: String, length: Int, label: String) {
            self.place = place
            self.text = text
            self.length = length
            self.label = label
        }
    }

    package var severity: Severity
    /// Stable: `E0201`, `W0402`.
    package var code: String
    /// What is wrong, without place, without a full stop.
    package var message: String
    package var place: SourcePlace
    /// The replacement to type, if there is one: ``timezone``.
    package var suggestion: String?
    /// The line itself; nil when the problem has no line (an unreadable file).
    package var excerpt: Excerpt?
    /// Another place that belongs to it: the first definition of a duplicate.
    package var related: Excerpt?
    /// A remedy that needs more than the label: lines of text, shown after `help:`.
    package var help: String?

    package init(
        severity: Severity,
        code: String,
        message: String,
        place: SourcePlace,
        suggestion: String? = nil,
        excerpt: Excerpt? = nil,
        related: Excerpt? = nil,
        help: String? = nil
    ) {
        self.severity = severity
        self.code = code
        self.message = message
        self.place = place
        self.suggestion = suggestion
        self.excerpt = excerpt
        self.related = related
        self.help = help
    }
}
