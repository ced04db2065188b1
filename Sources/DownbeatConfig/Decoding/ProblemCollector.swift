import DownbeatCore

/// A problem as it is found: with the place by file number, without the text of the line.
struct Problem {
    /// Another place that belongs to a problem.
    struct Related {
        var spot: Spot
        var length: Int
        var label: String
    }

    var code: DiagnosticCode.RawValue
    var message: String
    var spot: Spot
    /// How many scalars are marked.
    var length: Int
    var label: String
    var suggestion: String?
    var help: String?
    var related: Related?
    /// False when the line must not be shown, since it may hold a secret.
    var showsLine: Bool

    init(
        code: DiagnosticCode,
        message: String,
        spot: Spot,
        length: Int,
        label: String = "",
        suggestion: String? = nil,
        help: String? = nil,
        related: Related? = nil,
        showsLine: Bool = true
    ) {
        self.init(
            rawCode: code.rawValue,
            message: message,
            spot: spot,
            length: length,
            label: label,
            suggestion: suggestion,
            help: help,
            related: related,
            showsLine: showsLine
        )
    }

    init(
        rawCode: String,
        message: String,
        spot: Spot,
        length: Int,
        label: String = "",
        suggestion: String? = nil,
        help: String? = nil,
        related: Related? = nil,
        showsLine: Bool = true
    ) {
        code = rawCode
        self.message = message
        self.spot = spot
        self.length = length
        self.label = label
        self.suggestion = suggestion
        self.help = help
        self.related = related
        self.showsLine = showsLine
    }
}

/// Gathers the problems of all files and puts them in order.
///
/// One problem is kept for a code and a place: a default that is wrong is wrong in every schedule
/// that inherits it, but is reported once.
final class ProblemCollector {
    /// More problems than this help nobody; the rest is counted.
    static let countMax = 1000
    /// Lines longer than this, in scalars, are not shown: they would be copied for each problem.
    static let shownLineMax = 4096

    private struct Identity: Hashable {
        var code: String
        var spot: Spot
    }

    private(set) var sources: [SourceText?] = []
    private(set) var paths: [String] = []
    private var problems: [Problem] = []
    private var known: Set<Identity> = []
    private(set) var hasErrors = false
    private var leftOut = 0
    private var hasStopped = false
    /// Values that look like secrets, by the lines they stand on.
    private var secrets: [Line: [String]] = [:]

    private struct Line: Hashable {
        var file: Int
        var line: Int
    }

    /// Whether further problems are only counted, so that nothing need be worked out for them.
    var isFull: Bool { problems.count >= Self.countMax }

    /// Whether nothing that is still unread can change what comes of the files: they are wrong, and
    /// no further problem would be kept.
    var isClosed: Bool { hasErrors && isFull }

    /// Says that a part of the files was not looked at, since the collector is closed.
    func stopEarly() { hasStopped = true }

    /// Keeps the lines of a value that looks like a secret out of all problems.
    func hide(_ value: String, at spot: Spot) {
        let lineCount = value.split(separator: "\n", omittingEmptySubsequences: false).count
        for line in spot.line...(spot.line + lineCount) {
            // What stands behind the first line can only be a part of the same value.
            guard line == spot.line || lineCount > 1 else { break }
            secrets[Line(file: spot.file, line: line), default: []].append(value)
        }
    }

    /// Counts a problem that is not kept.
    func leaveOut(_ code: DiagnosticCode.RawValue) {
        if code.hasPrefix("E") { hasErrors = true }
        leftOut += 1
    }

    /// Registers a file; its number is what `Spot.file` says.
    func register(_ path: String) -> Int {
        sources.append(nil)
        paths.append(path)
        return paths.count - 1
    }

    /// The paths of all files once each: one that holds a calendar may be registered twice.
    var files: [String] {
        var known: Set<String> = []
        return paths.filter { known.insert($0).inserted }
    }

    func setSource(_ source: SourceText, ofFile file: Int) { sources[file] = source }

    func add(_ problem: Problem) {
        guard known.insert(Identity(code: problem.code, spot: problem.spot)).inserted else {
            return
        }
        if problem.code.hasPrefix("E") { hasErrors = true }
        guard !isFull else { return leaveOut(problem.code) }
        problems.append(problem)
    }

    /// The problems in order of file, line and column, with the text of their lines.
    func diagnostics() -> [Diagnostic] {
        let ordered = problems.enumerated().sorted { left, right in
            let (a, b) = (left.element.spot, right.element.spot)
            return (a.file, a.line, a.column, left.offset) < (
                b.file, b.line, b.column, right.offset
            )
        }
        return ordered.map { diagnostic($0.element) } + leftOutDiagnostic
    }

    private var leftOutDiagnostic: [Diagnostic] {
        guard leftOut > 0 || hasStopped else { return [] }
        return [
            Diagnostic(
                severity: hasErrors ? .error : .warning,
                code: DiagnosticCode.tooManyProblems.rawValue,
                message: hasStopped
                    ? "more than \(Self.countMax) problems: the rest was not looked at"
                    : "\(leftOut) more problems are not shown",
                place: SourcePlace(file: paths.last ?? "", line: 0, column: 0),
                help: "correct these first"
            )
        ]
    }

    func place(_ spot: Spot) -> SourcePlace {
        SourcePlace(
            file: paths.indices.contains(spot.file) ? paths[spot.file] : "",
            line: spot.line,
            column: spot.column
        )
    }

    /// How a place is named in a message: by its line alone within the same file.
    func reference(to spot: Spot, from other: Spot) -> String {
        spot.file == other.file ? "line \(spot.line)" : "\(place(spot).file):\(spot.line)"
    }

    private func diagnostic(_ problem: Problem) -> Diagnostic {
        let problem = masked(problem)
        let excerpt =
            problem.showsLine
            ? excerpt(problem.spot, length: problem.length, label: problem.label) : nil
        // Without a line to stand beside, the label stands behind the place.
        let label = excerpt == nil && !problem.label.isEmpty ? problem.label : nil
        return Diagnostic(
            severity: problem.code.hasPrefix("E") ? .error : .warning,
            code: problem.code,
            message: problem.message,
            place: place(problem.spot),
            suggestion: problem.suggestion,
            excerpt: excerpt,
            related: problem.related.flatMap {
                self.excerpt($0.spot, length: $0.length, label: $0.label)
            },
            help: problem.help ?? label
        )
    }

    /// The problem without what looks like a secret on its line, wherever it would be said.
    private func masked(_ problem: Problem) -> Problem {
        let values = secretValues(at: problem.spot)
        var masked = problem
        if !values.isEmpty {
            masked.showsLine = false
            masked.message = SecretLine.masked(problem.message, values)
            masked.label = SecretLine.masked(problem.label, values)
            masked.suggestion = problem.suggestion.map { SecretLine.masked($0, values) }
            masked.help = problem.help.map { SecretLine.masked($0, values) }
        }
        if let related = problem.related, !secretValues(at: related.spot).isEmpty {
            masked.related = nil
            let place = place(related.spot)
            let text = "\(related.label) at \(place.file):\(place.line):\(place.column)"
            masked.label = masked.label.isEmpty ? text : "\(masked.label); \(text)"
        }
        return masked
    }

    /// What must not be shown of a line: found by the decoder, or by a look at its text where a
    /// mistake kept the decoder from reading it.
    private func secretValues(at spot: Spot) -> [String] {
        if let known = secrets[Line(file: spot.file, line: spot.line)] { return known }
        guard spot.line > 0, sources.indices.contains(spot.file), let source = sources[spot.file],
            source.scalars(ofLine: spot.line).count <= Self.shownLineMax
        else { return [] }
        return SecretLine.values(in: source.line(spot.line))
    }

    private func excerpt(_ spot: Spot, length: Int, label: String) -> Diagnostic.Excerpt? {
        guard spot.line > 0, sources.indices.contains(spot.file), let source = sources[spot.file],
            source.scalars(ofLine: spot.line).count <= Self.shownLineMax
        else { return nil }
        return Diagnostic.Excerpt(
            place: place(spot),
            text: source.line(spot.line),
            length: max(1, length),
            label: label
        )
    }
}
