/// `H` in an expression: a value that the schedule's name decides, so that many schedules with one
/// expression do not all start at once.
///
/// The syntax is Jenkins': `H`, `H/15`, `H(0-29)`, `H(0-29)/10`, in every field but the year, with days
/// of the month from 1 to 28. The value is FNV-1a 64 of the name's UTF-8 and one byte for the field
/// (second 0, minute 1 .. day of week 5), modulo the size of the range; of `H/15` it is where the steps
/// begin. It is worked out once: the expression is then one of numbers, and a new name is a new rule.
struct NameHash {
    /// `H`, with its range and step.
    private struct Item {
        var low: Int
        var high: Int
        var step: Int?
    }

    /// The expression with numbers in the place of each `H`.
    let resolved: String
    /// The expression as long as it was, with something valid in the place of each `H`: what else is
    /// wrong with it is found there, at its place.
    let placeholder: String

    /// Reads an expression; nil when no item of it begins with `H`.
    init?(_ text: String, name: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
            .map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
        let count = words.joined().count { !$0.isEmpty }
        guard count >= CrontabField.five.count, text.contains("H") else { return nil }
        let fields =
            count > CrontabField.five.count ? CrontabField.seven : CrontabField.five
        var next = fields.makeIterator()
        var found = false
        func replaced(_ word: Substring) -> (resolved: String, placeholder: String) {
            guard !word.isEmpty, let field = next.next(), field != .year else {
                return (String(word), String(word))
            }
            let items = word.split(separator: ",", omittingEmptySubsequences: false).map { item in
                guard let hashed = Self.item(item, of: field) else {
                    return (String(item), String(item))
                }
                found = true
                return (Self.text(hashed, field, name), Self.placeholder(item))
            }
            return (
                items.map(\.0).joined(separator: ","), items.map(\.1).joined(separator: ",")
            )
        }
        let all = words.map { $0.map(replaced) }
        guard found else { return nil }
        resolved = all.map { $0.map(\.resolved).joined(separator: "\t") }.joined(separator: " ")
        placeholder = all.map { $0.map(\.placeholder).joined(separator: "\t") }
            .joined(separator: " ")
    }

    /// An item that begins with `H`; nil when it is something else, or wrong behind it.
    private static func item(_ text: Substring, of field: CrontabField) -> Item? {
        guard text.first == "H" else { return nil }
        var rest = text.dropFirst()
        var item = Item(low: field.lowest, high: field == .dayOfMonth ? 28 : field.highestBit)
        if rest.first == "(" {
            guard let close = rest.firstIndex(of: ")") else { return nil }
            let ends = rest[rest.index(after: rest.startIndex)..<close]
                .split(separator: "-", omittingEmptySubsequences: false).map(number)
            guard ends.count == 2, let low = ends[0], let high = ends[1], low <= high,
                low >= field.lowest, high <= field.highestBit
            else { return nil }
            item = Item(low: low, high: high)
            rest = rest[rest.index(after: close)...]
        }
        guard !rest.isEmpty else { return item }
        guard rest.first == "/", let step = number(rest.dropFirst()), step > 0 else { return nil }
        item.step = step
        return item
    }

    private static func number(_ text: Substring) -> Int? {
        let isNumber = !text.isEmpty && text.utf8.allSatisfy { $0 &- UInt8(ascii: "0") < 10 }
        return isNumber ? Int(text) : nil
    }

    private static func text(_ item: Item, _ field: CrontabField, _ name: String) -> String {
        var hash = FNV1a64(name)
        hash.combine(fieldNumber(field))
        let size = item.high - item.low + 1
        let range = min(item.step ?? size, size)
        let start = item.low + Int(hash.value % UInt64(range))
        guard let step = item.step, step < size else { return "\(start)" }
        return "\(start)-\(item.high)/\(step)"
    }

    private static func fieldNumber(_ field: CrontabField) -> UInt8 {
        field == .second ? 0 : UInt8(field.rawValue) + 1
    }

    /// `1` for `H`, `*/15` for `H/15`, `0000-29/10` for `H(0-29)/10`.
    private static func placeholder(_ item: Substring) -> String {
        let rest = item.dropFirst()
        guard rest.first == "(" else { return rest.isEmpty ? "1" : "*" + rest }
        return "000" + rest.dropFirst().filter { $0 != ")" }
    }
}

extension Crontab {
    /// Reads an expression of a schedule that has a name, which decides what `H` stands for.
    ///
    /// - Parameters:
    ///   - text: five to seven fields, or a nickname.
    ///   - name: of the schedule.
    /// - Throws: as for an expression without `H`.
    package init(_ text: String, hashedBy name: String) throws(TextError) {
        guard let hash = NameHash(text, name: name) else {
            try self.init(text)
            return
        }
        _ = try Crontab(hash.placeholder)
        try self.init(hash.resolved)
    }
}
