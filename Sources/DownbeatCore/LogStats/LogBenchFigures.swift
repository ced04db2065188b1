/// What `bench log` measured; rates are megabytes a second.
package struct LogBenchFigures: Hashable, Sendable {
    /// The size of the log.
    package var bytes: Int64
    package var lines: Int64
    /// With every field of `group_by` that the combined format has.
    package var allFields: Double
    /// With the status alone.
    package var status: Double
    /// mawk counting the status alone; nil when it is not installed.
    package var mawk: Double?

    package init(bytes: Int64, lines: Int64, allFields: Double, status: Double, mawk: Double?) {
        self.bytes = bytes
        self.lines = lines
        self.allFields = allFields
        self.status = status
        self.mawk = mawk
    }
}
