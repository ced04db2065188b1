import DownbeatCore

/// Reads `env:` maps: text with templates, or the name of a secret.
struct EnvironmentDecoder {
    let context: DecodingContext
    /// Names under `secrets:`; nil when they are not known.
    let secrets: Set<String>?

    /// What a value begins with that names a secret.
    static let secretPrefix = "secret:"

    func decode(_ fields: [ScheduleFields.Field]) -> [EnvironmentVariable] {
        fields.compactMap { variable($0.entry) }
    }

    private func variable(_ entry: YAMLEntry) -> EnvironmentVariable? {
        let isLiteralSecret =
            entry.value.text.map {
                !$0.hasPrefix(Self.secretPrefix) && Self.looksSecret(name: entry.name, value: $0)
            } ?? false
        if isLiteralSecret {
            context.problems.hide(entry.value.text ?? "", at: entry.value.spot)
        }
        guard EnvironmentName.isValid(entry.name) else {
            context.report(
                .badVariableName,
                "`\(entry.name)` cannot be the name of an environment variable",
                at: entry.key,
                label: "letters, digits and `_`, not a digit first"
            )
            return nil
        }
        guard !entry.name.hasPrefix("DOWNBEAT_") else {
            context.report(
                .badVariableName,
                "`\(entry.name)` is set by Downbeat",
                at: entry.key,
                label: "names that begin with `DOWNBEAT_` are taken"
            )
            return nil
        }
        guard let raw = context.scalar(entry.value, of: entry.name) else { return nil }
        if raw.hasPrefix(Self.secretPrefix) {
            return secret(String(raw.dropFirst(Self.secretPrefix.count)), entry).map {
                EnvironmentVariable(name: entry.name, value: .secret($0))
            }
        }
        guard let text = context.text(entry.value, of: entry.name),
            context.checkTemplate(text, in: entry.value)
        else { return nil }
        refusePartialSecret(raw, entry.value)
        if isLiteralSecret {
            context.report(
                .literalSecret,
                "the value of `\(entry.name)` looks like a secret",
                at: entry.value,
                label: "declare it under `secrets:` and write `secret:NAME`",
                showsLine: false
            )
        }
        return EnvironmentVariable(name: entry.name, value: .text(text))
    }

    private func secret(_ name: String, _ entry: YAMLEntry) -> String? {
        guard let secrets, !secrets.contains(name) else { return name }
        let near = Suggestion.nearest(to: name, among: secrets.sorted())
        context.report(
            .undeclaredSecret,
            "no secret `\(name)`",
            at: entry.value,
            label: near.isEmpty
                ? "declare it: `secrets: { \(name): { env: \(name) } }`"
                : "did you mean \(near.map { "`secret:\($0)`" }.joined(separator: " or "))?",
            suggestion: near.count == 1 ? near.first.map { "secret:\($0)" } : nil
        )
        return nil
    }

    /// A secret inside a longer text, or in a command, would be stored as text that means nothing.
    func refusePartialSecret(_ text: String, _ node: YAMLNode) {
        guard text.utf8.contains(UInt8(ascii: ":")), let secrets else { return }
        let named = secrets.sorted().first { text.contains(Self.secretPrefix + $0) }
        guard let named else { return }
        context.report(
            .partialSecret,
            "`secret:\(named)` may only be the whole value of a variable under `env`",
            at: node,
            label: "pass it as `env: { \(named): secret:\(named) }`"
        )
    }

    private static let words = [
        "SECRET", "TOKEN", "PASSWORD", "PASSWD", "API_KEY", "APIKEY", "PRIVATE_KEY", "ACCESS_KEY",
    ]

    private static let prefixes = [
        "sk-", "ghp_", "gho_", "github_pat_", "glpat-", "AKIA", "xoxb-", "-----BEGIN",
    ]

    /// Whether a literal is likely a secret: by the variable's name, or by how known keys begin.
    static func looksSecret(name: String, value: String) -> Bool {
        guard value.count >= 6, !value.contains("${"), !value.contains("{{") else { return false }
        if prefixes.contains(where: value.hasPrefix) { return true }
        let upper = name.uppercased()
        let isPath = value.hasPrefix("/") || upper.hasSuffix("_FILE") || upper.hasSuffix("_PATH")
        return !isPath && words.contains(where: upper.contains)
    }
}
