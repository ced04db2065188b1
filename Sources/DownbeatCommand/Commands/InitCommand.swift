import ArgumentParser
import DownbeatCore
import Foundation

/// `downbeat init`: a starter to begin with, or a unit file for systemd.
struct InitCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a commented starter; never overwrites.",
        discussion: """
            EXAMPLES:
              downbeat init                       schedules/downbeat.yaml and hello.yaml
              downbeat init /srv/app              the same in another folder
              downbeat init --systemd             print a unit file for this folder
            """
    )

    @Flag(help: "Print a systemd unit that runs `downbeat up` in the folder.")
    var systemd = false

    @Argument(help: "Folder in which schedules/ is made (default: the working directory).")
    var folder: String?

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        let base = folder.map(session.absolute) ?? session.context.workingDirectory
        if systemd {
            session.write(
                UnitFile.text(
                    executable: session.context.executable,
                    folder: base,
                    user: session.context.user
                )
            )
            session.say("to install:  downbeat init --systemd | sudo tee \(UnitFile.path)")
            return ExitStatus.success.rawValue
        }
        try writeStarter(session, base: base)
        return ExitStatus.success.rawValue
    }

    private func writeStarter(_ session: Session, base: String) throws(CommandError) {
        let shownBase = folder.map { $0.hasSuffix("/") ? $0 : $0 + "/" } ?? ""
        let zone = session.options.zone ?? ServiceSettings().zone
        _ = try session.zone(zone)
        let files = StarterFile.all(zone: zone)
        for file in files where FileManager.default.fileExists(atPath: "\(base)/\(file.path)") {
            throw CommandError(
                .exists,
                "\(shownBase)\(file.path) exists already",
                remedy: "nothing was written; name another folder: downbeat init FOLDER"
            )
        }
        let width = files.map { DisplayWidth.of(shownBase + $0.path) }.max() ?? 0
        for file in files {
            try NewFile.write(file.text, to: "\(base)/\(file.path)", shown: shownBase + file.path)
            session.line(
                "wrote \(DisplayWidth.padded(shownBase + file.path, to: width))   \(file.note)"
            )
        }
        session.line("next:  downbeat check, downbeat next, downbeat up")
    }
}

/// Creating a file that must not be there yet.
enum NewFile {
    /// Schedule files may be read by all, as other configuration is.
    private static let mode: mode_t = 0o644

    /// Writes a new file and the folders above it; never follows a link, never overwrites.
    static func write(_ text: String, to path: String, shown: String) throws(CommandError) {
        let folder = (path as NSString).deletingLastPathComponent
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true
            )
        } catch {
            throw failure(shown, error.localizedDescription)
        }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        guard descriptor >= 0 else {
            guard errno != EEXIST else {
                throw CommandError(
                    .exists,
                    "\(shown) exists already",
                    remedy: "nothing was written"
                )
            }
            throw failure(shown, String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes {
                Foundation.write(descriptor, $0.baseAddress, $0.count)
            }
            guard count > 0 else { throw failure(shown, String(cString: strerror(errno))) }
            bytes = bytes.dropFirst(count)
        }
    }

    private static func failure(_ path: String, _ why: String) -> CommandError {
        CommandError(
            errno == EACCES || errno == EPERM ? .permission : .inputOutput,
            "cannot write \(path)",
            why: why,
            remedy: "choose a folder that you may write to: downbeat init FOLDER"
        )
    }
}
