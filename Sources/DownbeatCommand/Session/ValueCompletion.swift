import ArgumentParser

/// Values that a shell can complete: the program itself is asked for them.
enum ValueCompletion: String, CaseIterable, ExpressibleByArgument {
    /// Names of schedules.
    case schedules
    /// Ids of runs that are not old, and names of schedules.
    case runs
    /// Time zones.
    case zones
    /// Run states, and folders here: `--state` takes either.
    case places
    /// Schedules, and codes of errors.
    case subjects

    /// How a completion script asks.
    var kind: CompletionKind { .shellCommand("downbeat values \(rawValue) 2>/dev/null") }
}
