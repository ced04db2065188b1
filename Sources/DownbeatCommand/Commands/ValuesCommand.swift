import ArgumentParser
import DownbeatCore
import Foundation

/// `downbeat values KIND`: what completion scripts ask for, one value a line.
///
/// Says nothing when it cannot answer, and never writes anything but values.
struct ValuesCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "values",
        abstract: "Values for completion scripts.",
        shouldDisplay: false
    )

    @Argument(help: "What to list.")
    var kind: ValueCompletion

    @OptionGroup var global: GlobalOptions

    /// Newer runs than these are listed by their last characters.
    private static let runsListed = 20
    /// As many last characters as a run is found by.
    private static let suffixLength = 6

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        for value in values(session) { session.line(value) }
        return ExitStatus.success.rawValue
    }

    private func values(_ session: Session) -> [String] {
        switch kind {
        case .schedules: names(session)
        case .runs: names(session) + runs(session)
        case .zones: session.operations.zones.zoneNames
        case .places: RunState.allCases.map(\.rawValue) + folders(session)
        case .subjects: names(session) + ErrorCatalog.all.map(\.code)
        }
    }

    /// Those of the files, else those that the database knows.
    private func names(_ session: Session) -> [String] {
        if let configuration = session.configurationIfAny() {
            return configuration.schedules.map(\.name)
        }
        // A completion that fails offers nothing.
        return (try? state(session)?.schedules().map(\.state.name)) ?? []
    }

    private func runs(_ session: Session) -> [String] {
        // As above.
        let runs = try? state(session)?.runs(RunQuery(limit: Self.runsListed))
        return (runs ?? []).map { String($0.id.text.suffix(Self.suffixLength)) }
    }

    private func state(_ session: Session) -> (any StateAccess)? {
        let folder = session.stateFolder(session.configurationIfAny()?.settings)
        // As above.
        return try? session.operations.openState(folder: folder)
    }

    private func folders(_ session: Session) -> [String] {
        let here = session.context.workingDirectory
        // As above.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: here)) ?? []
        return names.sorted().filter { name in
            var isFolder: ObjCBool = false
            let path = "\(here)/\(name)"
            return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
                && isFolder.boolValue
        }.map { "\($0)/" }
    }
}
