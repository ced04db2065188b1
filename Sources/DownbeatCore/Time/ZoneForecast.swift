/// What the zone data of one day said about a zone: kept beside the marks that were planned with it.
///
/// With it two versions of the data can be compared by what they mean, not by their names.
package struct ZoneForecast: Hashable, Sendable {
    package var name: String
    /// The version of the data; nil: the machine does not say.
    package var version: String?
    /// The range that is known: exclusive at its start, inclusive at its end.
    package var from: Timestamp
    package var until: Timestamp
    /// Seconds east of UTC at `from`.
    package var offset: Int
    /// The changes in the range, in order.
    package var changes: [Change]

    /// From an instant on the clock has another offset.
    package struct Change: Hashable, Sendable {
        package var at: Timestamp
        package var offset: Int

        package init(at: Timestamp, offset: Int) {
            self.at = at
            self.offset = offset
        }
    }

    /// How far ahead a forecast is kept: rules are seldom known for longer.
    package static let reach: Duration = .seconds(5 * 365 * 86_400)
    /// A forecast that reaches less far is made anew.
    package static let reachMin: Duration = .seconds(4 * 365 * 86_400)

    package init(
        name: String,
        version: String?,
        from: Timestamp,
        until: Timestamp,
        offset: Int,
        changes: [Change]
    ) {
        self.name = name
        self.version = version
        self.from = from
        self.until = until
        self.offset = offset
        self.changes = changes
    }

    /// What a zone's rules say of the time from an instant on.
    package init(_ zone: ZoneRules, version: String?, from: Timestamp) {
        let until = from + Self.reach
        self.init(
            name: zone.name,
            version: version,
            from: from,
            until: until,
            offset: zone.offset(at: from),
            changes: zone.changes(after: from, upTo: until).map {
                Change(at: $0.at, offset: $0.offsetAfter)
            }
        )
    }

    /// A zone that does what the forecast says, and for ever what it says last.
    package var rules: ZoneRules {
        ZoneRules(
            name: name,
            firstOffset: offset,
            changes: changes.map { (Int($0.at.seconds), $0.offset) }
        )
    }

    /// The stretches after an instant in which a zone has another offset than the forecast.
    ///
    /// Bounded by the forecast's end; each from its first instant to the first one after it.
    package func differences(from zone: ZoneRules, after: Timestamp) -> [Range<Timestamp>] {
        let start = max(after, from)
        guard start < until else { return [] }
        let old = rules
        let instants = [old, zone].flatMap { $0.changes(after: start, upTo: until).map(\.at) }
        let edges = [start] + Set(instants).sorted() + [until]
        var found: [Range<Timestamp>] = []
        for (low, high) in zip(edges, edges.dropFirst()) where low < high {
            guard old.offset(at: low) != zone.offset(at: low) else { continue }
            if let last = found.last, last.upperBound == low {
                found[found.count - 1] = last.lowerBound..<high
            } else {
                found.append(low..<high)
            }
        }
        return found
    }
}

/// A slot that another version of the zone data puts elsewhere.
package struct MovedSlot: Hashable, Sendable {
    /// As it was planned; nil: it is new.
    package var old: Timestamp?
    /// As it is now; nil: it is gone.
    package var new: Timestamp?

    /// The slots of a rule that two versions of its zone do not share.
    ///
    /// - Parameters:
    ///   - rule: with the zone as it is installed.
    ///   - forecast: of the same zone, as it was planned with.
    ///   - after: only slots after this instant.
    ///   - limit: the most to list.
    /// - Returns: in order; a slot that went and one that came, one after the other, are one that moved.
    package static func list(
        _ rule: Rule,
        _ forecast: ZoneForecast,
        after: Timestamp,
        limit: Int
    ) -> [MovedSlot] {
        var planned = rule
        planned.zone = forecast.rules
        var found: [MovedSlot] = []
        for stretch in forecast.differences(from: rule.zone, after: after) {
            // A slot is moved by less than a day, and bounds of the rule keep what they say.
            let low = max(after, stretch.lowerBound - .seconds(86_400))
            let high = min(forecast.until, stretch.upperBound + .seconds(86_400))
            var (old, new) = (planned.next(after: low), rule.next(after: low))
            while found.count < limit {
                let times = [old, new].map { $0.flatMap { $0 <= high ? $0 : nil } }
                guard times != [nil, nil] else { break }
                if times[0] == times[1] {
                    (old, new) = (
                        old.flatMap { planned.next(after: $0) },
                        new.flatMap { rule.next(after: $0) }
                    )
                } else {
                    found.append(MovedSlot(old: times[0], new: times[1]))
                    old = times[0].flatMap { planned.next(after: $0) } ?? old
                    new = times[1].flatMap { rule.next(after: $0) } ?? new
                }
            }
        }
        return found
    }
}
