import DownbeatCore
import Foundation

extension Examination {
    /// The users that commands become and the folders that they start in.
    func placeFacts(_ configuration: Configuration?) -> [SystemFact] {
        guard let configuration else { return [] }
        var facts: [SystemFact] = []
        for schedule in configuration.schedules {
            let level: SystemFact.Level = schedule.isEnabled ? .failure : .warning
            if let user = schedule.definition.user, getpwnam(user) == nil {
                facts.append(
                    SystemFact(
                        level: level,
                        text: "\(schedule.name) runs as user `\(user)`, who is not on this machine",
                        remedy: "add the user, or correct `user:` at \(schedule.source.shown)"
                    )
                )
            }
            if let folder = schedule.definition.workingDirectory, !Self.isFolder(folder) {
                facts.append(
                    SystemFact(
                        level: level,
                        text: "\(schedule.name) starts in `\(folder)`, which is not a folder here",
                        remedy: "make the folder, or correct `cwd:` at \(schedule.source.shown)"
                    )
                )
            }
        }
        return facts
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            && isFolder.boolValue
    }
}
