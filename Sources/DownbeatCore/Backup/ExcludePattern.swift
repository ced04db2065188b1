/// A pattern of names to leave out of the backup of a folder.
///
/// `*` stands for any characters but `/`, `**` for any at all, `?` for one character, `[a-z]` and
/// `[!a-z]` for one of a set; a backslash takes the next character as it is. A pattern without a
/// leading `/` matches at any depth (`*.tmp`, `build/*.o`), one with it counts from the folder
/// (`/cache`). One that ends with `/` matches folders only (`cache/`). A folder that matches is left
/// out with everything in it. Names are bytes, so a name that is not UTF-8 can be matched too.
package struct ExcludePattern: Hashable, Sendable {
    private enum Element: Hashable, Sendable {
        case byte(UInt8)
        case anyCharacter
        case anyInName
        case anything
        case set(ranges: [ClosedRange<UInt32>], isNegated: Bool)
    }

    /// What a name belongs to.
    package enum Entry: Hashable, Sendable {
        case folder
        case other
    }

    package let text: String
    private let elements: [Element]
    private let isAnchored: Bool
    private let matchesFoldersOnly: Bool

    /// Longer patterns are refused: matching one costs up to its length times that of the name.
    package static let bytesMax = 1024

    /// Reads a pattern.
    ///
    /// - Throws: `BackupError` when it is empty, too long, or a `[` has no end.
    package init(_ text: String) throws(BackupError) {
        self.text = text
        var rest = Substring(text)
        isAnchored = rest.hasPrefix("/")
        if isAnchored { rest = rest.dropFirst() }
        matchesFoldersOnly = rest.hasSuffix("/") && !rest.hasSuffix("\\/")
        if matchesFoldersOnly { rest = rest.dropLast() }
        guard !rest.isEmpty, text.utf8.count <= Self.bytesMax else {
            throw Self.malformed(text, "it is empty or longer than \(Self.bytesMax) bytes")
        }
        var scalars = rest.unicodeScalars[...]
        var elements: [Element] = []
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "*":
                if scalars.first == "*" {
                    while scalars.first == "*" { scalars.removeFirst() }
                    elements.append(.anything)
                } else {
                    elements.append(.anyInName)
                }
            case "?": elements.append(.anyCharacter)
            case "[":
                guard let set = Self.set(&scalars) else {
                    throw Self.malformed(text, "a `[` in it has no `]`")
                }
                elements.append(set)
            case "\\":
                let escaped = scalars.popFirst() ?? "\\"
                elements += String(escaped).utf8.map { .byte($0) }
            default: elements += String(scalar).utf8.map { .byte($0) }
            }
        }
        self.elements = elements
    }

    /// Whether a name is left out.
    ///
    /// - Parameters:
    ///   - path: from the folder on, without a leading slash.
    ///   - entry: what the name belongs to.
    /// - Returns: whether it is.
    package func matches(_ path: [UInt8], _ entry: Entry) -> Bool {
        if matchesFoldersOnly, entry != .folder { return false }
        if isAnchored { return matches(path, from: 0) }
        if matches(path, from: 0) { return true }
        for (index, byte) in path.enumerated() where byte == UInt8(ascii: "/") {
            if matches(path, from: index + 1) { return true }
        }
        return false
    }

    /// Matches by going on from the latest star: only the last one of each kind needs trying again.
    private func matches(_ path: [UInt8], from start: Int) -> Bool {
        var position = start
        var element = 0
        var retries: [(element: Int, position: Int, crossesNames: Bool)] = []
        while true {
            if element == elements.count, position == path.count { return true }
            if element < elements.count {
                switch elements[element] {
                case .anyInName, .anything:
                    let crosses = elements[element] == .anything
                    // A star that crosses names makes those before it settled for good.
                    if crosses {
                        retries.removeAll()
                    } else if retries.last?.crossesNames == false {
                        retries.removeLast()
                    }
                    element += 1
                    retries.append((element, position, crosses))
                    continue
                default:
                    if let next = advance(elements[element], path, position) {
                        position = next
                        element += 1
                        continue
                    }
                }
            }
            guard let next = retry(&retries, path) else { return false }
            (element, position) = next
        }
    }

    private func retry(
        _ retries: inout [(element: Int, position: Int, crossesNames: Bool)],
        _ path: [UInt8]
    ) -> (Int, Int)? {
        while let last = retries.last {
            let isBlocked =
                last.position >= path.count
                || !last.crossesNames && path[last.position] == UInt8(ascii: "/")
            guard isBlocked else {
                retries[retries.count - 1].position += 1
                return (last.element, last.position + 1)
            }
            retries.removeLast()
        }
        return nil
    }

    /// The position after what one element matches; nil: it does not match here.
    private func advance(_ element: Element, _ path: [UInt8], _ position: Int) -> Int? {
        guard position < path.count else { return nil }
        switch element {
        case .byte(let byte): return path[position] == byte ? position + 1 : nil
        case .anyCharacter, .set:
            guard path[position] != UInt8(ascii: "/") else { return nil }
            let (value, length) = Self.character(path, position)
            if case .set(let ranges, let isNegated) = element {
                guard ranges.contains(where: { $0.contains(value) }) != isNegated else {
                    return nil
                }
            }
            return position + length
        case .anyInName, .anything:
            preconditionFailure("stars are taken before single characters are")
        }
    }

    /// The character at a position and its length in bytes; a byte that is not UTF-8 is one.
    private static func character(_ path: [UInt8], _ position: Int) -> (UInt32, Int) {
        let length =
            switch path[position] {
            case 0xC2...0xDF: 2
            case 0xE0...0xEF: 3
            case 0xF0...0xF4: 4
            default: 1
            }
        let end = min(path.count, position + length)
        let text = String(validating: path[position..<end], as: UTF8.self)
        guard let scalar = text?.unicodeScalars.first else { return (UInt32(path[position]), 1) }
        return (scalar.value, end - position)
    }

    private static func set(_ scalars: inout Substring.UnicodeScalarView) -> Element? {
        var ranges: [ClosedRange<UInt32>] = []
        var isNegated = false
        if let first = scalars.first, first == "!" || first == "^" {
            isNegated = true
            scalars.removeFirst()
        }
        var isFirst = true
        while var scalar = scalars.popFirst() {
            if scalar == "]", !isFirst { return .set(ranges: ranges, isNegated: isNegated) }
            isFirst = false
            if scalar == "\\", let next = scalars.popFirst() { scalar = next }
            let rest = scalars.prefix(2)
            if rest.count == 2, rest.first == "-", let upper = rest.last, upper != "]" {
                scalars.removeFirst(2)
                let low = min(scalar.value, upper.value)
                ranges.append(low...max(scalar.value, upper.value))
            } else {
                ranges.append(scalar.value...scalar.value)
            }
        }
        return nil
    }

    private static func malformed(_ text: String, _ why: String) -> BackupError {
        BackupError(
            .refused,
            "`\(text)` is no pattern of names",
            why: why,
            remedy: "write patterns like `*.tmp`, `cache/` or `/build`"
        )
    }
}
