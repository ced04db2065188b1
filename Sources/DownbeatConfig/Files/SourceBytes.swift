import DownbeatCore

/// The bytes of one schedule file, as they were read.
package struct SourceBytes: Sendable {
    /// The path as it is shown.
    package var path: String
    /// The absolute folder from which the file's relative paths count.
    package var folder: String
    package var bytes: [UInt8]

    package init(path: String, folder: String, bytes: [UInt8]) {
        self.path = path
        self.folder = folder
        self.bytes = bytes
    }
}

extension SourceBytes {
    /// The largest file that is read, in bytes; 10,000 schedules take about 1 MiB.
    package static let byteCountMax = 4 << 20

    /// Why bytes are not the text of a schedule file.
    struct Refusal: Error {
        var code: DiagnosticCode
        var message: String
        /// Where, as an offset in bytes; nil: the file as a whole.
        var offset: Int?
        var label: String
    }

    /// The bytes as text, without a byte order mark.
    func decoded() throws(Refusal) -> String {
        guard bytes.count <= Self.byteCountMax else {
            throw Refusal(
                code: .fileTooLarge,
                message: "the file has \(bytes.count) bytes; the limit is \(Self.byteCountMax)",
                label: "split it into several files of one folder"
            )
        }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let start = bytes.starts(with: mark) ? mark.count : 0
        guard let text = String(validating: bytes[start...], as: UTF8.self) else {
            throw Refusal(
                code: .invalidUTF8,
                message: "the file is not valid UTF-8",
                offset: Self.firstInvalidByte(in: bytes[start...]),
                label:
                    "byte 0x\(Self.hex(bytes[Self.firstInvalidByte(in: bytes[start...])])) is wrong here"
            )
        }
        if let offset = firstControlCharacter(from: start) {
            throw Refusal(
                code: .controlCharacter,
                message: "a control character stands in the file",
                offset: offset,
                label: "remove byte 0x\(Self.hex(bytes[offset]))"
            )
        }
        return text
    }

    /// The place of a byte: line and column, columns in scalars, invalid bytes counted as one each.
    func position(ofByte offset: Int) -> (line: Int, column: Int) {
        let before = String(decoding: bytes[..<min(offset, bytes.count)], as: UTF8.self)
        var line = 1
        var column = 1
        var previous: Unicode.Scalar?
        for scalar in before.unicodeScalars where scalar != "\u{FEFF}" {
            if SourceText.isLineBreak(scalar) {
                if !(scalar == "\n" && previous == "\r") { line += 1 }
                column = 1
            } else {
                column += 1
            }
            previous = scalar
        }
        return (line, column)
    }

    /// The first byte of a scalar that YAML does not allow as it is, such as NUL or ESC.
    private func firstControlCharacter(from start: Int) -> Int? {
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            if byte < 0x20, byte != 0x09, byte != 0x0A, byte != 0x0D { return index }
            if byte == 0x7F { return index }
            if byte == 0xC2, bytes[index + 1] < 0xA0, bytes[index + 1] != 0x85 { return index }
            if byte == 0xEF {
                let pair = (bytes[index + 1], bytes[index + 2])
                if pair == (0xBB, 0xBF) || pair == (0xBF, 0xBE) || pair == (0xBF, 0xBF) {
                    return index
                }
            }
            index += 1
        }
        return nil
    }

    private static func firstInvalidByte(in bytes: ArraySlice<UInt8>) -> Int {
        var low = bytes.startIndex
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        decoding: while true {
            switch decoder.decode(&iterator) {
            case .scalarValue(let scalar): low += UTF8.width(scalar)
            case .emptyInput, .error: break decoding
            }
        }
        return min(low, bytes.endIndex - 1)
    }

    private static func hex(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return digits.count == 1 ? "0" + digits : digits
    }
}
