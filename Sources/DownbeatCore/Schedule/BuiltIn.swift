import FoundationEssentials

/// A job that this program brings along, with its options: `log_stats`, `backup`.
///
/// The core does not know what the options mean. They are text with one form, so that equal options
/// have equal definitions, and so that a run made by an older version can always be read, whatever
/// has become of its options: only the attempt that does not understand them fails.
package struct BuiltIn: Hashable, Sendable, Codable {
    /// The key in the schedule file, and the task of its runs: `log_stats`.
    package var name: String
    /// JSON with sorted keys.
    package var options: String
    /// What it does, for `explain`: `statistics of /var/log/nginx/access.log*, by status`.
    package var words: String

    package init(name: String, options: String, words: String) {
        self.name = name
        self.options = options
        self.words = words
    }

    /// A built-in with its options encoded.
    ///
    /// - Throws: what encoding throws; never for texts, whole numbers, lists and maps.
    package init<Options: BuiltInOptions>(_ options: Options) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        self.init(
            name: Options.builtInName,
            options: String(decoding: try encoder.encode(options), as: UTF8.self),
            words: options.words
        )
    }
}

/// The options of one built-in, as its key in the schedule file holds them.
///
/// Codable with names that stay: they are stored with each run, and a later version reads them.
package protocol BuiltInOptions: Hashable, Sendable, Codable {
    /// The key in the schedule file.
    static var builtInName: String { get }
    /// What a run with these options does, without a full stop.
    var words: String { get }
}
