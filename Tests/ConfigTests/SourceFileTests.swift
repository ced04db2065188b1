import DownbeatConfig
import DownbeatCore
import Foundation
import Testing

@Suite("Files of schedules")
struct SourceFileTests {
    private let good = "schedules: { a: { every: 1m, command: [date] } }\n"

    /// A new folder that is removed again; its parent is not writable by others.
    private func withFolder(_ body: (String) throws -> Void) throws {
        let root = FileManager.default.temporaryDirectory.path
        var template = Array("\(root)/downbeat-config-XXXXXX".utf8CString)
        let made = try #require(mkdtemp(&template))
        let folder = String(cString: made)
        defer {
            do {
                try FileManager.default.removeItem(atPath: folder)
            } catch {
                Issue.record("cannot remove \(folder): \(error)")
            }
        }
        try body(folder)
    }

    private func write(_ text: String, _ path: String, mode: mode_t = 0o600) throws {
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        #expect(chmod(path, mode) == 0)
    }

    private func read(_ path: String?, in folder: String) -> ConfigurationReading {
        ConfigurationReader(zones: NamedZones(), environment: [:], workingDirectory: folder)
            .read(path, now: Fixture.now)
    }

    @Test func `the default is the folder of that name, its files in order, hidden ones left out`()
        throws
    {
        try withFolder { folder in
            let schedules = folder + "/schedules"
            #expect(mkdir(schedules, 0o700) == 0)
            try write(good, schedules + "/b.yaml")
            try write(
                "schedules: { z: { every: 1m, command: [date], cwd: work } }\n",
                schedules + "/a.yml"
            )
            try write("broken: [\n", schedules + "/.hidden.yaml")
            try write("broken: [\n", schedules + "/notes.txt")
            let reading = read(nil, in: folder)
            #expect(reading.outcome == .valid)
            #expect(reading.files == ["schedules/a.yml", "schedules/b.yaml"])
            let found = try #require(reading.configuration)
            #expect(found.schedules.map(\.name) == ["z", "a"])
            #expect(found.schedules[0].definition.workingDirectory == schedules + "/work")
            #expect(
                read("schedules/b.yaml", in: folder).configuration?.schedules.map(\.name) == ["a"]
            )
        }
    }

    @Test func `a path that does not exist is missing, not invalid`() throws {
        try withFolder { folder in
            let reading = read(nil, in: folder)
            #expect(reading.outcome == .missing)
            let diagnostic = try #require(reading.diagnostics.first)
            #expect(diagnostic.code == "E0001")
            #expect(diagnostic.message.contains(folder + "/schedules"))
            #expect(diagnostic.help?.contains("downbeat init") ?? false)
            #expect(mkdir(folder + "/schedules", 0o700) == 0)
            #expect(read(nil, in: folder).diagnostics.map(\.code) == ["E0009"])
        }
    }

    @Test func `folders, pipes and devices with a name of a file are refused without waiting`()
        throws
    {
        try withFolder { folder in
            try write(good, folder + "/good.yaml")
            #expect(mkdir(folder + "/a.yaml", 0o700) == 0)
            #expect(mkfifo(folder + "/b.yaml", 0o600) == 0)
            #expect(symlink("/dev/null", folder + "/c.yaml") == 0)
            #expect(symlink("/nowhere", folder + "/d.yaml") == 0)
            let reading = read(folder, in: folder)
            #expect(reading.diagnostics.map(\.code) == ["E0002", "E0002", "E0002", "E0001"])
            #expect(reading.outcome == .invalid)
        }
    }

    @Test func `what everybody may write is refused, what a group may write is warned about`()
        throws
    {
        try withFolder { folder in
            try write(good, folder + "/a.yaml", mode: 0o666)
            #expect(read("a.yaml", in: folder).diagnostics.map(\.code) == ["E0007"])
            #expect(chmod(folder + "/a.yaml", 0o660) == 0)
            #expect(read("a.yaml", in: folder).diagnostics.map(\.code) == ["W0001"])
            #expect(chmod(folder + "/a.yaml", 0o600) == 0)
            #expect(chmod(folder, 0o777) == 0)
            #expect(read("a.yaml", in: folder).diagnostics.map(\.code) == ["E0007"])
            #expect(chmod(folder, 0o700) == 0)
        }
    }

    @Test(.enabled(if: geteuid() == 0, "owners can be changed by root only"))
    func `root reads files of root, of the caller of sudo, and of the folder's owner`() throws {
        try withFolder { folder in
            let path = folder + "/a.yaml"
            try write(good, path)
            #expect(chown(path, 12_345, 12_345) == 0)
            #expect(read("a.yaml", in: folder).diagnostics.map(\.code) == ["E0008"])
            let asCaller = ConfigurationReader(
                zones: NamedZones(),
                environment: ["SUDO_UID": "12345"],
                workingDirectory: folder
            )
            #expect(asCaller.read("a.yaml", now: Fixture.now).outcome == .valid)
            #expect(chown(folder, 12_345, 12_345) == 0)
            #expect(read("a.yaml", in: folder).outcome == .valid)
        }
    }

    @Test func `several paths are one configuration, and a file named twice is read once`() throws {
        try withFolder { folder in
            try write(good, folder + "/a.yaml")
            try write("schedules: { b: { every: 1m, command: [date] } }\n", folder + "/b.yaml")
            let reader = ConfigurationReader(
                zones: NamedZones(),
                environment: [:],
                workingDirectory: folder
            )
            let reading = reader.read(paths: ["b.yaml", "a.yaml", "./a.yaml"], now: Fixture.now)
            #expect(reading.configuration?.schedules.map(\.name) == ["b", "a"])
            #expect(
                reader.read(paths: ["a.yaml", "no.yaml"], now: Fixture.now).outcome == .missing
            )
        }
    }
}
