extension Schedule {
    /// A text of all that makes the schedule what it is; two schedules with one text are one definition.
    ///
    /// Each field is written with its length, so that no value can pass for another field. Where it
    /// stands in which file, remarks, which values were inherited, its name and the name that it had
    /// before do not count: a renamed schedule is the same definition.
    package var canonicalText: String {
        var text = CanonicalText()
        text.add("rule", rule.canonicalText)
        text.add("zone", definition.zone)
        switch definition.action {
        case .command(let items):
            text.add("command", String(items.count))
            for item in items { text.add("item", item) }
        case .shell(let script): text.add("shell", script)
        case .builtIn(let builtIn):
            text.add("built_in", builtIn.name)
            text.add("options", builtIn.options)
        }
        for variable in definition.environment {
            switch variable.value {
            case .text(let value): text.add("env.\(variable.name)", value)
            case .secret(let secret): text.add("secret.\(variable.name)", secret)
            }
        }
        text.add("stdin", definition.input)
        for word in definition.onFailure ?? [] { text.add("on_failure", word) }
        text.add("cwd", definition.workingDirectory)
        text.add("user", definition.user)
        text.add("timeout", definition.timeout)
        text.add("grace", definition.grace)
        let retry = definition.retry
        text.add("retry", "\(retry.times) \(retry.factor) \(retry.jitter)")
        text.add("retry.wait", retry.wait)
        text.add("retry.max_wait", retry.maxWait)
        text.add("delivery", definition.delivery.rawValue)
        text.add("success_codes", definition.successCodes.map(String.init).joined(separator: " "))
        text.add("queue", queue)
        text.add("overlap", overlap.rawValue)
        text.add("catch_up", "\(catchUp.policy.rawValue) \(catchUp.limit)")
        text.add("catch_up_within", catchUp.within)
        text.add("late_after", catchUp.lateAfter)
        text.add("expires", expires)
        text.add("spread", spread)
        text.add("keep", "\(keep.atMost) \(keep.atLeast)")
        text.add("keep.runs", keep.runs)
        text.add("keep.output", keep.output)
        text.add("enabled", isEnabled ? "true" : "false")
        for tag in tags { text.add("tag", tag) }
        text.add("description", description)
        return text.text
    }

    /// The revision of the definition: 16 hexadecimal digits of FNV-1a 64 over `canonicalText`.
    package var revision: String { FNV1a64(canonicalText).hexadecimal }
}

private struct CanonicalText {
    var text = ""

    mutating func add(_ key: String, _ value: String?) {
        guard let value else { return }
        text += "\(key)=\(value.utf8.count):\(value)\n"
    }

    mutating func add(_ key: String, _ duration: Duration?) {
        add(key, duration.map { String($0.wholeMicroseconds) })
    }
}
