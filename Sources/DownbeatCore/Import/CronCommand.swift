/// A cron command taken apart at its `%`: what the shell executes, and what that reads.
///
/// As `do_command.c` of Vixie's cron does it: the first `%` without `\` before it ends the command,
/// those behind it are newlines of its standard input, and `\%` is a `%`. An input gets a newline at
/// its end when it has none.
struct CronCommand: Hashable {
    var text: String
    var input: String?

    init(_ raw: String) {
        var command = String.UnicodeScalarView()
        var rest = raw.unicodeScalars[...]
        var isEscaped = false
        var hasInput = false
        while let scalar = rest.popFirst() {
            if isEscaped {
                isEscaped = false
                if scalar == "%" { command.removeLast() }
            } else if scalar == "\\" {
                isEscaped = true
            } else if scalar == "%" {
                hasInput = true
                break
            }
            command.append(scalar)
        }
        text = String(command)
        input = hasInput && !rest.isEmpty ? Self.input(rest) : nil
        // Blanks at the end mean nothing to a shell, unless one of them is escaped.
        let trimmed = CrontabFile.trimmedEnd(text[...])
        if trimmed.last != "\\" { text = String(trimmed) }
    }

    private static func input(_ raw: Substring.UnicodeScalarView) -> String {
        var text = String.UnicodeScalarView()
        var isEscaped = false
        for scalar in raw {
            var scalar = scalar
            if isEscaped {
                if scalar != "%" { text.append("\\") }
            } else if scalar == "%" {
                scalar = "\n"
            }
            isEscaped = scalar == "\\"
            if !isEscaped { text.append(scalar) }
        }
        if isEscaped { text.append("\\") }
        if text.last != "\n" { text.append("\n") }
        return String(text)
    }
}
