/// The two clocks: the wall clock decides when, the monotonic one how long.
///
/// Wall times are never subtracted to measure a duration, since the wall clock may be set.
package protocol Clocks: Sendable {
    /// The wall clock's time, UTC.
    var now: Timestamp { get }

    /// Time since some fixed instant in the past; never goes back. Only differences mean anything.
    var monotonic: Duration { get }
}
