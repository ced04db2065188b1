/// Names for schedules that had none: from the program of their command.
///
/// A name depends on the line and on those above it alone, so importing a file again gives the same
/// names as long as nothing was put in between.
struct ImportedName {
    /// As long as a name may be, less room for a number.
    private static let lengthMax = 48

    /// Programs that only start another: it is the other that counts.
    private static let starters: Set<String> = [
        "sudo", "nice", "ionice", "nohup", "timeout", "flock", "chronic", "env", "time", "exec",
        "setsid", "chpst", "su", "runuser", "start-stop-daemon", "cronlock", "cronic", "bundle",
        "if",
        "then", "else", "elif", "do", "while", "until", "!",
    ]

    /// Programs that read another: the script counts.
    private static let interpreters: Set<String> = [
        "sh", "bash", "dash", "zsh", "ksh", "ash", "python", "python2", "python3", "perl", "ruby",
        "php", "node", "java",
    ]

    /// What leads a line without being what it is about.
    private static let leaders: Set<String> = [
        "cd", "test", "[", "[[", "]", ".", "source", "export", "umask", "set", "sleep", "command",
        "true", ":",
    ]

    /// What ends a compound command and is no command.
    private static let ends: Set<String> = ["fi", "done", "esac", "]", "]]"]

    private var taken: Set<String> = []

    /// The name of the next schedule.
    mutating func next(for command: String, line: Int) -> String {
        let base = Self.base(of: command) ?? "line-\(line)"
        var name = base
        var number = 2
        while !taken.insert(name.lowercased()).inserted {
            name = "\(base)-\(number)"
            number += 1
        }
        return name
    }

    private static func base(of command: String) -> String? {
        var fallback: String?
        for part in parts(of: command) {
            guard let program = part.first, !ends.contains(program) else { continue }
            if let script = script(of: part) {
                if let name = base(of: script) { return name }
                continue
            }
            let name = allowed(stem(program))
            if leaders.contains(program) || leaders.contains(stem(program)) {
                fallback = fallback ?? name
                continue
            }
            guard let name else { continue }
            return joined(name, argument(of: part))
        }
        return fallback
    }

    /// What a shell is given to execute with `-c`, or nothing for a line of another language; nil:
    /// neither.
    private static func script(of part: [String]) -> String? {
        guard let first = part.first, interpreters.contains(stem(first)) else { return nil }
        if part.contains("-e") { return "" }
        guard let place = part.firstIndex(where: { $0.hasPrefix("-") && $0.hasSuffix("c") }),
            place + 1 < part.count
        else { return nil }
        return part[place + 1]
    }

    /// Simple commands of a line, each with its words, without what only leads to them.
    private static func parts(of command: String) -> [[String]] {
        var parts: [[String]] = [[]]
        var word = ""
        var quote: Character?
        /// Inside `$(…)`, which is part of a word.
        var depth = 0
        func end() {
            if !word.isEmpty { parts[parts.count - 1].append(word) }
            word = ""
        }
        for character in command {
            if let open = quote {
                if character == open { quote = nil } else { word.append(character) }
                continue
            }
            if character == "(", depth > 0 || word.last == "$" {
                depth += 1
                continue
            }
            guard depth == 0 else {
                if character == ")" { depth -= 1 }
                continue
            }
            switch character {
            case "'", "\"": quote = character
            case " ", "\t": end()
            case "{", "}":
                // `${NAME}` is part of a word; a brace of its own begins or ends a group.
                if word.isEmpty { parts.append([]) } else { word.append(character) }
            case ";", "&", "|", "(", ")", "\n":
                end()
                parts.append([])
            case ">", "<":
                // What follows is a file, and no word of the command.
                end()
                parts.append([":"])
            default: word.append(character)
            }
        }
        end()
        return parts.map { withoutLead($0) }.filter { !$0.isEmpty }
    }

    /// Without assignments, starters and their options; with the script in place of an interpreter.
    private static func withoutLead(_ words: [String]) -> [String] {
        var words = words[...]
        while let first = words.first {
            let isStarter = starters.contains(stem(first))
            guard isStarter || isAssignment(first) else { break }
            words = words.dropFirst()
            if isStarter { dropOptions(of: stem(first), &words) }
        }
        guard let first = words.first, interpreters.contains(stem(first)) else {
            return Array(words)
        }
        if script(of: Array(words)) != nil || words.contains("-e") { return Array(words) }
        let script = words.dropFirst().drop { $0.hasPrefix("-") }
        return script.isEmpty ? [stem(first)] : Array(script)
    }

    /// Takes away what a starter reads itself: options with their values, numbers, a lock file.
    private static func dropOptions(of starter: String, _ words: inout ArraySlice<String>) {
        while let next = words.first, words.count > 1,
            next.hasPrefix("-") || isNumber(next) || isAssignment(next)
        {
            words = words.dropFirst()
            let takesValue = ["-u", "-g", "-k", "-s", "-w"].contains(next)
            if takesValue, words.count > 1, starter != "start-stop-daemon" {
                words = words.dropFirst()
            }
        }
        if starter == "flock", words.count > 1 { words = words.dropFirst() }
    }

    /// The first plain word behind the program, which often says what of it is meant.
    private static func argument(of part: [String]) -> String? {
        guard let word = part.dropFirst().first(where: { !$0.hasPrefix("-") }) else { return nil }
        // A folder to run parts of has a telling name; other paths do not.
        let isParts = part.first.map { stem($0) == "run-parts" } ?? false
        if isParts { return allowed(lastPart(word).replacing("cron.", with: "")) }
        let isPlain = word.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x30...0x39).contains(byte) || ":-_.".utf8.contains(byte)
        }
        guard isPlain, word.first?.isLetter == true else { return nil }
        return allowed(word)
    }

    private static func joined(_ name: String, _ argument: String?) -> String {
        guard let argument, argument != name else { return name }
        return "\(name)-\(argument)"
    }

    /// `/usr/local/bin/backup.sh` is `backup`.
    private static func stem(_ path: String) -> String {
        let name = lastPart(path)
        for ending in [".sh", ".bash", ".py", ".pl", ".rb", ".php", ".js", ".jar"]
        where name.hasSuffix(ending) && name.count > ending.count {
            return String(name.dropLast(ending.count))
        }
        return name
    }

    private static func lastPart(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// What may stand in a name, with `-` for the rest; nil: nothing is left.
    private static func allowed(_ text: String) -> String? {
        var name = ""
        for character in text {
            let isPlain = character.isLetter || character.isWholeNumber && character.isASCII
            if isPlain || "_.".contains(character) {
                name.append(character)
            } else if !name.isEmpty, name.last != "-" {
                name.append("-")
            }
        }
        name = String(name.prefix(lengthMax))
        while let last = name.last, "-.".contains(last) { name.removeLast() }
        while let first = name.first, "-.".contains(first) { name.removeFirst() }
        return name.isEmpty ? nil : name
    }

    private static func isAssignment(_ word: String) -> Bool {
        guard let sign = word.firstIndex(of: "="), sign > word.startIndex else { return false }
        return word[..<sign].allSatisfy { $0.isASCII && ($0.isLetter || $0 == "_" || $0.isNumber) }
    }

    private static func isNumber(_ word: String) -> Bool {
        word.first?.isNumber ?? false
    }
}
