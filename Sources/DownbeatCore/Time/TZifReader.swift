/// Decodes the bytes of a compiled zone file: TZif, RFC 9636, versions 1 to 4.
///
/// Every length is checked against the bytes that are there before anything is read or allocated,
/// so that a damaged file is an error and never a trap. Only offsets matter here: abbreviations and
/// the flag for daylight saving are skipped.
struct TZifReader {
    /// A change of offset.
    struct Transition: Hashable {
        /// Seconds since the epoch.
        var instant: Int
        /// Seconds east of UTC from then on.
        var offset: Int
    }

    /// Why bytes do not decode.
    struct Failure: Error {
        var reason: String
    }

    /// The offset before the first transition.
    private(set) var firstOffset = 0
    /// In order of time; neighbours may have the same offset.
    private(set) var transitions: [Transition] = []
    /// The rule after the last transition; nil when the file has none.
    private(set) var footer: PosixZoneRule?

    /// The largest offset that RFC 9636 section 3.2 allows, either way, rounded up.
    private static let offsetMax = 26 * 3600
    /// Far more transitions than any zone has.
    private static let transitionsMax = 10_000

    init(_ bytes: [UInt8]) throws(Failure) {
        let first = try Header(bytes, at: 0)
        guard first.version >= 2 else {
            _ = try readBlock(bytes, header: first, at: Header.size, timeSize: 4)
            return
        }
        let secondStart = Header.size + first.blockSize(timeSize: 4)
        let second = try Header(bytes, at: secondStart)
        let end = try readBlock(
            bytes,
            header: second,
            at: secondStart + Header.size,
            timeSize: 8
        )
        try readFooter(bytes, at: end)
    }

    private mutating func readBlock(
        _ bytes: [UInt8],
        header: Header,
        at start: Int,
        timeSize: Int
    ) throws(Failure) -> Int {
        let end = start + header.blockSize(timeSize: timeSize)
        guard end <= bytes.count else { throw Failure(reason: "the file is cut off") }
        guard header.typeCount >= 1 else { throw Failure(reason: "it has no offset") }
        guard header.leapCount == 0 else { throw Failure(reason: "it counts leap seconds") }
        guard header.timeCount <= Self.transitionsMax else {
            throw Failure(reason: "it has \(header.timeCount) transitions")
        }
        let indexes = start + header.timeCount * timeSize
        let types = indexes + header.timeCount
        var offsets: [Int] = []
        for type in 0..<header.typeCount {
            let offset = Int(Int32(truncatingIfNeeded: bytes.bigEndian(at: types + type * 6, 4)))
            guard abs(offset) <= Self.offsetMax else {
                throw Failure(reason: "an offset of \(offset) seconds")
            }
            offsets.append(offset)
        }
        firstOffset = offsets[0]
        for index in 0..<header.timeCount {
            let raw = bytes.bigEndian(at: start + index * timeSize, timeSize)
            let instant = timeSize == 8 ? raw : Int(Int32(truncatingIfNeeded: raw))
            let type = Int(bytes[indexes + index])
            guard type < offsets.count else { throw Failure(reason: "a transition to no offset") }
            if let last = transitions.last, last.instant >= instant {
                throw Failure(reason: "its transitions are out of order")
            }
            transitions.append(Transition(instant: instant, offset: offsets[type]))
        }
        return end
    }

    private mutating func readFooter(_ bytes: [UInt8], at start: Int) throws(Failure) {
        let lineFeed = UInt8(ascii: "\n")
        guard start < bytes.count, bytes[start] == lineFeed,
            let end = bytes[(start + 1)...].firstIndex(of: lineFeed)
        else { throw Failure(reason: "its footer is missing") }
        let text = bytes[(start + 1)..<end]
        guard !text.isEmpty else { return }
        guard let rule = PosixZoneRule(text) else {
            throw Failure(reason: "its footer is not a POSIX time zone")
        }
        footer = rule
    }
}

/// The header of one of the two data blocks.
private struct Header {
    static let size = 44

    var version: Int
    var utcFlagCount: Int
    var standardFlagCount: Int
    var leapCount: Int
    var timeCount: Int
    var typeCount: Int
    var characterCount: Int

    init(_ bytes: [UInt8], at start: Int) throws(TZifReader.Failure) {
        guard start + Self.size <= bytes.count,
            bytes[start..<(start + 4)].elementsEqual("TZif".utf8)
        else { throw TZifReader.Failure(reason: "it is not a TZif file") }
        let mark = bytes[start + 4]
        guard mark == 0 || (UInt8(ascii: "2")...UInt8(ascii: "9")).contains(mark) else {
            throw TZifReader.Failure(reason: "its version is unknown")
        }
        version = mark == 0 ? 1 : Int(mark - UInt8(ascii: "0"))
        utcFlagCount = bytes.bigEndian(at: start + 20, 4)
        standardFlagCount = bytes.bigEndian(at: start + 24, 4)
        leapCount = bytes.bigEndian(at: start + 28, 4)
        timeCount = bytes.bigEndian(at: start + 32, 4)
        typeCount = bytes.bigEndian(at: start + 36, 4)
        characterCount = bytes.bigEndian(at: start + 40, 4)
    }

    /// The bytes that follow the header; counts are below 2^32, so this cannot overflow.
    func blockSize(timeSize: Int) -> Int {
        timeCount * (timeSize + 1) + typeCount * 6 + characterCount
            + leapCount * (timeSize + 4) + standardFlagCount + utcFlagCount
    }
}

extension [UInt8] {
    /// An unsigned number of `size` bytes, most significant first; with 8 bytes, signed.
    fileprivate func bigEndian(at start: Int, _ size: Int) -> Int {
        var value: UInt64 = 0
        for index in start..<(start + size) { value = value << 8 | UInt64(self[index]) }
        return Int(truncatingIfNeeded: value)
    }
}
