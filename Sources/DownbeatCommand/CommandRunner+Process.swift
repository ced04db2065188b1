import Downbeat
import DownbeatCore
import Glibc

extension CommandRunner {
    /// The whole program, from this process's arguments to its exit status.
    ///
    /// Call it first thing in a synchronous `main`: a daemon blocks signals before other threads start.
    package static func main() -> Never {
        let app = App()
        app.takeOverInChild()
        let context = CommandContext.process(
            operations: app,
            clocks: app.clocks,
            pause: app.pause
        )
        exit(run(Array(CommandLine.arguments.dropFirst()), context: context))
    }
}
