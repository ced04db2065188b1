#if DEBUG
    import DownbeatCore
    import Glibc
    import Synchronization

    /// Arms one failpoint from the environment, in debug builds only.
    ///
    /// `DOWNBEAT_FAILPOINT=P4:3` ends this process by SIGKILL at the third passage of P4.
    package enum FailpointSwitch {
        package static let variable = "DOWNBEAT_FAILPOINT"

        /// Arms what the text names.
        ///
        /// - Parameter text: `NAME` or `NAME:PASSAGE`; nil: nothing.
        package static func arm(_ text: String?) {
            guard let text, !text.isEmpty else { return }
            let parts = text.split(separator: ":")
            let name = String(parts[0])
            let passages = Mutex(parts.count > 1 ? Int(parts[1]) ?? 1 : 1)
            let armed = Armed(passages)
            Failpoint.set { point in
                guard point == name, armed.isLast() else { return }
                kill(getpid(), SIGKILL)
            }
        }

        private final class Armed: Sendable {
            private let left: Mutex<Int>

            init(_ left: consuming Mutex<Int>) {
                self.left = left
            }

            func isLast() -> Bool {
                left.withLock { left in
                    left -= 1
                    return left == 0
                }
            }
        }
    }
#endif
