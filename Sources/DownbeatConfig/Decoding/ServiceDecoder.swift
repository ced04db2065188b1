import DownbeatCore

/// Reads the settings of the service: `state`, `queues`, `drain`, `secrets`.
struct ServiceDecoder {
    /// Runs at once in one queue.
    static let queueWidthMax = 10_000
    static let queueCountMax = 1000

    let context: DecodingContext
    let contents: FileContents

    func decode(zone: String) -> ServiceSettings {
        var settings = ServiceSettings(zone: zone)
        settings.stateFolder = contents.keys[.state].flatMap { context.path($0.value, of: "state") }
        if let drain = contents.keys[.drain].flatMap({ context.duration($0.value, of: "drain") }) {
            settings.drain = drain
        }
        if let queues = contents.keys[.queues] {
            settings.queues.merge(self.queues(queues.value)) { _, written in written }
        }
        if let secrets = contents.keys[.secrets] { settings.secrets = self.secrets(secrets.value) }
        return settings
    }

    private func queues(_ node: YAMLNode) -> [String: Int] {
        guard let entries = context.entries(node, of: "queues") else { return [:] }
        var queues: [String: Int] = [:]
        for entry in entries.prefix(Self.queueCountMax) where !entry.name.hasPrefix("x-") {
            guard let name = context.checkName(entry.name, at: entry.key, noun: "queue") else {
                continue
            }
            if case .mapping = entry.value.content {
                context.report(
                    .wrongShape,
                    "a queue takes a number: how many of its runs may execute at once",
                    at: entry.key,
                    label: "write `\(name): 1`",
                    suggestion: "\(name): 1"
                )
                continue
            }
            queues[name] = context.integer(entry.value, of: name, in: 1...Self.queueWidthMax)
        }
        return queues
    }

    private func secrets(_ node: YAMLNode) -> [String: SecretSource] {
        guard let entries = context.entries(node, of: "secrets") else { return [:] }
        var secrets: [String: SecretSource] = [:]
        for entry in entries where !entry.name.hasPrefix("x-") {
            guard EnvironmentName.isValid(entry.name) else {
                context.report(
                    .badVariableName,
                    "`\(entry.name)` cannot be the name of a secret",
                    at: entry.key,
                    label: "letters, digits and `_`, not a digit first"
                )
                continue
            }
            secrets[entry.name] = source(entry)
        }
        return secrets
    }

    private func source(_ entry: YAMLEntry) -> SecretSource? {
        guard case .mapping(let keys) = entry.value.content else {
            // The value itself may stand here, so the line is not shown.
            context.problems.hide(entry.value.text ?? "", at: entry.value.spot)
            context.report(
                .badSecretSource,
                "secret `\(entry.name)` must say where its value comes from",
                at: entry.value,
                label: "write `{ env: \(entry.name) }` or `{ file: /run/secrets/name }`",
                showsLine: false
            )
            return nil
        }
        for key in keys where !InnerKey.secret.contains(key.name) {
            context.reportUnknown(key, at: .inner(parent: entry.name, keys: InnerKey.secret))
        }
        let sources = keys.filter { InnerKey.secret.contains($0.name) }
        guard sources.count == 1, let source = sources.first else {
            context.report(
                .badSecretSource,
                "secret `\(entry.name)` takes one of `env` and `file`",
                at: entry.key
            )
            return nil
        }
        if source.name == "file" {
            return context.path(source.value, of: "file").map(SecretSource.file)
        }
        guard let variable = context.text(source.value, of: "env") else { return nil }
        guard EnvironmentName.isValid(variable) else {
            context.report(
                .badVariableName,
                "`\(variable)` cannot be the name of an environment variable",
                at: source.value,
                label: "letters, digits and `_`, not a digit first"
            )
            return nil
        }
        return .environment(variable)
    }
}
