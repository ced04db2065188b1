/// Keeps a tick that was prepared early from being committed before its instant.
///
/// Nearly all of a tick's time goes into judging slots and writing rows. The beat has that done a
/// few milliseconds before a slot is due, so that only the commit is left when the time comes. The
/// tick's `now` is the instant itself, so nothing that is written tells of the head start.
package struct TickHold: Sendable {
    /// Blocks until the instant has come; called once, with everything written but not committed.
    ///
    /// False: the clock was set, or the machine slept, so that what was judged may be wrong. Then
    /// nothing is committed, and the tick fails as `StoreError.busy`.
    package let wait: @Sendable () -> Bool

    package init(wait: @escaping @Sendable () -> Bool) {
        self.wait = wait
    }
}
