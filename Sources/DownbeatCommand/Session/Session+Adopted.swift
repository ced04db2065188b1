import DownbeatCore

/// What is scheduled, for commands that read: as the files say it or, while these do not load, as
/// the daemon took it over last.
struct KnownSchedules {
    var configuration: Configuration
    /// Whether this is what the database keeps, which knows no policies and no places in files.
    var isAdopted: Bool { problem != nil }
    /// Why the files do not load, in a sentence; nil: they do.
    var problem: String?
}

extension Session {
    /// What is scheduled; while the files do not load, what the daemon runs, with a note on stderr.
    ///
    /// - Throws: `CommandError` 66 or 78 when there are neither valid files nor a database.
    func knownSchedules() throws(CommandError) -> KnownSchedules {
        let reading = operations.readConfiguration(configurationPaths)
        if let configuration = reading.configuration {
            return KnownSchedules(configuration: configuration)
        }
        guard let adopted = adoptedConfiguration() else {
            return KnownSchedules(configuration: try configuration())
        }
        let problem = fileProblem(reading)
        say("note: \(problem); shown as the daemon took them over last")
        return KnownSchedules(configuration: adopted, problem: problem)
    }

    /// The same for commands that can do without; nil: there is nothing.
    func knownSchedulesIfAny() -> KnownSchedules? {
        let reading = operations.readConfiguration(configurationPaths)
        if let configuration = reading.configuration {
            return KnownSchedules(configuration: configuration)
        }
        guard let adopted = adoptedConfiguration() else { return nil }
        let problem = fileProblem(reading)
        say("note: \(problem); going by what the daemon took over last")
        return KnownSchedules(configuration: adopted, problem: problem)
    }

    /// The settings of the files for commands that read the database alone; a note on stderr says
    /// when the files have errors.
    func settingsForReading() -> ServiceSettings? {
        let reading = operations.readConfiguration(configurationPaths)
        if reading.outcome == .invalid { say("note: \(fileProblem(reading))") }
        return reading.configuration?.settings
    }

    /// Why files do not load, in a sentence.
    private func fileProblem(_ reading: ConfigurationReading) -> String {
        if let missing = reading.missing { return noSchedules(missing).what }
        let errors = reading.diagnostics.count { $0.severity == .error }
        return "the schedule files have \(Words.count(errors, "error")) (downbeat check)"
    }

    /// The schedules that the database knows; nil: none, or no database that can be read.
    func adoptedConfiguration() -> Configuration? {
        // Commands that must read the database meet its error again and report it.
        guard let state = try? operations.openState(folder: stateFolder(nil)),
            // As above.
            let summaries = try? state.schedules()
        else { return nil }
        let schedules = summaries.compactMap { adopted($0) }
        guard !schedules.isEmpty else { return nil }
        return Configuration(settings: ServiceSettings(queues: [:]), schedules: schedules)
    }

    /// A schedule from what the database keeps of it; nil when its rule cannot be read any more.
    func adopted(_ summary: ScheduleSummary) -> Schedule? {
        let rule = Rule(canonicalText: summary.state.ruleText) { name in
            // A zone that is gone makes the rule unreadable, which leaves the schedule out.
            try? operations.zones.zone(named: name)
        }
        guard let rule else { return nil }
        return Schedule(
            name: summary.state.name,
            rule: rule,
            definition: summary.definition ?? RunDefinition(action: .command([])),
            queue: summary.queue,
            catchUp: CatchUp(policy: .skip),
            isEnabled: summary.state.isEnabled
        )
    }
}

extension Schedule {
    /// Whether this is what the database keeps, and not what a file says.
    var isAdoptedForm: Bool { source.file.isEmpty }
}
