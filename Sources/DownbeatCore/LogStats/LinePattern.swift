/// A regular expression for log lines, with groups named after roles: `(?<client>\S+) ...`.
///
/// It matches from the beginning of a line; what follows the match is left alone, unless the pattern
/// ends with `$`. It sees bytes: `.` and classes stand for one byte, a character beyond ASCII for
/// its UTF-8. Of several ways to match the one counts that Perl would take, but it is found without
/// going back: all ways are followed at once (Pike's virtual machine, after Russ Cox, "Regular
/// Expression Matching: the Virtual Machine Approach"), so that a line costs at most its length times the
/// pattern's, whatever is in it. Swift's own `Regex` goes back, works on strings, and is slower.
///
/// Understood: literals; `.`; `\d \w \s \D \W \S \t \xNN`; a backslash before punctuation; `[a-z]`,
/// `[^"]` with these escapes; `( )`, `(?: )`, `(?<role> )`; `|`; `* + ?` and `{n}`, `{n,}`, `{n,m}`, each
/// also lazy with `?`; `^` at the beginning and `$` at the end. Everything else is refused.
package struct LinePattern: Hashable, Sendable {
    /// Why a pattern is refused.
    package struct Failure: Error, Hashable, Sendable {
        package var message: String
        /// An imperative sentence, without a full stop.
        package var remedy: String
        /// Where, counted in UTF-8 bytes from 0.
        package var offset: Int
    }

    enum Instruction: Hashable, Sendable {
        /// One byte of the set with this number.
        case bytes(Int)
        /// Goes on at both; the first is preferred.
        case split(Int, Int)
        case jump(Int)
        /// Notes the place in this slot.
        case save(Int)
        /// Only at the end of the line.
        case lineEnd
        case match
    }

    /// What a pattern may be compiled to; a line costs at most this for each byte.
    static let instructionsMax = 4096
    static let textBytesMax = 4096
    static let repeatMax = 255

    package let text: String
    /// The named groups in order; group n has the slots 2n and 2n + 1.
    package let roles: [LogRole]
    let program: [Instruction]
    let sets: [ByteSet]
    /// For each place of the program, whether a run of its bytes can be skipped at once.
    let skips: [Bool]

    /// Compiles a pattern.
    ///
    /// - Throws: `Failure` with the place of the first mistake.
    package init(_ text: String) throws(Failure) {
        var reader = LinePatternReader(text)
        let node = try reader.pattern()
        var compiler = LinePatternCompiler()
        compiler.emit(node)
        compiler.emit(.match)
        guard compiler.program.count <= Self.instructionsMax else {
            throw Failure(
                message: "the pattern is too large",
                remedy: "Use smaller counts in braces, or `*`",
                offset: 0
            )
        }
        self.text = text
        roles = reader.roles
        program = compiler.program
        sets = compiler.sets
        skips = LinePatternSkips(program: compiler.program, sets: compiler.sets).places
    }
}

/// A set of bytes.
struct ByteSet: Hashable, Sendable {
    private var words = SIMD4<UInt64>()

    static let any = ByteSet(0...255)
    static let digits = ByteSet(0x30...0x39)
    static let letters = ByteSet(0x41...0x5A).union(ByteSet(0x61...0x7A))
    static let wordBytes = letters.union(digits).union(ByteSet(0x5F...0x5F))
    static let blanks = ByteSet(0x09...0x0D).union(ByteSet(0x20...0x20))

    init() {}

    init(_ range: ClosedRange<UInt8>) {
        for byte in range { insert(byte) }
    }

    mutating func insert(_ byte: UInt8) {
        words[Int(byte >> 6)] |= 1 << UInt64(byte & 63)
    }

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        words[Int(byte >> 6)] >> UInt64(byte & 63) & 1 == 1
    }

    func union(_ other: ByteSet) -> ByteSet {
        var result = self
        result.words |= other.words
        return result
    }

    func isDisjoint(with other: ByteSet) -> Bool {
        words & other.words == SIMD4()
    }

    var inverted: ByteSet {
        var result = self
        result.words = ~words
        return result
    }
}

/// Turns the tree of a pattern into a program.
struct LinePatternCompiler {
    var program: [LinePattern.Instruction] = []
    var sets: [ByteSet] = []
    private var numbers: [ByteSet: Int] = [:]

    mutating func emit(_ instruction: LinePattern.Instruction) {
        program.append(instruction)
    }

    mutating func emit(_ node: LinePatternNode) {
        // Beyond the limit nothing more is needed: the pattern will be refused.
        guard program.count <= LinePattern.instructionsMax else { return }
        switch node {
        case .bytes(let set): emit(.bytes(number(of: set)))
        case .sequence(let nodes): for node in nodes { emit(node) }
        case .choice(let nodes): emitChoice(nodes)
        case .group(let number, let inner):
            emit(.save(number * 2))
            emit(inner)
            emit(.save(number * 2 + 1))
        case .lineEnd: emit(LinePattern.Instruction.lineEnd)
        case .repeated(let inner, let least, let most, let isLazy):
            for _ in 0..<least { emit(inner) }
            if let most {
                emitOptional(inner, count: most - least, isLazy: isLazy)
            } else {
                emitLoop(inner, isLazy: isLazy)
            }
        }
    }

    private mutating func emitChoice(_ nodes: [LinePatternNode]) {
        var ends: [Int] = []
        for (index, node) in nodes.enumerated() {
            guard index < nodes.count - 1 else {
                emit(node)
                break
            }
            let split = program.count
            emit(.split(split + 1, 0))
            emit(node)
            ends.append(program.count)
            emit(.jump(0))
            program[split] = .split(split + 1, program.count)
        }
        for place in ends { program[place] = .jump(program.count) }
    }

    private mutating func emitOptional(_ node: LinePatternNode, count: Int, isLazy: Bool) {
        var splits: [Int] = []
        for _ in 0..<count {
            guard program.count <= LinePattern.instructionsMax else { break }
            splits.append(program.count)
            emit(.split(0, 0))
            emit(node)
        }
        for split in splits { program[split] = Self.split(split + 1, program.count, isLazy) }
    }

    private mutating func emitLoop(_ node: LinePatternNode, isLazy: Bool) {
        let split = program.count
        emit(.split(0, 0))
        emit(node)
        emit(.jump(split))
        program[split] = Self.split(split + 1, program.count, isLazy)
    }

    private static func split(
        _ inner: Int,
        _ behind: Int,
        _ isLazy: Bool
    ) -> LinePattern.Instruction {
        isLazy ? .split(behind, inner) : .split(inner, behind)
    }

    private mutating func number(of set: ByteSet) -> Int {
        if let number = numbers[set] { return number }
        numbers[set] = sets.count
        sets.append(set)
        return sets.count - 1
    }
}
