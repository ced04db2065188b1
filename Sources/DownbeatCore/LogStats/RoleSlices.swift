/// The parts of a line by role, for formats whose fields are named by the user.
struct RoleSlices {
    private let query: LogStatsOptions.Query
    private let latencyScale: Double
    private var clock: LogClock
    private var slices = [ByteSlice](repeating: .missing, count: LogRole.allCases.count)

    init(_ options: LogStatsOptions, zone: ZoneRules) {
        query = options.query
        latencyScale = options.latencyUnit.microseconds
        clock = LogClock(zone: zone)
    }

    subscript(place: Int) -> ByteSlice {
        get { slices[place] }
        set { slices[place] = newValue }
    }

    mutating func clear() {
        for place in slices.indices { slices[place] = .missing }
    }

    /// Makes the line of what was found.
    ///
    /// The time must be there and be one; status, bytes and latency must be what they should be
    /// where they are there.
    mutating func assemble(within span: LogSpan, into line: inout LogLine) -> LogLineVerdict {
        guard let time = clock.any(slices[LogRole.time.place]) else { return .malformed }
        guard span.holds(time) else { return .outside }
        guard let status = LogNumber.status(slices[LogRole.status.place]),
            let bytes = LogNumber.size(slices[LogRole.bytes.place]),
            let latency = LogNumber.latency(slices[LogRole.latency.place], scale: latencyScale)
        else { return .malformed }
        line.time = time
        line.status = status
        line.bytes = bytes
        line.latency = latency
        line.client = slices[LogRole.client.place]
        line.host = slices[LogRole.host.place]
        line.agent = slices[LogRole.agent.place]
        line.referrer = slices[LogRole.referrer.place]
        line.method = .missing
        line.path = .missing
        let request = slices[LogRole.request.place]
        if let start = request.start {
            RequestText.split(start, start + request.count, query: query, into: &line)
        }
        let method = slices[LogRole.method.place]
        if method.start != nil { line.method = method }
        let path = slices[LogRole.path.place]
        if let start = path.start {
            line.path = RequestText.path(start, start + path.count, query: query)
        }
        return .counted
    }
}
