import Foundation

/// The transitions of zones as Python's `zoneinfo` sees them, from the files that we read too.
///
/// Python decodes the bytes with code of its own. It is asked for nothing but offsets: a walk in steps
/// of twelve hours finds where two neighbours differ, and halving finds the second of the change.
enum PythonZones {
    /// What the wall showed around a change: an instant and the seconds east of UTC from then on.
    struct Sample: Hashable, Sendable {
        var second: Int
        var offset: Int
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// From 1970-01-01 to 2100-01-01, in seconds.
    static let range = 0..<4_102_444_800

    private static let script = """
        import sys
        from datetime import datetime, timedelta, timezone
        from zoneinfo import ZoneInfo

        low, high, step = int(sys.argv[1]), int(sys.argv[2]), 12 * 3600
        epoch = datetime(1970, 1, 1, tzinfo=timezone.utc)

        for name in sys.stdin.read().split():
            with open("/usr/share/zoneinfo/" + name, "rb") as file:
                zone = ZoneInfo.from_file(file, key=name)

            def offset(second):
                instant = epoch + timedelta(seconds=second)
                return round(instant.astimezone(zone).utcoffset().total_seconds())

            samples = [(low, offset(low))]
            left, before = low, offset(low)
            while left < high:
                right = min(left + step, high)
                after = offset(right)
                start, end = left, right
                while before != after and end - start > 1:
                    middle = (start + end) // 2
                    start, end = (middle, end) if offset(middle) == before else (start, middle)
                if before != after:
                    samples += [(second, offset(second)) for second in (end - 1, end, end + 1)]
                left, before = right, after
            print(name, *(f"{second}:{offset}" for second, offset in samples))
        """

    /// Where `python3` is; nil: not installed.
    static let program: String? = {
        let folders = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
        return folders.split(separator: ":").map { "\($0)/python3" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    /// Whether the comparison is to be made: a machine for integration has Python or is set up wrongly.
    static var isExpected: Bool {
        program != nil || ProcessInfo.processInfo.environment["CI"] != nil
    }

    /// The start of the range, and the second before, at and after each change in it.
    static func samples(of zones: [String]) throws -> [String: [Sample]] {
        guard let program else { throw Failure(description: "install python3") }
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = ["-c", script, "\(range.lowerBound)", "\(range.upperBound)"]
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(zones.joined(separator: " ").utf8))
        try input.fileHandleForWriting.close()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "\(program) ended with \(process.terminationStatus)")
        }
        var found: [String: [Sample]] = [:]
        for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ")
            found[String(words[0])] = try words.dropFirst().map { word in
                let numbers = word.split(separator: ":").compactMap { Int($0) }
                guard numbers.count == 2 else { throw Failure(description: "\(word): no sample") }
                return Sample(second: numbers[0], offset: numbers[1])
            }
        }
        return found
    }
}
