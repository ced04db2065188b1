/// Writes the values of a payload one behind the other.
struct FrameWriter {
    private(set) var bytes: [UInt8] = []

    mutating func put(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func put(_ flag: Bool) {
        put(UInt8(flag ? 1 : 0))
    }

    /// The length, then the bytes.
    mutating func put(_ data: [UInt8]) {
        put(UInt32(data.count))
        bytes.append(contentsOf: data)
    }

    mutating func put(_ text: String) {
        put(Array(text.utf8))
    }

    mutating func put(_ time: Timestamp) {
        put(time.microseconds)
    }

    /// Whether there is a value, then the value.
    mutating func put<Value>(_ value: Value?, _ put: (inout FrameWriter, Value) -> Void) {
        self.put(value != nil)
        if let value { put(&self, value) }
    }
}

/// Reads the values of a payload in the order in which they were written.
struct FrameCursor {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    /// The byte that comes next, left where it is; nil: none.
    var nextByte: UInt8? { rest.first }

    mutating func take(_ count: Int) throws(FrameError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= rest.count else { throw .cut }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func number<Number: FixedWidthInteger>(
        _ type: Number.Type
    ) throws(FrameError) -> Number {
        let taken = try take(MemoryLayout<Number>.size)
        var number: Number = 0
        for (index, byte) in taken.enumerated() {
            number |= Number(truncatingIfNeeded: byte) << Number(index * 8)
        }
        return number
    }

    mutating func flag() throws(FrameError) -> Bool {
        switch try number(UInt8.self) {
        case 0: return false
        case 1: return true
        default: throw .badValue("flag")
        }
    }

    mutating func data() throws(FrameError) -> [UInt8] {
        let count = Int(try number(UInt32.self))
        return Array(try take(count))
    }

    mutating func text() throws(FrameError) -> String {
        let bytes = try data()
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notText }
        return text
    }

    mutating func time() throws(FrameError) -> Timestamp {
        Timestamp(microseconds: try number(Int64.self))
    }

    mutating func optional<Value>(
        _ read: (inout FrameCursor) throws(FrameError) -> Value
    ) throws(FrameError) -> Value? {
        try flag() ? read(&self) : nil
    }

    /// Says that the last value has been read.
    func end() throws(FrameError) {
        guard rest.isEmpty else { throw .rest(rest.count) }
    }
}
