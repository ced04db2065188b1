#if DEBUG
    import DownbeatCore
    import DownbeatRuntime
    import Foundation

    /// A built-in that does what a test wants, good or bad; debug builds only, like failpoints.
    ///
    /// Its options are a list of steps, done in order: `[{"warn": "…"}, {"hang": true}]`.
    enum SelfTest {
        static let name = "self_test"

        /// One step; of its fields one is set.
        private struct Step: Decodable {
            var print: String?
            var warn: String?
            /// Done, total.
            var progress: [Int64]?
            /// Windows of statistics, with so many groups each.
            var windows: [Int]?
            /// Adds a letter to the positions that are stored.
            var positions: Bool?
            var result: String?
            var fail: String?
            var final: String?
            /// Makes the file.
            var touch: String?
            /// Waits until there is a file.
            var wait: String?
            /// Waits until it is asked to end; with false, not even then.
            var hang: Bool?
            /// Bytes for the channel.
            var garble: [UInt8]?
            /// Ends the process without a word.
            var exit: Int32?
            var raise: Int32?
            var trap: Bool?
        }

        private static let channel: Int32 = 3
        private static let pause: Duration = .milliseconds(5)

        static let run: BuiltInBody = { context in
            var outcome = BuiltInOutcome()
            let steps = try JSONDecoder().decode([Step].self, from: Data(context.job.options.utf8))
            for step in steps { try perform(step, context, &outcome) }
            return outcome
        }

        private static func perform(
            _ step: Step,
            _ context: BuiltInContext,
            _ outcome: inout BuiltInOutcome
        ) throws {
            if let text = step.print { put(Array((text + "\n").utf8), STDOUT_FILENO) }
            if let text = step.warn { context.warn(text) }
            if let figures = step.progress {
                context.progress(figures[0], of: figures[1], phase: "copy")
            }
            if let counts = step.windows {
                outcome.statistics = counts.enumerated().map { window($0, groups: $1, context) }
            }
            if step.positions == true { outcome.positions = (context.job.positions ?? []) + [97] }
            if let text = step.result { outcome.result = Array(text.utf8) }
            if let text = step.fail { throw BuiltInFailure(text, mayRepeat: true) }
            if let text = step.final { throw BuiltInFailure(text, mayRepeat: false) }
            if let path = step.touch {
                _ = FileManager.default.createFile(atPath: path, contents: nil)
            }
            if let path = step.wait { try wait(context) { access(path, F_OK) == 0 } }
            if let obeys = step.hang {
                while true {
                    if obeys { try context.checkCancelled() }
                    Pause.wait(pause)
                }
            }
            if let bytes = step.garble { put(bytes, channel) }
            if let status = step.exit { Foundation.exit(status) }
            if let signal = step.raise { kill(getpid(), signal) }
            if step.trap == true { fatalError("a self test traps") }
        }

        private static func wait(_ context: BuiltInContext, until isDone: () -> Bool) throws {
            while !isDone() {
                try context.checkCancelled()
                Pause.wait(pause)
            }
        }

        private static func window(
            _ number: Int,
            groups: Int,
            _ context: BuiltInContext
        ) -> WindowStatistics {
            let hour = Duration.seconds(3600)
            let start = Timestamp(seconds: 1_700_000_000) + hour * number
            return WindowStatistics(
                start: start,
                end: start + hour,
                lines: 100,
                malformed: 1,
                bytes: 1000,
                clients: 7,
                isExact: true,
                latency: nil,
                groups: (0..<groups).map {
                    WindowStatistics.Group(by: "path", key: "/\($0)", count: 1, bytes: 2)
                }
            )
        }

        private static func put(_ bytes: [UInt8], _ descriptor: Int32) {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }
#endif
