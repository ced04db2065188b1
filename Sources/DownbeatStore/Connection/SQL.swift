/// The text of a statement, known by its address where it has a lasting one.
///
/// Looking a statement up by its text means hashing some hundred bytes at every call. A literal has
/// an address for the life of the process, so that is its key.
struct SQL: ExpressibleByStringInterpolation, Sendable {
    /// A text that was put together once and stays.
    private final class Lasting: Sendable {
        let text: String

        init(_ text: String) {
            self.text = text
        }
    }

    private enum Source: Sendable {
        case literal(StaticString)
        case lasting(Lasting)
        case passing(String)
    }

    /// Collects the parts of a text that is put together at each call.
    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity)
        }

        mutating func appendLiteral(_ literal: StaticString) {
            text += literal.description
        }

        mutating func appendInterpolation(_ part: String) {
            text += part
        }
    }

    private let source: Source

    init(stringLiteral text: StaticString) {
        source = .literal(text)
    }

    init(stringInterpolation parts: StringInterpolation) {
        source = .passing(parts.text)
    }

    /// A text that only this call has.
    init(_ text: String) {
        source = .passing(text)
    }

    /// A text for a `static let`, which is as good as a literal.
    ///
    /// The value must live as long as the process: its address is the statement's key.
    static func lasting(_ text: String) -> SQL {
        SQL(.lasting(Lasting(text)))
    }

    private init(_ source: Source) {
        self.source = source
    }

    /// What names the text for ever; nil: nothing does.
    var key: UnsafeRawPointer? {
        switch source {
        case .literal(let text):
            text.hasPointerRepresentation ? UnsafeRawPointer(text.utf8Start) : nil
        case .lasting(let text): UnsafeRawPointer(Unmanaged.passUnretained(text).toOpaque())
        case .passing: nil
        }
    }

    /// The text itself.
    var text: String {
        switch source {
        case .literal(let text): text.description
        case .lasting(let text): text.text
        case .passing(let text): text
        }
    }
}
