/// What an attempt executes, ready for the keeper: arguments, environment, folder, user.
package struct AttemptCommand: Hashable, Sendable {
    package var arguments: [String]
    /// `NAME=value` each.
    package var environment: [String]
    package var workingDirectory: String?
    package var user: String?
    /// Whether a child of this program is started, with a channel, instead of a command.
    package var isChild: Bool
    /// What it reads on its standard input; nil: nothing.
    package var input: String?
    /// Values of secrets in the environment, to be masked in the output.
    package var secrets: [String]

    /// What the worker knows of the machine, and of the user that the command runs as.
    package struct Surroundings: Hashable, Sendable {
        package var home: String
        package var language: String
        package var user: String
        package var workingDirectory: String

        package init(home: String, language: String, user: String, workingDirectory: String) {
            self.home = home
            self.language = language
            self.user = user
            self.workingDirectory = workingDirectory
        }
    }

    /// What a child is called in lists of processes; the name of its built-in follows.
    package static let childName = "downbeat-child"

    /// The PATH of every command that does not name one.
    package static let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// Renders a run's definition.
    ///
    /// The environment is a list: PATH, HOME, LANG, USER, LOGNAME, TZ, the run's own variables, and
    /// what `env` names, which wins. The worker's environment is not passed on.
    ///
    /// - Parameters:
    ///   - run: the claimed run.
    ///   - zone: the schedule's zone.
    ///   - surroundings: for the clean part of the environment.
    ///   - secret: the value of a secret; throws a sentence when it cannot be read.
    /// - Throws: `NotRendered` with the sentence for the attempt's error.
    package init(
        _ run: ClaimedRun,
        zone: ZoneRules,
        surroundings: Surroundings,
        secret: (String) throws(NotRendered) -> String
    ) throws(NotRendered) {
        let values = Self.templateValues(of: run, zone: zone)
        switch run.definition.action {
        case .command(let words):
            var rendered: [String] = []
            for word in words { rendered.append(try Self.render(word, values)) }
            arguments = rendered
        case .shell(let script):
            arguments = ["/bin/sh", "-eu", "-c", script]
        case .builtIn(let builtIn):
            arguments = [Self.childName, builtIn.name]
        }
        isChild = run.definition.action.isBuiltIn
        var variables: [(name: String, value: String)] = [
            ("PATH", Self.path), ("HOME", surroundings.home), ("LANG", surroundings.language),
            ("USER", surroundings.user), ("LOGNAME", surroundings.user),
            ("TZ", run.definition.zone), ("DOWNBEAT_SCHEDULE", run.schedule),
            ("DOWNBEAT_SLOT", run.slot.map { InstantText.format($0, zone: zone) } ?? ""),
            ("DOWNBEAT_RUN_ID", run.id.text), ("DOWNBEAT_ATTEMPT", "\(run.attempt)"),
            ("DOWNBEAT_QUEUE", run.queue),
        ]
        secrets = []
        for variable in run.definition.environment {
            let value: String
            switch variable.value {
            case .text(let text): value = try Self.render(text, values)
            case .secret(let name):
                value = try secret(name)
                secrets.append(value)
            }
            variables.removeAll { $0.name == variable.name }
            variables.append((variable.name, value))
        }
        environment = variables.map { "\($0.name)=\($0.value)" }
        user = run.definition.user
        // A built-in names its paths in full, and another user may not be let into the daemon's folder.
        workingDirectory =
            isChild && user != nil
            ? "/" : run.definition.workingDirectory ?? surroundings.workingDirectory
        input = run.definition.input
    }

    /// Renders the `on_failure` command of a run that has ended as `failed`.
    ///
    /// It is as an attempt of the run, with the number of the last one, in the same folder as the same
    /// user, with `DOWNBEAT_STATE` and `DOWNBEAT_ERROR` besides; it reads nothing.
    ///
    /// - Parameters:
    ///   - failure: the run and what went wrong.
    ///   - zone: the schedule's zone.
    ///   - surroundings: for the clean part of the environment.
    ///   - secret: the value of a secret; throws a sentence when it cannot be read.
    /// - Throws: `NotRendered` with the sentence for the record.
    package init(
        _ failure: ClaimedFailure,
        zone: ZoneRules,
        surroundings: Surroundings,
        secret: (String) throws(NotRendered) -> String
    ) throws(NotRendered) {
        var run = failure.run
        run.definition.action = .command(run.definition.onFailure ?? [])
        run.definition.input = nil
        try self.init(run, zone: zone, surroundings: surroundings, secret: secret)
        environment.append("DOWNBEAT_STATE=\(RunState.failed.rawValue)")
        environment.append("DOWNBEAT_ERROR=\(failure.error.filter { $0 != "\0" })")
    }

    private static func render(
        _ text: String,
        _ values: [Template.Placeholder: String]
    ) throws(NotRendered) -> String {
        do {
            return try Template.parse(text).render(values)
        } catch {
            throw NotRendered(sentence: error.message)
        }
    }

    /// A manual run is due when it was asked for.
    private static func templateValues(
        of run: ClaimedRun,
        zone: ZoneRules
    ) -> [Template.Placeholder: String] {
        let due = run.slot ?? run.due
        let local = InstantText.format(due, zone: zone)
        return [
            .due: local,
            .dueUTC: InstantText.format(due, zone: .utc),
            .dueDate: String(local.prefix { $0 != "T" }),
            .schedule: run.schedule,
            .runID: run.id.text,
            .attempt: "\(run.attempt)",
            .lastOK: run.lastSucceeded.map { InstantText.format($0, zone: zone) } ?? "",
        ]
    }
}

/// Why an attempt could not be made ready: a whole sentence without a full stop.
package struct NotRendered: Error, Hashable, Sendable {
    package var sentence: String

    package init(sentence: String) {
        self.sentence = sentence
    }
}
