/// The same answers span by span, for policies that look ahead of a change: a skipped time that is
/// shifted into the span after it, and a repeated time that waits for its second pass.
///
/// A span is asked for its own first match, so each policy is said once, in `walls` and `shifted`.
/// It costs a little more than the usual search, which such schedules are few enough to bear.
extension WallSearch {
    func nextBySpans(after instant: Int) -> Int? {
        let from = instant + 1
        var span = zone.span(at: from)
        while true {
            let found = [
                firstOnWall(span, from: from), firstShifted(span, from: from),
                gapEnd(span, from: from),
            ].compactMap(\.self).min()
            if let found { return found }
            guard span.end <= TimeLimits.latestSecond,
                let match = pattern.first(from: span.endWall - Self.jumpMargin)
            else { return nil }
            span = zone.span(at: max(span.end, match - Self.jumpMargin))
        }
    }

    func previousBySpans(atOrBefore instant: Int, after limit: Int) -> Int? {
        var span = zone.span(at: instant)
        while true {
            let found = [
                lastOnWall(span, upTo: instant), lastShifted(span, upTo: instant),
                gapEnd(span, from: limit + 1),
            ].compactMap(\.self).max()
            if let found { return found > limit ? found : nil }
            guard span.start > limit else { return nil }
            span = zone.span(at: span.start - 1)
        }
    }

    func countBySpans(after: Int, upTo: Int) -> Int {
        var total = 0
        var from = after + 1
        while true {
            let span = zone.span(at: from)
            let walls = walls(of: span)
                .clamped(to: (from + span.offset)..<(min(span.end, upTo + 1) + span.offset))
            total += pattern.count(in: walls)
            var shifted = firstShifted(span, from: from)
            while let instant = shifted, instant <= upTo {
                let wall = instant + span.offset
                if !walls.contains(wall) || pattern.first(from: wall) != wall { total += 1 }
                shifted = firstShifted(span, from: instant + 1)
            }
            if let end = gapEnd(span, from: from),
                pattern.first(from: span.firstWall) != span.firstWall
            {
                total += end <= upTo ? 1 : 0
            }
            guard span.end <= upTo else { return total }
            from = span.end
        }
    }

    /// The wall times of a span at which it fires as the wall shows them.
    private func walls(of span: ZoneSpan) -> Range<Int> {
        let start = max(span.firstWall, repeatsEnd(span))
        guard policy.overlap == .second, span.end < ZoneRules.endOfTime else {
            return start..<max(start, span.endWall)
        }
        let next = zone.span(at: span.end)
        let isRepeated = next.change < 0 && next.change >= -Self.changeMax
        return start..<max(start, isRepeated ? next.firstWall : span.endWall)
    }

    /// The wall times that the change at a span's start jumps over, if each of them is shifted.
    private func shifted(of span: ZoneSpan) -> Range<Int>? {
        guard span.change > 0, span.change <= Self.changeMax, policy.gap == .shift else {
            return nil
        }
        return span.wallBeforeChange..<min(span.firstWall, span.end + span.previousOffset)
    }

    private func firstOnWall(_ span: ZoneSpan, from: Int) -> Int? {
        let walls = walls(of: span)
        guard let match = pattern.first(from: max(walls.lowerBound, from + span.offset)),
            match < walls.upperBound
        else { return nil }
        return match - span.offset
    }

    private func lastOnWall(_ span: ZoneSpan, upTo: Int) -> Int? {
        let walls = walls(of: span)
        let wall = min(walls.upperBound - 1, upTo + span.offset)
        guard wall >= walls.lowerBound else { return nil }
        return pattern.last(upTo: wall, notBefore: walls.lowerBound).map { $0 - span.offset }
    }

    private func firstShifted(_ span: ZoneSpan, from: Int) -> Int? {
        guard let walls = shifted(of: span),
            let match = pattern.first(from: max(walls.lowerBound, from + span.previousOffset)),
            match < walls.upperBound
        else { return nil }
        return match - span.previousOffset
    }

    private func lastShifted(_ span: ZoneSpan, upTo: Int) -> Int? {
        guard let walls = shifted(of: span) else { return nil }
        let wall = min(walls.upperBound - 1, upTo + span.previousOffset)
        guard wall >= walls.lowerBound else { return nil }
        return pattern.last(upTo: wall, notBefore: walls.lowerBound).map {
            $0 - span.previousOffset
        }
    }

    private func gapEnd(_ span: ZoneSpan, from: Int) -> Int? {
        span.start >= from && gapHoldsMatch(span) ? span.start : nil
    }
}
