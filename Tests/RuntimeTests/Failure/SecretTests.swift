import DownbeatRuntime
import Glibc
import Testing

extension Failure {
    /// S3: values of secrets are nowhere but in the environment of the command that needs them.
    @Suite("Secrets")
    struct SecretTests {
        private static let fromVariable = "canary-q7Xz-of-the-environment"
        private static let fromFile = "canary-w3Lp-of-the-file"

        @Test func `a secret is in no file, title, output or message`() async throws {
            try await OwnThread.run {
                let site = try Site()
                try Self.configure(site)
                let service = try site.start(
                    ["up", "--verbose"],
                    environment: ["SERVICE_TOKEN=\(Self.fromVariable)"]
                )
                try site.waitUntilReady(service)
                let waiting = try site.launch([site.tool, "run", "teller", "--wait"])
                try Patience.wait(for: "the command") {
                    access(site.path + "/knows", F_OK) == 0 ? () : nil
                }
                for process in site.processes.all() {
                    try Self.expectNone(in: Bytes.of("/proc/\(process.pid)/cmdline"), "cmdline")
                }
                #expect(try waiting.waitForEnd() == .exited(1))
                #expect(TextFile.contents(site.path + "/knows") == "yes\n")
                // A command that cannot be started has an error text of its own.
                #expect(try site.ask("run", "missing", "--wait").end == .exited(1))
                for question in [["logs", "teller"], ["runs", "show", "teller"], ["schedules"]] {
                    let answer = try site.run([site.tool] + question)
                    try Self.expectNone(in: Array(answer.description.utf8), question[0])
                }
                let shown = try site.ask("logs", "teller").output
                #expect(shown.contains("***"))
                try Self.expectNoneInFiles(site)
                #expect(try site.stop(service) == .exited(0))
                try Self.expectNoneInFiles(site)
            }
        }

        private static func configure(_ site: Site) throws {
            try TextFile.write(fromFile + "\n", to: site.path + "/token")
            try site.configure(
                """
                  teller:
                    every: 1d
                    env: { A: secret:FIRST, B: secret:SECOND }
                    shell: |
                      echo "$A and $B"
                      printf 'in two %s' "${A%%-of*}"; sleep 0.1; echo "-of-the-environment"
                      echo "$B" >&2
                      test "$A" = "$(printf 'canary-q7Xz-%s' of-the-environment)" && echo yes > knows
                      sleep 0.5
                      echo "$A"; exit 4
                  missing:
                    every: 1d
                    env: { A: secret:FIRST }
                    command: ["/nonexistent/program"]
                """
                .replacing("${", with: "$${"),
                settings: """
                    drain: 1s
                    secrets:
                      FIRST: { env: SERVICE_TOKEN }
                      SECOND: { file: \(site.path)/token }
                    """
            )
        }

        private static func expectNoneInFiles(_ site: Site) throws {
            for entry in Tree.entries(site.path) where entry.facts.st_mode & S_IFMT == S_IFREG {
                guard entry.path != site.path + "/token" else { continue }
                try expectNone(in: Bytes.of(entry.path), entry.path)
            }
        }

        private static func expectNone(in bytes: [UInt8], _ place: String) throws {
            for secret in [fromVariable, fromFile] {
                #expect(!Bytes.have(Array(secret.utf8), in: bytes), "in \(place)")
            }
        }
    }
}
