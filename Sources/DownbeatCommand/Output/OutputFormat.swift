import ArgumentParser

/// How a command writes its data.
package enum OutputFormat: String, Sendable, CaseIterable {
    /// For people: aligned columns, relative times, colour where wanted.
    case table
    /// For pipes: tab-separated, one header, nothing cut off, RFC 3339.
    case plain
    /// One object `{"v":1,"items":[…]}`.
    case json
    /// One item a line.
    case jsonl

    /// Whether only a program reads it: nothing else may stand beside it.
    var isForMachines: Bool {
        switch self {
        case .json, .jsonl: true
        case .table, .plain: false
        }
    }

    /// The format to use when the user names none.
    package static func standard(isTerminal: Bool) -> OutputFormat {
        isTerminal ? .table : .plain
    }
}

extension OutputFormat: ExpressibleByArgument {}
