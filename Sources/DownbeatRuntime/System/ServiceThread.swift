import CDownbeat
import Glibc
import Synchronization

/// A named thread of our own for a loop that blocks.
///
/// Loops wait for descriptors and for commits; on the cooperative pool they would starve others.
package final class ServiceThread: Sendable {
    private final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void

        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// Enough for the deepest decoding; the default of 8 MiB is address space nobody needs.
    package static let stackBytes = 1 << 20

    private let thread: Mutex<pthread_t?>

    /// Starts a thread.
    ///
    /// - Parameters:
    ///   - name: at most 15 bytes, for `ps` and debuggers.
    ///   - stackBytes: of its stack.
    ///   - run: its whole life.
    /// - Throws: `SystemError` when there are too many threads.
    package init(
        _ name: String,
        stackBytes: Int = ServiceThread.stackBytes,
        run: @escaping @Sendable () -> Void
    ) throws(SystemError) {
        let body = Unmanaged.passRetained(Body(name: name, run: run))
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, stackBytes)
        defer { pthread_attr_destroy(&attributes) }
        // Signals are for the main thread, which takes them by a descriptor: the new thread inherits
        // a mask that holds all of them.
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        var number = pthread_t()
        let error = pthread_create(
            &number,
            &attributes,
            { argument in
                guard let argument else { return nil }
                let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                downbeat_thread_name(body.name)
                body.run()
                return nil
            },
            body.toOpaque()
        )
        guard error == 0 else {
            body.release()
            throw SystemError("start a thread", place: name, errorNumber: error)
        }
        thread = Mutex(number)
    }

    /// Waits until the thread has ended; again has no effect.
    package func join() {
        let number = thread.withLock { thread -> pthread_t? in
            defer { thread = nil }
            return thread
        }
        guard let number else { return }
        pthread_join(number, nil)
    }
}
