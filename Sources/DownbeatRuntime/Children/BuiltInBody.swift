package import DownbeatCore
import Foundation

/// The code of a built-in, executed in a child on a thread of its own; it may block.
///
/// It is given the job and the way to speak of it, and returns what is to be kept. Throws
/// `BuiltInFailure` for what a person is to read, `BuiltInCancelled` (by `checkCancelled`) when it was
/// asked to end; any other error is a failure that may be repeated.
package typealias BuiltInBody = @Sendable (BuiltInContext) throws -> BuiltInOutcome

/// What a built-in leaves behind when it has succeeded: committed with the success, or not at all.
package struct BuiltInOutcome: Sendable {
    /// JSON; nil: none.
    package var result: [UInt8]?
    /// Windows that replace those of the same schedule, start and end.
    package var statistics: [WindowStatistics]
    /// What the schedule's next run finds as `job.positions`; nil: what is stored stays.
    package var positions: [UInt8]?

    /// An outcome with a result that is JSON already.
    package init(
        result: [UInt8]? = nil,
        statistics: [WindowStatistics] = [],
        positions: [UInt8]? = nil
    ) {
        self.result = result
        self.statistics = statistics
        self.positions = positions
    }

    /// An outcome with a result that is encoded with sorted keys.
    ///
    /// - Throws: what encoding throws.
    package init(
        encoding result: some Encodable,
        statistics: [WindowStatistics] = [],
        positions: [UInt8]? = nil
    ) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        self.init(
            result: Array(try encoder.encode(result)),
            statistics: statistics,
            positions: positions
        )
    }

    /// The texts of a group together; longer ones are a mistake of the built-in.
    package static let groupBytesMax = 64 * 1024

    /// Looks whether the worker would take it.
    ///
    /// - Throws: `BuiltInFailure` that names the limit.
    func check() throws(BuiltInFailure) {
        if let result, result.count > AttemptProduct.resultBytesMax {
            throw BuiltInFailure(
                "the result has \(result.count) bytes; at most \(AttemptProduct.resultBytesMax) are"
                    + " kept",
                mayRepeat: false
            )
        }
        if let positions, positions.count > AttemptProduct.positionsBytesMax {
            throw BuiltInFailure(
                "the positions have \(positions.count) bytes; at most"
                    + " \(AttemptProduct.positionsBytesMax) are kept; name fewer files",
                mayRepeat: false
            )
        }
        let groups = statistics.reduce(0) { $0 + $1.groups.count }
        guard statistics.count <= AttemptProduct.windowsMax, groups <= AttemptProduct.groupsMax,
            statistics.allSatisfy(\.isSound),
            statistics.allSatisfy({ window in
                window.groups.allSatisfy {
                    $0.by.utf8.count + $0.key.utf8.count <= Self.groupBytesMax
                }
            })
        else {
            throw BuiltInFailure(
                "the statistics have \(statistics.count) windows and \(groups) groups, or one that"
                    + " cannot be kept; at most \(AttemptProduct.windowsMax) and"
                    + " \(AttemptProduct.groupsMax) are",
                mayRepeat: false
            )
        }
    }
}

/// Why a built-in did not do its job, for people.
package struct BuiltInFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What, where, why and the remedy, without a full stop.
    package var message: String
    /// Whether trying again could help; without it the run fails at once, whatever `retry` says.
    package var mayRepeat: Bool

    package init(_ message: String, mayRepeat: Bool) {
        self.message = message
        self.mayRepeat = mayRepeat
    }

    package var description: String { message }
}

/// Thrown by a built-in that was asked to end and has tidied up.
package struct BuiltInCancelled: Error, Hashable, Sendable {
    package init() {}
}

/// The built-ins that this program can execute, by the names in `BuiltIn.name`.
package struct BuiltInRegistry: Sendable {
    private let bodies: [String: BuiltInBody]

    package init(_ bodies: [String: BuiltInBody]) {
        self.bodies = bodies
    }

    /// The code of a built-in; nil: this version has none of that name.
    func body(named name: String) -> BuiltInBody? { bodies[name] }
}
