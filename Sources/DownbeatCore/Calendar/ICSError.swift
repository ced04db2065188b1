/// What is wrong with an iCalendar file, with the line it stands on.
package struct ICSError: Error, Hashable, Sendable {
    /// Counts from 1; of a folded line its first.
    package var line: Int
    /// Without a full stop.
    package var message: String
    /// What to do, as an imperative sentence without a full stop.
    package var remedy: String
}
