/// A place in one of the files that are read together; line and column count from 1.
struct Spot: Hashable {
    /// Which file, by its place in the list of files.
    var file: Int
    var line: Int
    var column: Int
}

/// A node of a schedule file: the text of scalars as written, never a resolved value.
///
/// YAML 1.1 reads `12:30` as 750 and `no` as false; the decoder reads `text` itself and is spared that.
struct YAMLNode {
    enum Content {
        case scalar(String, Style)
        case sequence([YAMLNode])
        case mapping([YAMLEntry])
    }

    /// How a scalar is written.
    enum Style {
        case plain
        case quoted
        case block
    }

    var content: Content
    var spot: Spot

    /// The text of a scalar; nil for lists and maps.
    var text: String? {
        guard case .scalar(let text, _) = content else { return nil }
        return text
    }

    /// Whether it is a text in quotes, or a block of text.
    var isQuoted: Bool {
        switch content {
        case .scalar(_, .quoted), .scalar(_, .block): true
        default: false
        }
    }

    /// Whether nothing is written here: an empty value, `~` or `null`.
    var isNull: Bool {
        guard case .scalar(let text, .plain) = content else { return false }
        return text.isEmpty || text == "~" || text == "null" || text == "Null" || text == "NULL"
    }

    /// What it is, for messages.
    var kind: String {
        switch content {
        case .scalar: isNull ? "nothing" : "text"
        case .sequence: "a list"
        case .mapping: "a map"
        }
    }
}

/// A key and its value.
struct YAMLEntry {
    var key: YAMLNode
    /// The key's text.
    var name: String
    var value: YAMLNode
    /// Whether it came by `<<`.
    var isMerged = false
}
