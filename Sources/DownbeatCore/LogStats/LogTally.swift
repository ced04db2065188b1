/// The sums over all lines.
struct LogTally: ~Copyable {
    private let limits: LogStatsLimits
    private let fields: Set<LogField>
    private let countsMethod: Bool
    private let countsPath: Bool
    private let countsHost: Bool
    private let countsAgent: Bool
    private let countsReferrer: Bool
    private let groupsClients: Bool
    private let hasClients: Bool

    private(set) var lines: Int64 = 0
    private(set) var bytes: Int64 = 0
    private(set) var earliest = Int64.max
    private(set) var latest = Int64.min

    /// For each status, and for none behind the last.
    private let statuses: UnsafeMutablePointer<GroupTable.Sum>
    private var methods: GroupTable
    private var paths: GroupTable
    private var hosts: GroupTable
    private var agents: GroupTable
    private var referrers: GroupTable
    private var clients: GroupTable
    /// Takes over the distinct clients once they are too many.
    private var clientEstimate: HyperLogLog?
    private var latencies = LatencyHistogram()

    private static let statusCount = LogLine.noStatus + 1

    init(_ options: LogStatsOptions, limits: LogStatsLimits, seed: UInt64) {
        self.limits = limits
        fields = Set(options.groupBy)
        countsMethod = fields.contains(.method)
        countsPath = fields.contains(.path)
        countsHost = fields.contains(.host)
        countsAgent = fields.contains(.agent)
        countsReferrer = fields.contains(.referrer)
        groupsClients = fields.contains(.client)
        hasClients = options.roles?.contains(.client) ?? false
        statuses = .allocate(capacity: Self.statusCount)
        statuses.initialize(repeating: GroupTable.Sum(), count: Self.statusCount)
        methods = GroupTable(limits: limits, seed: seed)
        paths = GroupTable(limits: limits, seed: seed)
        hosts = GroupTable(limits: limits, seed: seed)
        agents = GroupTable(limits: limits, seed: seed)
        referrers = GroupTable(limits: limits, seed: seed)
        clients = GroupTable(limits: limits, seed: seed)
    }

    deinit {
        statuses.deallocate()
    }

    @inline(__always)
    mutating func add(_ line: borrowing LogLine) {
        lines &+= 1
        bytes &+= line.bytes
        if line.time < earliest { earliest = line.time }
        if line.time > latest { latest = line.time }
        statuses[line.status].count &+= 1
        statuses[line.status].bytes &+= line.bytes
        if hasClients { addClient(line.client, bytes: line.bytes) }
        if countsMethod { Self.add(line.method, line.bytes, to: &methods) }
        if countsPath { Self.add(line.path, line.bytes, to: &paths) }
        if countsAgent { Self.add(line.agent, line.bytes, to: &agents) }
        if countsReferrer { Self.add(line.referrer, line.bytes, to: &referrers) }
        if countsHost { Self.add(line.host, line.bytes, to: &hosts) }
        if line.latency >= 0 { latencies.insert(line.latency) }
    }

    @inline(__always)
    private static func add(_ key: ByteSlice, _ bytes: Int64, to table: inout GroupTable) {
        guard !table.add(key, bytes: bytes) else { return }
        makeRoom(key, bytes, in: &table)
    }

    @inline(never)
    private static func makeRoom(_ key: ByteSlice, _ bytes: Int64, in table: inout GroupTable) {
        table.dropHalf()
        if !table.add(key, bytes: bytes) { table.drop(bytes: bytes) }
    }

    @inline(__always)
    private mutating func addClient(_ client: ByteSlice, bytes: Int64) {
        // Without a client a line is still a request, of nobody in particular.
        guard groupsClients || !client.isBlank else { return }
        if clientEstimate == nil {
            if clients.add(client, bytes: bytes) { return }
            estimateClients()
        }
        if !client.isBlank { clientEstimate?.insert(client.bytes) }
        if groupsClients { Self.add(client, bytes, to: &clients) }
    }

    @inline(never)
    private mutating func estimateClients() {
        var estimate = HyperLogLog()
        for index in 0..<clients.count { estimate.insert(clients.key(index)) }
        clientEstimate = estimate
        if !groupsClients { clients = GroupTable(limits: limits, seed: 0) }
    }

    /// Whether everything is counted exactly.
    var isExact: Bool {
        !(clientEstimate != nil || methods.hasDropped || paths.hasDropped || hosts.hasDropped
            || agents.hasDropped || referrers.hasDropped || clients.hasDropped)
    }

    /// Distinct clients; nil when lines name none.
    var clientCount: Int64? {
        guard hasClients else { return nil }
        if let clientEstimate { return clientEstimate.estimate }
        let hasBlank =
            groupsClients
            && (0..<clients.count).contains { index in
                clients.key(index).elementsEqual(CollectionOfOne(0x2D))
            }
        return Int64(clients.count - (hasBlank ? 1 : 0))
    }

    var latency: LogStatsResult.Latency? {
        guard let p50 = latencies.value(at: 0.5), let p95 = latencies.value(at: 0.95),
            let p99 = latencies.value(at: 0.99)
        else { return nil }
        return LogStatsResult.Latency(
            p50: p50 / 1000,
            p95: p95 / 1000,
            p99: p99 / 1000,
            max: Double(latencies.max) / 1000,
            samples: latencies.count
        )
    }

    /// How many groups a field has.
    func groupCount(of field: LogField) -> Int {
        switch field {
        case .status: statusGroups.count
        case .class: classGroups.count
        case .method: methods.count
        case .path: paths.count
        case .host: hosts.count
        case .agent: agents.count
        case .referrer: referrers.count
        case .client: clients.count
        }
    }

    /// The `limit` largest groups of a field and, if there is more, `(other)`.
    func groups(of field: LogField, limit: Int) -> [LogStatsResult.Group] {
        switch field {
        case .status: Self.groups(statusGroups, limit: limit)
        case .class: Self.groups(classGroups, limit: limit)
        case .method: Self.groups(methods, by: field, limit: limit)
        case .path: Self.groups(paths, by: field, limit: limit)
        case .host: Self.groups(hosts, by: field, limit: limit)
        case .agent: Self.groups(agents, by: field, limit: limit)
        case .referrer: Self.groups(referrers, by: field, limit: limit)
        case .client: Self.groups(clients, by: field, limit: limit)
        }
    }

    private var statusGroups: [LogStatsResult.Group] {
        (0..<Self.statusCount).compactMap { status in
            let sum = statuses[status]
            guard sum.count > 0 else { return nil }
            let key = status == LogLine.noStatus ? "-" : Digits.padded(status, width: 3)
            return LogStatsResult.Group(by: .status, key: key, count: sum.count, bytes: sum.bytes)
        }
    }

    private var classGroups: [LogStatsResult.Group] {
        var groups: [LogStatsResult.Group] = []
        for group in statusGroups {
            let key = group.key == "-" ? "-" : "\(group.key.prefix(1))xx"
            if let last = groups.last, last.key == key {
                groups[groups.count - 1].count += group.count
                groups[groups.count - 1].bytes += group.bytes
            } else {
                groups.append(
                    LogStatsResult.Group(
                        by: .class,
                        key: key,
                        count: group.count,
                        bytes: group.bytes
                    )
                )
            }
        }
        return groups
    }

    private static func groups(
        _ all: [LogStatsResult.Group],
        limit: Int
    ) -> [LogStatsResult.Group] {
        let ordered = all.sorted { left, right in
            if left.count != right.count { return left.count > right.count }
            if left.bytes != right.bytes { return left.bytes > right.bytes }
            return left.key < right.key
        }
        guard ordered.count > limit, let by = ordered.first?.by else { return ordered }
        var other = LogStatsResult.Group(by: by, key: LogKeyText.other, count: 0, bytes: 0)
        for group in ordered[limit...] {
            other.count += group.count
            other.bytes += group.bytes
        }
        return ordered[..<limit] + [other]
    }

    private static func groups(
        _ table: borrowing GroupTable,
        by field: LogField,
        limit: Int
    ) -> [LogStatsResult.Group] {
        var other = table.dropped
        var groups: [LogStatsResult.Group] = []
        for index in table.ranked() {
            let entry = table.entry(index)
            guard groups.count < limit else {
                other.count += entry.count
                other.bytes += entry.bytes
                continue
            }
            groups.append(
                LogStatsResult.Group(
                    by: field,
                    key: String(decoding: table.key(index), as: UTF8.self),
                    count: entry.count,
                    bytes: entry.bytes
                )
            )
        }
        if other.count > 0 {
            groups.append(
                LogStatsResult.Group(
                    by: field,
                    key: LogKeyText.other,
                    count: other.count,
                    bytes: other.bytes
                )
            )
        }
        return groups
    }
}
