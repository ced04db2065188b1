/// Lines that programs called cron read in different ways, or that mean what nobody meant.
enum CronTrap {
    /// Why a line is left out; nil: its fields decide.
    static func reason(_ entry: CrontabFile.Entry) -> String? {
        let schedule = entry.schedule
        if schedule == "@reboot" {
            return "`@reboot` has no time: have the system start it, with a systemd unit"
                + " (`WantedBy=multi-user.target`)"
        }
        if schedule.hasPrefix("@"), let digit = schedule.dropFirst().first, digit.isNumber {
            return "`\(schedule)` counts from the end of the run before; write"
                + " `every: …` with `anchor: last_end`"
        }
        if schedule.contains("~") {
            return "`\(schedule)` is a random time (cronie, OpenBSD): write one time of the range"
        }
        if let word = entry.command.split(whereSeparator: CrontabFile.isBlank).first,
            entry.user == nil, looksLikeField(word)
        {
            return "`\(word)` in place of the command looks like a sixth field; cron has five:"
                + " leave out the seconds or the year"
        }
        if let user = entry.user, looksLikeField(user[...]) {
            return "`\(user)` in place of the user looks like a sixth field; cron has five"
        }
        if let user = entry.user, !isUser(user) {
            return "`\(user)` cannot be a user; if the file has none, import it with --user"
        }
        return nil
    }

    /// The expression in the words that all readers share.
    static func translated(_ schedule: String) -> String {
        // FreeBSD's.
        schedule == "@every_minute" ? "* * * * *" : schedule
    }

    /// What came over and deserves a word.
    static func remarks(_ entry: CrontabFile.Entry) -> [CronSettings.Remark] {
        var remarks: [CronSettings.Remark] = []
        if entry.isUnlogged {
            remarks.append((.note, "`-` before the time (no line in the log) is left out"))
        }
        let weekdays = entry.schedule.split(separator: " ").last?.lowercased() ?? ""
        if entry.schedule.contains(" "),
            weekdays.split(separator: ",").contains(where: { $0.contains("-sun") })
        {
            let text =
                "a range that ends on Sunday by name never comes in Debian's cron;"
                + " taken as cronie and Downbeat do"
            remarks.append((.warning, text))
        }
        let (flags, command) = flags(of: entry.command)
        if !flags.isEmpty {
            let meaning = flags.contains("s") ? "`-s` became `overlap: skip`" : "left out"
            remarks.append((.note, "`-\(String(flags))` before the command (OpenBSD): \(meaning)"))
        }
        if command.last == "\\" {
            let text = "the command ends with `\\`, which continues no line in cron; kept as is"
            remarks.append((.warning, text))
        }
        return remarks
    }

    /// OpenBSD's flags before a command, and the rest of it.
    static func flags(of command: String) -> (flags: [Character], command: String) {
        guard command.first == "-",
            let blank = command.firstIndex(where: CrontabFile.isBlank)
        else { return ([], command) }
        let flags = command[command.index(after: command.startIndex)..<blank]
        guard !flags.isEmpty, flags.allSatisfy({ "nqs".contains($0) }) else { return ([], command) }
        let rest = command[blank...].drop(while: CrontabFile.isBlank)
        return (Array(flags), String(rest))
    }

    /// Why a line is none at all.
    static func unreadable(_ text: String, _ form: CrontabFile.Form) -> String {
        let fields = text.split(whereSeparator: CrontabFile.isBlank)
        let isAnacron =
            fields.count >= 4 && fields[0].allSatisfy(\.isNumber)
            && fields[1].allSatisfy(\.isNumber) && fields[2].first?.isLetter == true
        if isAnacron { return anacron }
        let what =
            form == .system ? "five fields, a user and a command" : "five fields and a command"
        return "not a line of a crontab, which has \(what)"
    }

    private static let anacron =
        "this looks like a line of anacron; write `every: 1d` or `at:` with `catch_up: once`"

    private static func looksLikeField(_ word: Substring) -> Bool {
        guard let first = word.first, first == "*" || first == "?" || first.isNumber else {
            return false
        }
        return word.allSatisfy { $0.isNumber || "*?/,-".contains($0) }
    }

    private static func isUser(_ word: String) -> Bool {
        word.utf8.count <= 32 && !word.hasPrefix("-") && !word.hasPrefix("/")
            && !word.contains { "\"'$`|;&<>()=".contains($0) }
    }
}
