import DownbeatCore
import Foundation

/// Reads the text of a crontab from a file or from standard input.
enum CrontabText {
    static func read(_ file: String, _ session: Session) throws(CommandError) -> String {
        let shown = file == "-" ? "standard input" : file
        let bytes = try file == "-" ? input(session) : contents(of: file, session)
        guard bytes.count <= CrontabFile.bytesMax else {
            throw CommandError(
                .data,
                "\(shown) is longer than \(Words.bytes(Int64(CrontabFile.bytesMax)))",
                remedy: "name a crontab: crontab -l | downbeat import crontab -"
            )
        }
        guard bytes.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }) else {
            throw CommandError(
                .data,
                "\(shown) is empty",
                remedy: "name a crontab: crontab -l | downbeat import crontab -"
            )
        }
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw CommandError(
                .data,
                "\(shown) is not a text in UTF-8",
                place: line(of: bytes).map { "line \($0)" },
                remedy: "name a crontab; one in another encoding: iconv -f GB18030 -t UTF-8 FILE"
            )
        }
        return text
    }

    private static func input(_ session: Session) throws(CommandError) -> [UInt8] {
        guard !session.context.inputIsTerminal else {
            throw CommandError(
                .usage,
                "there is nothing on standard input",
                remedy: "name a file, or pipe one: crontab -l | downbeat import crontab -"
            )
        }
        return session.context.input(CrontabFile.bytesMax + 1)
    }

    private static func contents(
        of file: String,
        _ session: Session
    ) throws(CommandError) -> [UInt8] {
        let path = session.absolute(file)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw CommandError(
                .missing,
                "no file \(file)",
                remedy: "for your own crontab: crontab -l | downbeat import crontab -"
            )
        }
        guard !isFolder.boolValue else {
            throw CommandError(
                .missing,
                "\(file) is a folder",
                remedy: "name one of its files, and do the same for each of the others"
            )
        }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw CommandError(
                .permission,
                "cannot read \(file)",
                remedy:
                    "crontabs belong to their users: sudo cat \(file) | downbeat import crontab -"
            )
        }
        do {
            return Array(try handle.read(upToCount: CrontabFile.bytesMax + 1) ?? Data())
        } catch {
            throw CommandError(.inputOutput, "cannot read \(file)", why: error.localizedDescription)
        }
    }

    /// The first line that is no text.
    private static func line(of bytes: [UInt8]) -> Int? {
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        return lines.firstIndex {
            $0.contains(0) || String(validating: $0, as: UTF8.self) == nil
        }.map { $0 + 1 }
    }
}
