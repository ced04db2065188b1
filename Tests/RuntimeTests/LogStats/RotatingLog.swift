import DownbeatCore
import Support

/// A log that is written, and between the writing rotated and compressed, as chance wants it.
struct RotatingLog {
    /// How a log is rotated; a log keeps to one way, as its configuration does.
    enum Way: CaseIterable {
        case rename, copyTruncate
    }

    /// Rotated files that are kept.
    private static let generations = 6

    let folder: LogFolder
    let way: Way
    private(set) var source: LogLines
    private var random: SeededGenerator
    /// What is still missing from a line that is half written; a log is not rotated then.
    private var rest: [UInt8] = []

    init(_ folder: LogFolder, by way: Way, seed: UInt64) {
        self.folder = folder
        self.way = way
        source = LogLines(seed: seed, start: Timestamp(seconds: 1_790_000_000))
        random = SeededGenerator(seed: seed)
    }

    /// Whether no line is half written.
    var isWhole: Bool { rest.isEmpty }

    mutating func change() throws {
        for _ in 0..<(1 + random.next() % 3) {
            try finishLine()
            let lines = source.next(Int([1, 2, 5, 300, 3000][Int(random.next() % 5)]))
            let isHalf = random.next().isMultiple(of: 4) && lines.count > 10
            let cut = isHalf ? lines.count - Int(random.next() % 10) : lines.count
            try folder.append(Array(lines[..<cut]), to: "access.log")
            rest = Array(lines[cut...])
            guard rest.isEmpty, random.next().isMultiple(of: 2) else { continue }
            try rotate(compressing: random.next() % 3)
        }
        if !folder.exists("access.log") { try folder.append([], to: "access.log") }
    }

    mutating func finishLine() throws {
        try folder.append(rest, to: "access.log")
        rest = []
    }

    /// `compressing`: 0 nothing, 1 at once, 2 delayed by one rotation.
    private func rotate(compressing: UInt64) throws {
        for number in (1...Self.generations).reversed() {
            for suffix in ["", ".gz"] {
                folder.rename("access.log.\(number)\(suffix)", "access.log.\(number + 1)\(suffix)")
            }
        }
        switch way {
        case .rename: folder.rename("access.log", "access.log.1")
        case .copyTruncate: try folder.copyTruncate("access.log", to: "access.log.1")
        }
        let name = "access.log.\(compressing)"
        if compressing > 0, folder.exists(name), !folder.exists(name + ".gz") {
            try folder.compress(name)
        }
    }
}
