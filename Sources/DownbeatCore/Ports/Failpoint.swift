#if DEBUG
    import Synchronization
#endif

/// Named places in the code where a test may end the process or make a step fail.
///
/// Debug builds only: the runtime sets a hook from the environment, tests set their own. In a release
/// build `pass` is empty and compiled out. The places are named `P1` to `P17`.
package enum Failpoint {
    #if DEBUG
        private static let hook = Mutex<(@Sendable (String) -> Void)?>(nil)

        /// Sets what happens at each passage; nil: nothing.
        package static func set(_ action: (@Sendable (String) -> Void)?) {
            hook.withLock { $0 = action }
        }
    #endif

    /// Says that a place has been reached.
    @inline(__always)
    package static func pass(_ name: String) {
        #if DEBUG
            let action = hook.withLock { $0 }
            action?(name)
        #endif
    }
}
