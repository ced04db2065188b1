import DownbeatCore
import Support
import Testing

/// Arguments and environment of an attempt.
@Suite("Attempt command")
struct AttemptCommandTests {
    private static let surroundings = AttemptCommand.Surroundings(
        home: "/home/down",
        language: "C.UTF-8",
        user: "down",
        workingDirectory: "/srv"
    )

    private static func run(_ definition: RunDefinition, slot: Timestamp?) -> ClaimedRun {
        ClaimedRun(
            id: .fixture(1),
            schedule: "报告",
            slot: slot,
            due: Timeline.minute(7),
            queue: "night",
            attempt: 2,
            definition: definition,
            lastSucceeded: Timeline.minute(-60)
        )
    }

    private static func command(
        _ definition: RunDefinition,
        slot: Timestamp? = Timeline.minute(5)
    ) throws -> AttemptCommand {
        try AttemptCommand(
            run(definition, slot: slot),
            zone: ZoneFiles().zone(named: "Asia/Shanghai"),
            surroundings: surroundings
        ) { name throws(NotRendered) in
            guard name == "token" else { throw NotRendered(sentence: "no secret \(name)") }
            return "hunter2"
        }
    }

    @Test func `the environment is the list and nothing else`() throws {
        let command = try Self.command(RunDefinition(action: .shell("echo $HOME {{due}}")))
        #expect(command.arguments == ["/bin/sh", "-eu", "-c", "echo $HOME {{due}}"])
        #expect(
            command.environment == [
                "PATH=\(AttemptCommand.path)", "HOME=/home/down", "LANG=C.UTF-8", "USER=down",
                "LOGNAME=down", "TZ=Asia/Shanghai", "DOWNBEAT_SCHEDULE=报告",
                "DOWNBEAT_SLOT=2026-01-01T08:05:00+08:00",
                "DOWNBEAT_RUN_ID=\(RunID.fixture(1).text)", "DOWNBEAT_ATTEMPT=2",
                "DOWNBEAT_QUEUE=night",
            ]
        )
        #expect(command.workingDirectory == "/srv")
        #expect(command.user == nil)
        #expect(command.secrets == [])
    }

    @Test func `what env names wins, the last of two wins, and secrets are kept for the mask`()
        throws
    {
        let definition = RunDefinition(
            action: .command(["/bin/true"]),
            environment: [
                EnvironmentVariable(name: "TZ", value: .text("UTC")),
                EnvironmentVariable(name: "TOKEN", value: .text("none")),
                EnvironmentVariable(name: "TOKEN", value: .secret("token")),
                EnvironmentVariable(name: "SINCE", value: .text("{{ last_ok }}")),
            ],
            workingDirectory: "/opt",
            user: "nobody"
        )
        let command = try Self.command(definition)
        let names = command.environment.map { $0.prefix { $0 != "=" } }
        #expect(Set(names).count == names.count)
        #expect(command.environment.contains("TZ=UTC"))
        #expect(command.environment.contains("TOKEN=hunter2"))
        #expect(command.environment.contains("SINCE=2026-01-01T07:00:00+08:00"))
        #expect(command.secrets == ["hunter2"])
        #expect(command.workingDirectory == "/opt")
        #expect(command.user == "nobody")
    }

    @Test func `every placeholder has a value`() throws {
        let words = Template.Placeholder.allCases.map { "{{\($0.rawValue)}}" }
        let slotted = try Self.command(RunDefinition(action: .command(["x"] + words)))
        let id = RunID.fixture(1).text
        #expect(
            slotted.arguments == [
                "x", "2026-01-01T08:05:00+08:00", "2026-01-01T00:05:00+00:00", "2026-01-01", "报告",
                id,
                "2", "2026-01-01T07:00:00+08:00",
            ]
        )
    }

    @Test func `a manual run is due when it was asked for and has no slot`() throws {
        let definition = RunDefinition(action: .command(["x", "{{due}}"]))
        let command = try Self.command(definition, slot: nil)
        #expect(command.arguments == ["x", "2026-01-01T08:07:00+08:00"])
        #expect(command.environment.contains("DOWNBEAT_SLOT="))
    }

    @Test func `a secret that cannot be read is the attempt's error`() {
        let definition = RunDefinition(
            action: .command(["x"]),
            environment: [EnvironmentVariable(name: "KEY", value: .secret("key"))]
        )
        #expect(throws: NotRendered(sentence: "no secret key")) {
            try Self.command(definition)
        }
    }

    @Test(arguments: [
        ("plain", "plain"), ("", ""), ("{one} }}", "{one} }}"), ("{{{{due}}", "{{due}}"),
        ("a{{attempt}}b{{ attempt }}c", "a2b2c"), ("{{{{{{attempt}}", "{{2"),
    ])
    func `templates are filled in`(_ text: String, _ expected: String) throws {
        let command = try Self.command(RunDefinition(action: .command([text])))
        #expect(command.arguments == [expected])
    }

    @Test(arguments: ["{{", "{{due", "{{dew}}", "{{window.start}}", "{{}}"])
    func `templates that cannot be filled in are the attempt's error`(_ text: String) {
        #expect(throws: NotRendered.self) {
            try Self.command(RunDefinition(action: .command([text])))
        }
    }
}
