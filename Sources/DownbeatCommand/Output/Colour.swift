import ArgumentParser

/// Whether to colour, as asked for by `--color`.
package enum ColourChoice: String, Sendable, CaseIterable, ExpressibleByArgument {
    case auto
    case always
    case never

    /// Decides: `--color`, then a non-empty `NO_COLOR`, then `FORCE_COLOR` or `CLICOLOR_FORCE`, then
    /// whether a terminal that can do it is there.
    ///
    /// Source: no-color.org and force-color.org.
    package func allows(isTerminal: Bool, environment: [String: String]) -> Bool {
        switch self {
        case .always: return true
        case .never: return false
        case .auto: break
        }
        if environment["NO_COLOR"]?.isEmpty == false { return false }
        for name in ["FORCE_COLOR", "CLICOLOR_FORCE"] {
            if let value = environment[name], !value.isEmpty, value != "0" { return true }
        }
        return isTerminal && environment["TERM"] != "dumb"
    }
}

/// The few colours in use; a state is always a word first, so nothing is lost without them.
package enum Colour: String, Sendable {
    case red = "31"
    case green = "32"
    case yellow = "33"
    case blue = "34"
    case cyan = "36"
    case faint = "2"
    case bold = "1"

    /// The text between this colour's escape sequence and the one that ends it.
    package func paint(_ text: String, when enabled: Bool) -> String {
        enabled && !text.isEmpty ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
    }
}
