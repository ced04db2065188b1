/// The name of a copy: `20261123T024512Z.db.zst`.
///
/// In UTC, so that names sort by time also where clocks go back. Two copies of one second differ by
/// `_2` to `_9`, which sort after the name without. While a backup is written, the files that belong
/// to it carry the copy's name between a dot and a suffix of `Aside`.
package struct BackupFileName: Hashable, Comparable, Sendable {
    /// To the second.
    package var second: Int64
    /// 1 for the first of its second, up to `numberMax`.
    package var number: Int
    package var kind: BackupKind
    package var compression: BackupCompression

    /// Copies of one folder that one second can have.
    package static let numberMax = 9

    /// Files that are there while a copy is being written, and never counted as one.
    package enum Aside: String, CaseIterable, Sendable {
        /// Locked by the process that writes the copy; without its lock the rest is left over.
        case lock = ".lock"
        /// A database before it is packed.
        case plain = ".plain"
        /// The copy itself.
        case copy = ".partial"
        /// Its manifest; also a manifest whose copy is being deleted.
        case manifest = ".json.partial"
    }

    package init(
        at instant: Timestamp,
        number: Int = 1,
        kind: BackupKind,
        compression: BackupCompression
    ) {
        second = instant.seconds
        self.number = number
        self.kind = kind
        self.compression = compression
    }

    /// Reads a name; nil: it is not one of ours.
    package init?(_ text: String) {
        guard let dot = text.firstIndex(of: ".") else { return nil }
        let suffix = text[dot...]
        let found = BackupKind.allCases.lazy.flatMap { kind in
            BackupCompression.allCases.map { (kind, $0) }
        }.first { $0.suffix + $1.suffix == suffix }
        guard let (kind, compression) = found else { return nil }
        let parts = text[..<dot].split(separator: "_", omittingEmptySubsequences: false)
        guard let stamp = parts.first, parts.count <= 2, let second = Self.second(stamp) else {
            return nil
        }
        var number = 1
        if parts.count == 2 {
            guard parts[1].utf8.count == 1, let digit = Int(parts[1]), digit >= 2 else {
                return nil
            }
            number = digit
        }
        self.second = second
        self.number = number
        self.kind = kind
        self.compression = compression
    }

    /// The name of the copy's file.
    package var text: String {
        let time = CivilTime(wall: Int(second))
        let date = time.date
        return Digits.padded(date.year, width: 4) + Digits.two(date.month) + Digits.two(date.day)
            + "T" + Digits.two(time.hour) + Digits.two(time.minute) + Digits.two(time.second)
            + "Z" + (number == 1 ? "" : "_\(number)") + kind.suffix + compression.suffix
    }

    /// The name of its manifest.
    package var manifest: String { text + BackupManifest.suffix }

    package func aside(_ aside: Aside) -> String { "." + text + aside.rawValue }

    package static func < (left: BackupFileName, right: BackupFileName) -> Bool {
        (left.second, left.number, left.text) < (right.second, right.number, right.text)
    }

    /// `20261123T024512Z` in seconds since the epoch.
    private static func second(_ text: Substring) -> Int64? {
        let characters = Array(text.utf8)
        guard characters.count == 16, characters[8] == UInt8(ascii: "T"),
            characters[15] == UInt8(ascii: "Z")
        else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            characters[range].reduce(Int?(0)) { value, digit in
                guard let value, digit >= 48, digit <= 57 else { return nil }
                return value * 10 + Int(digit - 48)
            }
        }
        guard let year = number(0..<4), let month = number(4..<6), let day = number(6..<8),
            let hour = number(9..<11), let minute = number(11..<13), let second = number(13..<15)
        else { return nil }
        let date = CivilDate(year: year, month: month, day: day)
        guard date.exists, hour < 24, minute < 60, second < 60 else { return nil }
        let time = CivilTime(date: date, secondOfDay: hour * 3600 + minute * 60 + second)
        return Int64(time.wall)
    }
}
