import DownbeatCore

/// Schedules as this connection read or wrote them last, so that a tick reads none of them again.
///
/// Valid while nobody else writes to the database (`WriterMemory.lookAround` finds out) and no
/// transaction is rolled back; whatever changes a schedule outside a tick forgets all. The times at
/// which a schedule's latest run started and ended are not kept up to date.
struct ScheduleMemory {
    /// Rows kept, about 1 KB each; beyond, the memory starts over.
    static let rowsMax = 16_384

    private var ids: [String: Int64] = [:]
    private var rows: [Int64: ScheduleRow] = [:]

    func row(named name: String) -> ScheduleRow? {
        ids[name].flatMap { rows[$0] }
    }

    mutating func remember(_ row: ScheduleRow) {
        if rows.count >= Self.rowsMax, rows[row.id] == nil { removeAll() }
        guard rows.updateValue(row, forKey: row.id) == nil else { return }
        ids[row.state.name] = row.id
    }

    mutating func update(_ id: Int64, _ change: (inout ScheduleRow) -> Void) {
        guard let index = rows.index(forKey: id) else { return }
        change(&rows.values[index])
    }

    mutating func removeAll() {
        ids.removeAll(keepingCapacity: true)
        rows.removeAll(keepingCapacity: true)
    }
}
