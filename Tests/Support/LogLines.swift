package import DownbeatCore

/// Combined-format lines from a seed, and what they add up to, kept with dictionaries of texts.
///
/// The lines have what real logs have: IPv6 clients, quotes and escapes in agents, UTF-8 and raw bytes
/// in paths, `-` for sizes, requests that are none, several offsets, and lines that are broken.
package struct LogLines {
    package struct Sum: Hashable {
        package var count: Int64 = 0
        package var bytes: Int64 = 0
    }

    private var random: SeededGenerator
    /// Seconds since the epoch of the next line.
    private var second: Int
    private let linesPerSecond: Int

    package private(set) var lines: Int64 = 0
    package private(set) var malformed: Int64 = 0
    package private(set) var bytes: Int64 = 0
    package private(set) var sums: [LogField: [String: Sum]] = [:]
    package private(set) var clients: Set<String> = []
    package private(set) var earliest: Timestamp?
    package private(set) var latest: Timestamp?

    private static let offsets = [("+0800", 28_800), ("-0330", -12_600), ("+0000", 0)]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    private static let methods = ["GET", "GET", "GET", "POST", "HEAD", "M-SEARCH"]
    private static let statuses = [200, 200, 200, 204, 301, 304, 404, 499, 500, 503]
    private static let paths = [
        "/", "/index.html", "/api/v1/orders", "/图片/猫.png", "/a b", "/caf\u{e9}", "*",
        "http://example.com/proxy",
    ]
    private static let agents = [
        #"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"#, #"say \"hello\" \\ bye"#,
        #"curl/8.5.0"#, "-", "", "浏览器/1.0", #"\x22quoted\x22"#,
    ]
    private static let referrers = ["-", "https://example.com/", #"https://example.com/?q=\"x\""#]
    private static let broken = [
        "", "garbage", #"1.2.3.4 - - [31/Feb/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "-""#,
        #"1.2.3.4 - - [10/Oct/2026:13:55:36 +0000] "GET / HTTP/1.1" 200 1 "-" "cut"#,
        #"1.2.3.4 - - [10/Oct/2026:13:55:36 +0000] "GET / HTTP/1.1" 20x 1 "-" "-""#,
        #"1.2.3.4 - - [10/Oct/2026:13:55:36 +0000] "GET / HTTP/1.1" 200 1k "-" "-""#,
        #"1.2.3.4 - - 10/Oct/2026:13:55:36 +0000 "GET / HTTP/1.1" 200 1 "-" "-""#, "\u{1}\u{2}",
    ]

    /// - Parameters:
    ///   - seed: the same seed gives the same lines.
    ///   - start: the first line's time.
    ///   - linesPerSecond: of a log that is never idle.
    package init(seed: UInt64, start: Timestamp, linesPerSecond: Int = 50) {
        random = SeededGenerator(seed: seed)
        second = Int(start.seconds)
        self.linesPerSecond = linesPerSecond
    }

    /// The next lines, each with its line end.
    package mutating func next(_ count: Int) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(count * 180)
        for _ in 0..<count {
            if draw(100) == 0 {
                appendBroken(to: &text)
            } else {
                appendGood(to: &text)
            }
        }
        return text
    }

    private mutating func draw(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }

    private mutating func pick<Item>(_ items: [Item]) -> Item { items[draw(items.count)] }

    private mutating func appendBroken(to text: inout [UInt8]) {
        let line = pick(Self.broken)
        // An empty line is no line.
        if !line.isEmpty { malformed += 1 }
        text += Array(line.utf8) + [0x0A]
    }

    private mutating func appendGood(to text: inout [UInt8]) {
        if draw(linesPerSecond) == 0 { second += 1 }
        let client =
            draw(4) == 0
            ? "2001:db8::\(String(draw(3000), radix: 16))"
            : "10.\(draw(3)).\(draw(60)).\(draw(250))"
        let size = draw(20) == 0 ? nil : Int64(draw(100_000))
        let status = draw(500) == 0 ? nil : pick(Self.statuses)
        let (request, method, path, rawPath) = drawRequest()
        let agent = pick(Self.agents)
        let referrer = pick(Self.referrers)
        let (offsetText, offset) = pick(Self.offsets)
        let user = draw(30) == 0 ? "john doe" : "-"
        text += Array("\(client) - \(user) [\(time(offset)) \(offsetText)] \"".utf8)
        text += Array(request.utf8) + rawPath
        text += Array((rawPath.isEmpty ? "" : " HTTP/1.1").utf8)
        text += Array("\" \(status.map(String.init) ?? "-") \(size.map(String.init) ?? "-")".utf8)
        text += Array(" \"\(referrer)\" \"\(agent)\"".utf8)
        if draw(10) == 0 { text += Array(" 0.012 \"extra\"".utf8) }
        text += draw(50) == 0 ? [0x0D, 0x0A] : [0x0A]
        count(
            [
                .status: status.map(String.init) ?? "-",
                .class: status.map { "\($0 / 100)xx" } ?? "-",
                .method: method, .path: path, .referrer: referrer,
                .agent: agent.isEmpty ? "-" : agent, .client: client,
            ],
            bytes: size ?? 0
        )
        clients.insert(client)
    }

    /// The request as text, what it means, and raw bytes that end its path.
    private mutating func drawRequest() -> (String, String, String, [UInt8]) {
        switch draw(200) {
        case 0: return ("-", "-", "-", [])
        case 1: return (#"\x16\x03\x01"#, "-", "-", [])
        case 2: return ("GET /old", "GET", "/old", [])
        case 3:
            return ("GET /raw-", "GET", #"/raw-\xFF\x01"#, [0xFF, 0x01])
        default:
            let method = pick(Self.methods)
            let path = draw(3) == 0 ? "/item/\(draw(2000))" : pick(Self.paths)
            let query = draw(3) == 0 ? "?page=\(draw(100))&q=\\x22" : ""
            let version = pick(["HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/3"])
            return ("\(method) \(path)\(query) \(version)", method, path, [])
        }
    }

    private func time(_ offset: Int) -> String {
        let wall = CivilTime(wall: second + offset)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let month = Self.months[wall.date.month - 1]
        return "\(two(wall.date.day))/\(month)/\(wall.date.year):"
            + "\(two(wall.hour)):\(two(wall.minute)):\(two(wall.second))"
    }

    private mutating func count(_ keys: [LogField: String], bytes size: Int64) {
        lines += 1
        bytes += size
        let now = Timestamp(seconds: Int64(second))
        if earliest == nil { earliest = now }
        latest = now
        for (field, key) in keys {
            sums[field, default: [:]][key, default: Sum()].count += 1
            sums[field, default: [:]][key, default: Sum()].bytes += size
        }
    }

    /// The groups that a result should have, `(other)` included.
    package func groups(of field: LogField, limit: Int) -> [LogStatsResult.Group] {
        let ordered = sums[field, default: [:]].map { key, sum in
            LogStatsResult.Group(by: field, key: key, count: sum.count, bytes: sum.bytes)
        }.sorted { left, right in
            if left.count != right.count { return left.count > right.count }
            if left.bytes != right.bytes { return left.bytes > right.bytes }
            return left.key.utf8.lexicographicallyPrecedes(right.key.utf8)
        }
        guard ordered.count > limit else { return ordered }
        var other = LogStatsResult.Group(by: field, key: "(other)", count: 0, bytes: 0)
        for group in ordered[limit...] {
            other.count += group.count
            other.bytes += group.bytes
        }
        return ordered[..<limit] + [other]
    }
}
