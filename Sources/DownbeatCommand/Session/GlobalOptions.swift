import ArgumentParser
import DownbeatCore

/// Options that every command takes.
struct GlobalOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Schedule file or folder of *.yaml (env DOWNBEAT_CONFIG; default schedules/).",
            valueName: "path"
        ),
        completion: .file(extensions: ["yaml", "yml"])
    )
    var config: String?

    /// An array, because `runs` reads run states from the same option.
    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            "State folder (env DOWNBEAT_STATE; default: the files' `state`, else .downbeat/).",
            valueName: "dir"
        ),
        completion: ValueCompletion.places.kind
    )
    var state: [String] = []

    @Option(
        help: "Zone to show times in (default: the files' `timezone`).",
        completion: ValueCompletion.zones.kind
    )
    var zone: String?

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp(
            "How to write: a table on a terminal, plain in a pipe, if not told.",
            valueName: "format"
        )
    )
    var format: OutputFormat?

    @Flag(name: .customLong("json"), help: "The same as -o json.")
    var isJSON = false

    @Option(
        name: .customLong("color"),
        help: ArgumentHelp("When to use colour.", valueName: "when")
    )
    var colour: ColourChoice = .auto

    @Option(
        name: .customLong("lang"),
        help: ArgumentHelp(
            "Language of schedules in words: en or zh-CN (explain: default from LC_ALL, LANG).",
            valueName: "lang"
        )
    )
    var language: Language?

    @Flag(name: [.customShort("q"), .customLong("quiet")], help: "Say only what was asked for.")
    var isQuiet = false

    @Flag(name: [.customShort("v"), .customLong("verbose")], help: "Say more.")
    var isVerbose = false

    /// Names that take a value, for whoever reads arguments before they are parsed.
    static let namesWithValue: Set<String> = [
        "--config", "--state", "--zone", "-o", "--output", "--color", "--lang",
    ]
}

extension Language: ExpressibleByArgument {
    package init?(argument: String) {
        self.init(tag: argument)
    }
}
