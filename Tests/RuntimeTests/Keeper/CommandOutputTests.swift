import DownbeatCore
import DownbeatRuntime
import Glibc
import Testing

/// What a command may do with its output.
@Suite("Output of a command", .tags(.processes))
struct CommandOutputTests {
    @Test func `both streams come apart and as bytes`() throws {
        let commands = try KeptCommands()
        let key = try commands.shell(#"printf 'a\0b'; printf '\377\033[1m' >&2"#)
        _ = try commands.finish(key)
        #expect(commands.bytes(key).out == [0x61, 0, 0x62])
        #expect(commands.bytes(key).err == [0xff, 0x1b, 0x5b, 0x31, 0x6d])
    }

    @Test func `a large output does not block`() throws {
        let commands = try KeptCommands()
        let key = try commands.shell("head -c 20000000 /dev/zero; head -c 300000 /dev/zero >&2")
        #expect(try commands.finish(key).end.end == .exited(0))
        #expect(commands.bytes(key).out.count == 20_000_000)
        #expect(commands.bytes(key).err.count == 300_000)
    }

    @Test func `a command that closes its output still runs to its end`() throws {
        let commands = try KeptCommands()
        let key = try commands.shell("exec 0<&- 1>&- 2>&-; sleep 0.2; exit 7")
        #expect(try commands.finish(key).end.end == .exited(7))
    }

    @Test func `what is left behind to write is ended with the command`() throws {
        let commands = try KeptCommands()
        let key = try commands.shell(
            "(trap '' TERM; while :; do echo x; sleep 0.05; done) & exit 0"
        )
        let end = try commands.finish(key).end
        #expect(end.end == .exited(0))
        #expect(end.hadLeftovers)
    }
}
