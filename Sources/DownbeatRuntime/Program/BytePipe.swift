import Glibc

/// A pipe between this process and a program of its own.
package struct BytePipe {
    package let readEnd: Descriptor
    package let writeEnd: Descriptor

    /// Asked for, so that a transfer takes fewer calls: the most that every user may have.
    private static let capacityBytes: Int32 = 1 << 20
    /// F_SETPIPE_SZ, which is behind a macro that Swift does not see.
    private static let setCapacity: Int32 = 1031

    package init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemError("make a pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // A smaller pipe works as well.
        _ = fcntl(ends[1], Self.setCapacity, Self.capacityBytes)
        readEnd = Descriptor(owning: ends[0])
        writeEnd = Descriptor(owning: ends[1])
    }
}

/// Writing to programs that may end early, without ending with them.
package enum BrokenPipe {
    /// Runs a body in which a write to a pipe that nobody reads fails with EPIPE and nothing else.
    ///
    /// The signal is held for this thread alone, so nobody's handling of it is changed.
    package static func held<Value>(_ body: () throws -> Value) rethrows -> Value {
        var wanted = sigset_t()
        var before = sigset_t()
        sigemptyset(&wanted)
        sigaddset(&wanted, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &wanted, &before)
        defer {
            var none = timespec()
            // A signal of a failed write waits for this thread; it is taken before it can arrive.
            while sigtimedwait(&wanted, nil, &none) == SIGPIPE {}
            pthread_sigmask(SIG_SETMASK, &before, nil)
        }
        return try body()
    }
}
