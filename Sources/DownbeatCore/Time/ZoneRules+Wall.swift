/// Which instants show a wall time.
package enum WallResolution: Hashable, Sendable {
    /// One instant, in seconds since the epoch.
    case unique(Int)
    /// None: the clock jumps over it; `end` is the first instant after the jump, `width` its seconds.
    case gap(end: Int, width: Int)
    /// Two, in order: the clock goes back over it.
    case overlap(first: Int, second: Int)

    /// The one that a single fire uses: the first of two, the first after a gap.
    package var instant: Int {
        switch self {
        case .unique(let instant): instant
        case .gap(let end, _): end
        case .overlap(let first, _): first
        }
    }
}

/// A change of a zone's offset.
package struct ZoneChange: Hashable, Sendable {
    package var at: Timestamp
    /// Seconds east of UTC before and after.
    package var offsetBefore: Int
    package var offsetAfter: Int

    package init(at: Timestamp, offsetBefore: Int, offsetAfter: Int) {
        self.at = at
        self.offsetBefore = offsetBefore
        self.offsetAfter = offsetAfter
    }
}

extension ZoneRules {
    /// More than any offset, so that spans around a wall time are found.
    private static let offsetMargin = 27 * 3600

    /// The instants at which the wall shows `wall`, in seconds since 1970-01-01T00:00 local time.
    ///
    /// The offsets in force around it are tried, and those that map back are kept.
    package func resolve(wall: Int) -> WallResolution {
        var span = span(at: wall - Self.offsetMargin)
        var first: Int?
        var gap = (end: wall, width: 0)
        while span.start <= wall + Self.offsetMargin {
            if wall >= span.firstWall, wall < span.endWall {
                if let first { return .overlap(first: first, second: wall - span.offset) }
                first = wall - span.offset
            }
            if span.change > 0, wall >= span.wallBeforeChange, wall < span.firstWall {
                gap = (span.start, span.change)
            }
            guard span.end < Self.endOfTime else { break }
            span = self.span(at: span.end)
        }
        return first.map { .unique($0) } ?? .gap(end: gap.end, width: gap.width)
    }

    /// The instant that shows a date and time; the first of two, the first after a gap.
    package func instant(of time: CivilTime) -> Timestamp {
        Timestamp(seconds: Int64(resolve(wall: time.wall).instant))
    }

    /// What the wall shows at an instant; fractions of a second are cut.
    package func civilTime(at instant: Timestamp) -> CivilTime {
        CivilTime(wall: Int(instant.seconds) + offset(at: instant))
    }

    /// The changes of the offset in (after, upTo], at most `limit` of them.
    package func changes(after: Timestamp, upTo: Timestamp, limit: Int = 1000) -> [ZoneChange] {
        var found: [ZoneChange] = []
        var span = span(at: Int(after.seconds))
        while found.count < limit, span.end < Self.endOfTime, span.end <= Int(upTo.seconds) {
            span = self.span(at: span.end)
            found.append(
                ZoneChange(
                    at: Timestamp(seconds: Int64(span.start)),
                    offsetBefore: span.previousOffset,
                    offsetAfter: span.offset
                )
            )
        }
        return found
    }
}
