/// The exit statuses of the command line; the table that the documents print.
///
/// Those from 64 up to 78 are the meanings of `sysexits.h`; 124 is `timeout`'s.
package enum ExitStatus: Int32, Sendable, CaseIterable {
    /// Done, valid, nothing to change.
    case success = 0
    /// The operation ran and failed: the run failed, something is wrong, `doctor` found errors.
    case failure = 1
    /// `plan --exit-code`: there are changes. `next --batch`: the input cannot be read.
    case changes = 2
    /// Wrong usage.
    case usage = 64
    /// The database is damaged, or was written by a newer version; what is to be imported is no text.
    case data = 65
    /// No such schedule, run, file or database.
    case missing = 66
    /// No daemon could be reached.
    case unavailable = 69
    /// Will not overwrite.
    case exists = 73
    /// Cannot read or write.
    case inputOutput = 74
    /// Try again: locked, or something holds it.
    case temporary = 75
    /// Not permitted.
    case permission = 77
    /// The configuration is invalid.
    case configuration = 78
    /// `--timeout` ran out.
    case timeout = 124
    /// Interrupted.
    case interrupted = 130
}
