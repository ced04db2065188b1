/// Numbers of log lines, read from bytes.
enum LogNumber {
    /// Digits that fit into `Int64` whatever they are.
    private static let digitsMax = 18

    /// A whole number without a sign.
    ///
    /// `-` and nothing are 0; nil for anything else.
    @inline(__always)
    static func size(_ slice: ByteSlice) -> Int64? {
        guard let start = slice.start, slice.count > 0 else { return 0 }
        if slice.count == 1, start[0] == 0x2D { return 0 }
        guard slice.count <= digitsMax else { return nil }
        var value: Int64 = 0
        for index in 0..<slice.count {
            let digit = start[index] &- 0x30
            guard digit < 10 else { return nil }
            value = value &* 10 &+ Int64(digit)
        }
        return value
    }

    /// Three digits.
    ///
    /// `-` and nothing are `LogLine.noStatus`; nil for anything else.
    @inline(__always)
    static func status(_ slice: ByteSlice) -> Int? {
        if slice.isBlank { return LogLine.noStatus }
        guard let start = slice.start, slice.count == 3 else { return nil }
        let digits = (start[0] &- 0x30, start[1] &- 0x30, start[2] &- 0x30)
        guard digits.0 < 10, digits.1 < 10, digits.2 < 10 else { return nil }
        return Int(digits.0) * 100 + Int(digits.1) * 10 + Int(digits.2)
    }

    /// A decimal number times `scale`, rounded; `-` and nothing are `LogLine.noLatency`.
    ///
    /// Nil for anything else, for a negative number, and beyond a hundred years.
    static func latency(_ slice: ByteSlice, scale: Double) -> Int64? {
        if slice.isBlank { return LogLine.noLatency }
        guard let value = decimal(slice), value >= 0 else { return nil }
        let scaled = (value * scale).rounded()
        return scaled < 3.2e15 ? Int64(scaled) : nil
    }

    /// A number as JSON writes it.
    static func decimal(_ slice: ByteSlice) -> Double? {
        let bytes = slice.bytes
        var index = 0
        let isNegative = !bytes.isEmpty && bytes[0] == 0x2D
        if isNegative { index = 1 }
        var mantissa: Int64 = 0
        var exponent = 0
        var digits = 0
        var isFraction = false
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x2E {
                guard !isFraction else { return nil }
                isFraction = true
            } else if byte &- 0x30 < 10 {
                digits += 1
                if mantissa < 100_000_000_000_000_000 {
                    mantissa = mantissa * 10 + Int64(byte - 0x30)
                    if isFraction { exponent -= 1 }
                } else if !isFraction {
                    exponent += 1
                }
            } else {
                break
            }
            index += 1
        }
        guard digits > 0 else { return nil }
        if index < bytes.count {
            guard bytes[index] | 0x20 == 0x65, let power = power(bytes[(index + 1)...]) else {
                return nil
            }
            exponent += power
        }
        let value = scaled(Double(mantissa), by: exponent)
        return isNegative ? -value : value
    }

    private static func power(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        var rest = bytes
        let isNegative = rest.first == 0x2D
        if isNegative || rest.first == 0x2B { rest = rest.dropFirst() }
        guard (1...3).contains(rest.count) else { return nil }
        var value = 0
        for byte in rest {
            guard byte &- 0x30 < 10 else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return isNegative ? -value : value
    }

    /// Powers of ten up to 22 are exact, so that usual numbers are rounded once.
    private static func scaled(_ value: Double, by exponent: Int) -> Double {
        var power = 1.0
        for _ in 0..<min(abs(exponent), 400) { power *= 10 }
        return exponent < 0 ? value / power : value * power
    }
}
