/// Data of a command as machines read it: the same items in `plain`, `json` and `jsonl`.
package struct Listing: Sendable {
    /// The version of the JSON form; a change of meaning raises it.
    private static let version: Int64 = 1

    /// Names of the fields, frozen, in order.
    package var fields: [String]
    /// Which of them `plain` shows; nil: all.
    package var plainFields: [String]?
    package var items: [[JSONValue]]

    package init(_ fields: [String], plain: [String]? = nil, items: [[JSONValue]] = []) {
        self.fields = fields
        plainFields = plain
        self.items = items
    }

    /// The text of the items in a format for machines.
    package func render(_ format: OutputFormat) -> String {
        switch format {
        case .table, .plain: plain()
        case .json:
            JSONValue.members(["v": .int(Self.version), "items": .array(items.map(object))])
                .encoded + "\n"
        case .jsonl: items.map { object($0).encoded + "\n" }.joined()
        }
    }

    private func object(_ item: [JSONValue]) -> JSONValue {
        .object(zip(fields, item).map { JSONValue.Member($0, $1) })
    }

    private func plain() -> String {
        let names = plainFields ?? fields
        let indices = names.compactMap { fields.firstIndex(of: $0) }
        var text = names.joined(separator: "\t") + "\n"
        for item in items {
            text += indices.map { item[$0].plain }.joined(separator: "\t") + "\n"
        }
        return text
    }
}
