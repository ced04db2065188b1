/// Fire times of a wall pattern in a zone: where daylight saving is decided.
///
/// The search walks the zone's spans, the stretches of one offset. Within a span wall time and
/// instants run in step, so a match is one subtraction. At a change of at most three hours (the
/// rule of Vixie's cron, `man 8 cron` on Debian), unless the schedule says otherwise:
/// - forward, a fixed time that is skipped fires once, at the first instant after the gap;
/// - back, a fixed time fires in the first pass only;
/// - a wildcard fires whenever the wall shows a match: never in a gap, twice in an overlap.
///
/// A larger change is one of the date or a correction: what the wall shows counts, nothing else.
/// No step adds a day or an hour to an instant, and an answer is always after the question.
/// Policies that look ahead (`shift`, `second`) are answered in `WallSearch+Spans.swift`.
struct WallSearch<Pattern: WallTimes> {
    var pattern: Pattern
    var zone: ZoneRules
    /// Decided: never `auto`.
    private(set) var policy: DaylightPolicy

    @inline(__always)
    init(pattern: Pattern, zone: ZoneRules, policy: DaylightPolicy) {
        self.pattern = pattern
        self.zone = zone
        self.policy = policy.decided(isWildcard: pattern.isWildcard)
    }

    /// The largest change that is daylight saving, inclusive, in seconds.
    static var changeMax: Int { 3 * 3600 }
    /// More than two offsets can differ, so that a jump over spans cannot pass a match.
    static var jumpMargin: Int { 3 * CivilTime.secondsPerDay }
    /// A wall time after all others: the years of the pattern are over.
    private static var afterAll: Int { ZoneRules.endOfTime * 2 }

    private var looksAhead: Bool { policy.gap == .shift || policy.overlap == .second }

    /// The first fire time after an instant, in seconds since the epoch.
    @inline(__always)
    func next(after instant: Int) -> Int? {
        guard !looksAhead else { return nextBySpans(after: instant) }
        let from = instant + 1
        var span = zone.span(at: from)
        if from == span.start, gapHoldsMatch(span) { return from }
        var wall = max(from + span.offset, repeatsEnd(span))
        // Without a match ahead there may be one behind, which the wall is about to show again.
        var match = pattern.first(from: wall) ?? Self.afterAll
        if match < span.endWall { return match - span.offset }
        var jumpsAllowed = false
        while span.end <= TimeLimits.latestSecond {
            guard match < Self.afterAll || span.end < from + Self.jumpMargin else { return nil }
            // The span after the first one may repeat wall times before `wall`, so it is looked at
            // even when the match is years away; later ones can be stepped over.
            let mayJump = jumpsAllowed && match < Self.afterAll
            let target = mayJump ? max(span.end, match - Self.jumpMargin) : span.end
            jumpsAllowed = true
            span = zone.span(at: target)
            if span.change > 0, match < span.firstWall {
                if firesAtGapEnd(span) { return span.start }
                wall = span.firstWall
                match = pattern.first(from: wall) ?? Self.afterAll
            } else if span.firstWall < wall, repeatsEnd(span) == .min {
                wall = span.firstWall
                match = pattern.first(from: wall) ?? Self.afterAll
            }
            if match < span.endWall { return match - span.offset }
        }
        return nil
    }

    /// The last fire time at or before an instant and after `limit`.
    func previous(atOrBefore instant: Int, after limit: Int) -> Int? {
        guard instant > limit else { return nil }
        guard !looksAhead else { return previousBySpans(atOrBefore: instant, after: limit) }
        var span = zone.span(at: instant)
        var wall = instant + span.offset
        while true {
            let floor = max(max(limit + 1, span.start) + span.offset, repeatsEnd(span))
            if wall >= floor, let match = pattern.last(upTo: wall, notBefore: floor) {
                return match - span.offset
            }
            guard span.start > limit else { return nil }
            if gapHoldsMatch(span) { return span.start }
            span = zone.span(at: span.start - 1)
            wall = span.endWall - 1
        }
    }

    /// How many fire times lie in (after, upTo]; O(months between them).
    func count(after: Int, upTo: Int) -> Int {
        guard upTo > after else { return 0 }
        guard !looksAhead else { return countBySpans(after: after, upTo: upTo) }
        var total = 0
        var from = after + 1
        while true {
            let span = zone.span(at: from)
            let start = max(from + span.offset, repeatsEnd(span))
            let end = min(span.end, upTo + 1) + span.offset
            if start < end { total += pattern.count(in: start..<end) }
            if from == span.start, gapHoldsMatch(span),
                pattern.first(from: span.firstWall) != span.firstWall
            {
                total += 1
            }
            guard span.end <= upTo else { return total }
            from = span.end
        }
    }

    /// The wall time before which this span repeats what the first pass has shown; else `Int.min`.
    @inline(__always)
    func repeatsEnd(_ span: ZoneSpan) -> Int {
        guard span.change < 0, span.change >= -Self.changeMax, policy.overlap == .first else {
            return .min
        }
        return span.wallBeforeChange
    }

    func firesAtGapEnd(_ span: ZoneSpan) -> Bool {
        span.change > 0 && span.change <= Self.changeMax && policy.gap == .next
    }

    func gapHoldsMatch(_ span: ZoneSpan) -> Bool {
        guard firesAtGapEnd(span), let match = pattern.first(from: span.wallBeforeChange) else {
            return false
        }
        return match < span.firstWall
    }
}
