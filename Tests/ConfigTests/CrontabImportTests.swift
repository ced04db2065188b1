import DownbeatConfig
import DownbeatCore
import Foundation
import Support
import Testing

/// Crontabs in the shapes that systems, containers and people give them, through the import and
/// back through the loader.
@Suite("Crontab import")
struct CrontabImportTests {
    /// A crontab in `Tests/Crontabs`, whose ending says its form.
    struct Sample: Sendable, CustomTestStringConvertible {
        var file: String
        var lines: Int
        /// Numbers of the lines that do not come over.
        var left: [Int] = []

        var testDescription: String { file }

        var form: CrontabFile.Form { file.hasSuffix(".system") ? .system : .user }

        func text() throws -> String {
            let url = URL(filePath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().appending(path: "Crontabs/\(file)")
            return String(decoding: try Data(contentsOf: url), as: UTF8.self)
        }

        func imported() throws -> CrontabImport {
            try CrontabImportTests.imported(text(), form)
        }
    }

    static let samples = [
        Sample(file: "alpine-root.user", lines: 5),
        Sample(file: "container-django.user", lines: 2),
        Sample(file: "container-entrypoint.user", lines: 3),
        Sample(file: "container-laravel.user", lines: 1),
        Sample(file: "container-rails-whenever.user", lines: 3, left: [7]),
        Sample(file: "container-supercronic.user", lines: 3, left: [4]),
        Sample(file: "debian-anacron.system", lines: 1),
        Sample(file: "debian-bookworm.system", lines: 4),
        Sample(file: "debian-certbot.system", lines: 1),
        Sample(file: "debian-mdadm.system", lines: 1),
        Sample(file: "debian-munin.system", lines: 2),
        Sample(file: "debian-php.system", lines: 1),
        Sample(file: "debian-popularity.system", lines: 1),
        Sample(file: "debian-sysstat.system", lines: 2),
        Sample(file: "freebsd.system", lines: 6),
        Sample(file: "openbsd-root.user", lines: 4, left: [16]),
        Sample(file: "rhel-0hourly.system", lines: 1),
        Sample(file: "rhel-crontab.system", lines: 0),
        Sample(file: "rhel-raid-check.system", lines: 1),
        Sample(file: "rhel-random-delay.system", lines: 3),
        Sample(file: "suse-snapper.system", lines: 1),
        Sample(file: "user-backup.user", lines: 3),
        Sample(file: "user-mail.user", lines: 4),
        Sample(file: "user-nicknames.user", lines: 8, left: [8]),
        Sample(file: "user-no-newline.user", lines: 2),
        Sample(file: "user-only-comments.user", lines: 0),
        Sample(file: "user-quotes.user", lines: 10),
        Sample(file: "user-ranges.user", lines: 9),
        Sample(file: "user-same-names.user", lines: 6),
        Sample(file: "user-traps.user", lines: 15, left: Array(1...14)),
        Sample(file: "user-windows.user", lines: 2),
        Sample(file: "user-zones.user", lines: 6, left: [9]),
    ]

    /// Each is imported once, since its proof takes a while.
    private static let imports = Dictionary(
        uniqueKeysWithValues: samples.map { sample in
            (sample.file, Result { try sample.imported() })
        }
    )

    private static let now = Timestamp(seconds: 1_795_372_867)

    static func imported(
        _ text: String,
        _ form: CrontabFile.Form,
        zone: String = "America/New_York"
    ) throws -> CrontabImport {
        let zones = ZoneFiles()
        return CrontabImport(
            text,
            CrontabImport.Surroundings(
                form: form,
                shown: "a test",
                zone: try zones.zone(named: zone),
                zones: zones,
                home: { ["root": "/root", "munin": "/var/lib/munin"][$0] },
                now: now
            )
        )
    }

    static func loaded(_ yaml: String) -> ConfigurationReading {
        ConfigurationReader(
            zones: ZoneFiles(),
            environment: ["HOME": "/home/ana"],
            workingDirectory: "/srv/app"
        ).decode(
            [SourceBytes(path: "imported.yaml", folder: "/srv/app", bytes: Array(yaml.utf8))],
            now: now
        )
    }

    @Test(arguments: samples)
    func `every line comes over or is named, and fires as it did`(_ sample: Sample) throws {
        let imported = try #require(Self.imports[sample.file]).get()
        #expect(imported.lineCount == sample.lines)
        #expect(imported.notes.filter { $0.level == .error }.map(\.line) == sample.left)
        #expect(imported.importedCount == sample.lines - sample.left.count)
        #expect(imported.proofs.count == imported.importedCount)
        for (line, proof) in imported.proofs {
            #expect(proof == .agrees(count: CronProof.fireTimes), "line \(line)")
        }
        #expect(imported.isWhole == sample.left.isEmpty)
    }

    @Test(arguments: samples)
    func `what is written passes the check, with the commands as they were`(
        _ sample: Sample
    ) throws {
        let imported = try #require(Self.imports[sample.file]).get()
        let reading = Self.loaded(imported.text)
        let errors = reading.diagnostics.filter { $0.severity == .error }
        #expect(errors.map(\.message) == [], "\(imported.text)")
        let configuration = try #require(reading.configuration)
        #expect(configuration.schedules.count == imported.importedCount)
        // What the loader has, each command as the shell gets it.
        let got = configuration.schedules.map { schedule -> String in
            guard case .command(let words) = schedule.definition.action, words.count == 3 else {
                return "\(schedule.definition.action)"
            }
            // What cannot be rendered would fail at each attempt.
            guard let template = try? Template.parse(words[2]) else { return "no template" }
            return template.render([:])
        }
        let file = CrontabFile(try sample.text(), form: sample.form)
        let wanted = file.lines.enumerated().compactMap { index, line -> String? in
            guard case .entry(let entry) = line, !sample.left.contains(index + 1) else {
                return nil
            }
            return Self.firstPart(of: entry.command)
        }
        #expect(got == wanted)
    }

    /// A command up to its first `%`, read in another way than the import does.
    private static func firstPart(of command: String) -> String {
        let marked = command.replacing("\\\\", with: "\u{1}").replacing("\\%", with: "\u{2}")
        let first = String(marked.split(separator: "%", omittingEmptySubsequences: false)[0])
        var text = first.replacing("\u{2}", with: "%").replacing("\u{1}", with: "\\\\")
        if text.hasPrefix("-ns") { text = String(text.drop { $0 != "/" }) }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }

    struct InputRow: Sendable, CustomTestStringConvertible {
        var command: String
        var text: String
        var input: String?

        var testDescription: String { command }
    }

    @Test(arguments: [
        InputRow(command: #"date +\%F"#, text: "date +%F"),
        InputRow(command: "cat%", text: "cat"),
        InputRow(command: "cat%a%b", text: "cat", input: "a\nb\n"),
        InputRow(command: "cat%a%b%", text: "cat", input: "a\nb\n"),
        InputRow(command: "cat%%a", text: "cat", input: "\na\n"),
        InputRow(command: #"cat%50\% and \x\\"#, text: "cat", input: "50% and \\x\\\\\n"),
        InputRow(command: "cat%  two ${X} {{due}}", text: "cat", input: "  two ${X} {{due}}\n"),
        InputRow(
            command: "cat%# no comment%- list: x%",
            text: "cat",
            input: "# no comment\n- list: x\n"
        ),
        InputRow(command: "cat%中文 %\u{7}tab\t", text: "cat", input: "中文 \n\u{7}tab\t\n"),
    ])
    func `what stands behind a percent sign is the input, byte for byte`(
        _ row: InputRow
    ) throws {
        let imported = try Self.imported("0 5 * * * \(row.command)\n", .user)
        let schedule = try #require(Self.loaded(imported.text).configuration?.schedules.first)
        #expect(schedule.definition.action == .command(["/bin/sh", "-c", row.text]))
        #expect(schedule.definition.input == row.input)
    }

    @Test func `names are told from commands, one for each line`() throws {
        let imported = try Sample(file: "user-same-names.user", lines: 6).imported()
        let names = Self.loaded(imported.text).configuration?.schedules.map(\.name)
        #expect(names == ["sync", "sync-2", "SYNC-3", "sync-4", "sync-5", "每日"])
        // Nothing but the lines decides: the same again gives the same.
        #expect(try Sample(file: "user-same-names.user", lines: 6).imported().text == imported.text)
    }

    @Test func `settings hold for the lines below them`() throws {
        let imported = try Self.imported(
            """
            A=1
            0 1 * * * one
            SHELL=/bin/bash
            HOME=/srv
            "A" = ' two $X ${Y} {{z}} '
            B=x # y
            0 2 * * * two

            """,
            .user
        )
        let schedules = try #require(Self.loaded(imported.text).configuration?.schedules)
        func text(_ name: String, _ value: String) -> EnvironmentVariable {
            EnvironmentVariable(name: name, value: .text(value))
        }
        #expect(schedules[0].definition.environment == [text("A", "1")])
        #expect(schedules[0].definition.workingDirectory == "/home/ana")
        #expect(schedules[1].definition.action == .command(["/bin/bash", "-c", "two"]))
        #expect(schedules[1].definition.workingDirectory == "/srv")
        let a = " two $X ${Y} {{{{z}} "
        #expect(
            schedules[1].definition.environment
                == [text("HOME", "/srv"), text("A", a), text("B", "x # y")]
        )
        for schedule in schedules {
            #expect(schedule.overlap == .allow)
            #expect(schedule.catchUp.policy == .skip)
        }
    }

    @Test(arguments: ["UTC", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"])
    func `both readings agree on expressions at random in zones with changes`(
        zone: String
    ) throws {
        var generator = SeededGenerator.ofThisRun()
        let rules = try ZoneFiles().zone(named: zone)
        func field(_ low: Int, _ high: Int) -> String {
            let first = Int.random(in: low...high, using: &generator)
            let last = Int.random(in: first...high, using: &generator)
            let step = Int.random(in: 1...9, using: &generator)
            return [
                "*", "*", "*/\(step)", "\(first)", "\(first)-\(last)", "\(first)-\(last)/\(step)",
                "\(first),\(last)",
            ].randomElement(using: &generator) ?? "*"
        }
        for _ in 0..<(TestLength.isLong ? 200 : 12) {
            let hours =
                ["*", "0-4", "1", "2", "*/2", "1,2,3"].randomElement(using: &generator) ?? "*"
            let text = "\(field(0, 59)) \(hours) \(field(1, 31)) * \(field(0, 7))"
            let crontab = try Crontab(text)
            guard !crontab.isNever else { continue }
            let reading = try #require(CronReading(text))
            let proof = CronProof(
                reading,
                Rule(trigger: .cron([crontab]), zone: rules),
                now: Timestamp(seconds: 1_790_000_000)
            )
            #expect(
                proof == .agrees(count: CronProof.fireTimes),
                "\(text) DOWNBEAT_TEST_SEED=\(generator.seed)"
            )
        }
    }

    @Test func `a reading that differs is shown with the first time that does`() throws {
        let rule = Rule(trigger: .cron([try Crontab("0 5 * * *")]), zone: .utc)
        let reading = try #require(CronReading("0 5 * * 1-6"))
        // From a Monday on, the seventh is a Sunday.
        let monday = Timestamp(seconds: 1_795_392_000)
        #expect(
            CronProof(reading, rule, now: monday)
                == .differs(
                    number: 7,
                    cron: Timestamp(seconds: 1_795_392_000 + 7 * 86_400 + 5 * 3600),
                    downbeat: Timestamp(seconds: 1_795_392_000 + 6 * 86_400 + 5 * 3600)
                )
        )
    }

    struct FormRow: Sendable {
        var path: String?
        var text: String
        var form: CrontabFile.Form?
    }

    @Test(arguments: [
        FormRow(path: "/etc/crontab", text: "* * * * * x\n", form: .system),
        FormRow(path: "/etc/cron.d/app", text: "* * * * * app x\n", form: .system),
        FormRow(path: "/var/spool/cron/crontabs/ana", text: "* * * * * root x\n", form: .user),
        FormRow(path: "/tmp/x", text: "* * * * * root /bin/x\n", form: .system),
        FormRow(path: nil, text: "* * * * * /bin/x\n", form: .user),
        FormRow(path: nil, text: "* * * * * php artisan\n", form: .user),
        FormRow(path: nil, text: "* * * * * root /bin/x\n0 1 * * * /bin/y\n", form: nil),
    ])
    func `the form is told from the path, then from the lines`(_ row: FormRow) {
        let reading = CrontabFormReading(path: row.path, shown: row.path ?? "-", text: row.text)
        #expect(reading?.form == row.form)
    }
}
