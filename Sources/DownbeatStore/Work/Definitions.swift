import DownbeatCore
import Foundation

/// Run definitions as the database keeps them: JSON, once for each distinct text of a schedule.
///
/// Runs refer to the row, so a tick of ten thousand slots encodes nothing.
extension WriteScope {
    /// The key of a definition, whose row is made if there is none.
    ///
    /// Served by `definitions_by_text`.
    func definitionNumber(_ definition: RunDefinition, schedule: Int64) throws -> Int64 {
        let body = try DefinitionText.encode(definition)
        let checksum = DefinitionText.checksum(body)
        let found = try connection.number(
            "SELECT n FROM definitions WHERE schedule = ? AND checksum = ? AND body = ?",
            schedule,
            checksum,
            body
        )
        if let found {
            memory.remember(definition, as: found)
            return found
        }
        try connection.execute(
            """
            INSERT INTO definitions (schedule, revision, task, attempts_max, body, checksum)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            schedule,
            definition.revision,
            definition.action.task,
            definition.retry.times + 1,
            body,
            checksum
        )
        let number = try connection.number("SELECT last_insert_rowid()") ?? 0
        memory.remember(definition, as: number)
        return number
    }

    /// The definition of a run, decoded once.
    func definition(_ number: Int64) throws -> RunDefinition {
        if let known = memory.definition(number) { return known }
        let definition = try connection.definition(number)
        memory.remember(definition, as: number)
        return definition
    }
}

extension Connection {
    /// Reads and checks a definition.
    ///
    /// - Throws: `StoreError.damaged` when it is missing or was changed.
    func definition(_ number: Int64) throws -> RunDefinition {
        let body = try row(
            "SELECT body, checksum FROM definitions WHERE n = ?",
            number
        ) { row in (text: row.text(0), checksum: row.integer(1)) }
        guard let body, DefinitionText.checksum(body.text) == body.checksum else {
            throw StoreError.damaged(
                "definition \(number) is damaged or missing; run `downbeat doctor`"
            )
        }
        return try DefinitionText.decode(body.text)
    }
}

/// The JSON of a definition, with keys in order, so that equal definitions have equal texts.
enum DefinitionText {
    static func encode(_ definition: RunDefinition) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(definition), as: UTF8.self)
    }

    static func decode(_ body: String) throws -> RunDefinition {
        try JSONDecoder().decode(RunDefinition.self, from: Data(body.utf8))
    }

    static func checksum(_ body: String) -> Int64 {
        var sum = Checksum()
        sum.add(body)
        return sum.value
    }
}
