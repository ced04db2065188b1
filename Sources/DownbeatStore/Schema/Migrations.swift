import DownbeatCore

/// Brings a database to the schema of this version: numbered steps, one transaction each.
///
/// A step is never edited once it was in a release; a new one is added at the end. `user_version` is
/// the number of the latest step, `application_id` marks the file as ours from the first step on.
enum Migrations {
    /// The SQL of each step, the first for an empty file.
    static let steps = [
        Schema.version1, Schema.version2, Schema.version3, Schema.version4, Schema.version5,
        Schema.version6,
    ]

    /// The schema that this version reads and writes.
    static var current: Int { steps.count }

    /// What a file is, found without changing it.
    enum Finding: Equatable {
        case empty
        case ours(version: Int)
        case foreign
    }

    /// Looks at a database.
    static func inspect(_ connection: Connection) throws -> Finding {
        let application = try connection.number("PRAGMA application_id") ?? 0
        let version = try connection.number("PRAGMA user_version") ?? 0
        if application == Schema.applicationID { return .ours(version: Int(version)) }
        let tables = try connection.number("SELECT count(*) FROM sqlite_master") ?? 0
        return application == 0 && version == 0 && tables == 0 ? .empty : .foreign
    }

    /// Does the steps that are missing.
    ///
    /// - Returns: the version before; 0: the file was empty.
    static func run(_ connection: Connection, steps: [String] = steps) throws -> Int {
        var first: Int?
        while true {
            try connection.execute("BEGIN IMMEDIATE")
            do {
                // Read again inside the transaction: another process may have been faster.
                let version = Int(try connection.number("PRAGMA user_version") ?? 0)
                first = first ?? version
                guard version < steps.count else {
                    try connection.execute("ROLLBACK")
                    return first ?? version
                }
                try connection.executeScript(steps[version])
                Failpoint.pass("P12")
                try connection.executeScript(
                    """
                    PRAGMA application_id = \(Schema.applicationID);
                    PRAGMA user_version = \(version + 1);
                    """
                )
                try connection.execute("COMMIT")
            } catch {
                if connection.isInTransaction { try connection.execute("ROLLBACK") }
                throw error
            }
        }
    }
}
