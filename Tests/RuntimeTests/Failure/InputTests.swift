import DownbeatCore
import DownbeatRuntime
import Glibc
import Testing

extension Failure {
    /// `stdin`: what a command finds on its standard input.
    @Suite("Standard input")
    struct InputTests {
        @Test(arguments: [0, 1, 65_535, 65_536])
        func `every byte arrives, and then the end`(count: Int) throws {
            let input =
                String(String(repeating: "0123456789 中\n", count: 5000).utf8.prefix(count))
                ?? ""
            let commands = try KeptCommands()
            let key = try commands.spawn(["cat"], input: input)
            let end = try commands.finish(key)
            #expect(end.end.end == .exited(0))
            #expect(commands.bytes(key).out == Array(input.utf8))
        }

        @Test func `one that is not read holds nobody up, and nobody can change it`() throws {
            let commands = try KeptCommands()
            let input = String(repeating: "x", count: 65_536)
            #expect(
                try commands.finish(commands.spawn(["true"], input: input)).end.end == .exited(0)
            )
            let writer = try commands.finish(
                commands.spawn(
                    ["/bin/sh", "-c", "{ echo no >&0; } 2>/dev/null; cat"],
                    input: "yes\n"
                )
            )
            #expect(writer.out == "yes\n")
            let reopened = try commands.finish(
                commands.spawn(["/bin/sh", "-c", "read a; cat /dev/stdin"], input: "one\ntwo\n")
            )
            #expect(reopened.out == "one\ntwo\n")
        }

        @Test(.enabled(if: geteuid() == 0, "needs root"))
        func `another user reads it too`() throws {
            let commands = try KeptCommands()
            let key = try commands.spawn(["cat"], user: "nobody", input: "for nobody\n")
            #expect(try commands.finish(key).out == "for nobody\n")
        }

        @Test func `it stands in the file, in explain and before the command`() async throws {
            try await OwnThread.run {
                let site = try Site(
                    """
                      letter:
                        every: 1d
                        command: [sort, -r]
                        stdin: |
                          a ${HOME}
                          b {{due}}
                      script:
                        every: 1d
                        shell: cat; echo "rest $?"
                        stdin: "x"
                    """
                )
                let letter = try site.ask("run", "letter", "--here")
                #expect(letter.output.contains("b {{due}}\na ${HOME}\n"), "\(letter)")
                let script = try site.ask("run", "script", "--here")
                #expect(script.output.contains("xrest 0\n"), "\(script)")
                let explained = try site.ask("explain", "letter", "-o", "table")
                #expect(explained.output.contains("stdin     2 lines, 20 B: a ${HOME} ..\n"))
            }
        }
    }
}
