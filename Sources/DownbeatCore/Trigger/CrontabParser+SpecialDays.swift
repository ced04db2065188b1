/// Reads the day items of OCPS 1.1: `L`, `LW`, `15W`, `5#2`, `5#L`, `5L`.
extension CrontabParser {
    /// Reads an item if it is one of them.
    ///
    /// - Returns: whether it was; others are left to the usual reader.
    /// - Throws: `TextError` for one that is nearly right.
    func parseSpecial(
        _ field: CrontabField,
        _ item: Range<Int>,
        in place: Range<Int>,
        into masks: inout CrontabMasks
    ) throws(TextError) -> Bool {
        guard let last = bytes[item].last else { return false }
        let ending = last | 0x20
        if field == .dayOfMonth {
            if bytes[item].starts(with: "L-".utf8) || bytes[item].starts(with: "l-".utf8) {
                guard readsDaysBeforeLast else { throw daysBeforeLastError(item) }
                try parseDaysBeforeLast(item, in: place, into: &masks)
                return true
            }
            guard ending == UInt8(ascii: "l") || ending == UInt8(ascii: "w") else { return false }
            return try parseMonthDay(item, in: place, into: &masks)
        }
        if let hash = bytes[item].firstIndex(of: UInt8(ascii: "#")) {
            let weekday = try parseWeekday(item.lowerBound..<hash, in: item)
            let lane = try parseCount((hash + 1)..<item.upperBound, in: item)
            masks.special.insert(weekday: weekday, lane: lane)
            return true
        }
        guard ending == UInt8(ascii: "l") else { return false }
        guard item.count > 1 else { throw lastAloneError(item) }
        let head = item.lowerBound..<(item.upperBound - 1)
        // Words such as `april` in the wrong field are not ours.
        guard !bytes[head].allSatisfy(isLetter) || field.value(ofName: bytes[head]) != nil else {
            return false
        }
        let weekday = try parseWeekday(head, in: item)
        masks.special.insert(weekday: weekday, lane: SpecialDays.lastLane)
        return true
    }

    /// `L`, `LW` and `15W`.
    private func parseMonthDay(
        _ item: Range<Int>,
        in place: Range<Int>,
        into masks: inout CrontabMasks
    ) throws(TextError) -> Bool {
        let word = string(item).uppercased()
        if word == "L" {
            masks.includesLastDay = true
            return true
        }
        var nearest = Int(SpecialDays.lastWeekday)
        if word != "LW" {
            var position = item.lowerBound
            guard isDigit(bytes[position]) else {
                // Words such as `fri` in the wrong field are not ours.
                guard word.utf8.allSatisfy({ $0 == 0x4C || $0 == 0x57 }) else { return false }
                throw modifierError(.dayOfMonth, item)
            }
            nearest = try parseValue(.dayOfMonth, &position, in: item).value
            guard position == item.upperBound - 1, word.hasSuffix("W") else {
                throw modifierError(.dayOfMonth, item)
            }
        }
        guard item == place else { throw weekdayInListError(item, in: place) }
        masks.special.nearestWeekday = UInt8(nearest)
        return true
    }

    /// `L-2` and `L-2W`, so many days before the last one of the month.
    func parseDaysBeforeLast(
        _ item: Range<Int>,
        in place: Range<Int>,
        into masks: inout CrontabMasks
    ) throws(TextError) {
        var digits = (item.lowerBound + 2)..<item.upperBound
        let isNearest = bytes[digits].last.map { $0 | 0x20 } == UInt8(ascii: "w")
        if isNearest { digits = digits.lowerBound..<(digits.upperBound - 1) }
        guard !digits.isEmpty, bytes[digits].allSatisfy(isDigit) else {
            throw modifierError(.dayOfMonth, item)
        }
        guard let distance = Int(string(digits)), distance < 31 else {
            throw error(
                TextErrorCode.outOfRange,
                "no month has a day \(string(digits)) days before its last one",
                digits,
                remedy: "Write 1 to 30 behind `L-`"
            )
        }
        if isNearest {
            guard item == place else { throw weekdayInListError(item, in: place) }
            masks.special.nearestWeekday = SpecialDays.lastWeekday + UInt8(distance)
        } else if distance == 0 {
            masks.includesLastDay = true
        } else {
            masks.special.daysBeforeLast |= 1 << UInt32(distance)
        }
    }

    /// The weekday before `#` or `L`: one number or name, 7 as 0.
    private func parseWeekday(_ place: Range<Int>, in item: Range<Int>) throws(TextError) -> Int {
        guard let first = bytes[place].first, isDigit(first) || isLetter(first) else {
            throw modifierError(.dayOfWeek, item)
        }
        var position = place.lowerBound
        let value = try parseValue(.dayOfWeek, &position, in: place).value
        guard position == place.upperBound else { throw modifierError(.dayOfWeek, item) }
        return value % 7
    }

    /// What stands behind `#`: 1 to 5, or `L`.
    private func parseCount(_ place: Range<Int>, in item: Range<Int>) throws(TextError) -> Int {
        let text = string(place)
        if text.uppercased() == "L" { return SpecialDays.lastLane }
        guard !text.isEmpty, bytes[place].allSatisfy(isDigit) else {
            throw modifierError(.dayOfWeek, item)
        }
        guard let count = Int(text), (1...5).contains(count) else {
            throw error(
                TextErrorCode.outOfRange,
                "no month has a weekday number \(text): `\(string(item))`",
                place,
                remedy: "Write 1 to 5 behind `#`, or `L` for the last one"
            )
        }
        return count - 1
    }

    // MARK: Errors

    /// `L`, `W` or `#` where it means nothing.
    func modifierError(_ field: CrontabField, _ item: Range<Int>) -> TextError {
        error(
            TextErrorCode.badValue,
            "`\(string(item))` is no value of \(field.words)",
            item,
            remedy: field == .dayOfMonth
                ? "Write `L` for the last day, `LW` for the last weekday, `15W` for the weekday"
                    + " nearest to the 15th"
                : "Write one weekday with its number in the month, such as `5#2` or `FRI#2`,"
                    + " or `5L` for the last one"
        )
    }

    /// `L-2` where no dialect says whose it is.
    private func daysBeforeLastError(_ item: Range<Int>) -> TextError {
        error(
            TextErrorCode.badValue,
            "`\(string(item))` is no value of day of month; days before the last one are Quartz's",
            item,
            remedy: "Use Quartz's fields with `dialect: quartz`: `0 0 0 \(string(item)) * ?`"
        )
    }

    /// `+` with nothing behind it.
    func loneModifierError(_ field: CrontabField, _ place: Range<Int>) -> TextError {
        error(
            TextErrorCode.badValue,
            "`\(string(place))` in \(field.words) has no value",
            place,
            remedy: "Write the weekdays behind it, such as `+MON`"
        )
    }

    private func lastAloneError(_ item: Range<Int>) -> TextError {
        error(
            TextErrorCode.badValue,
            "`\(string(item))` alone is no day of week; some programs read it as Saturday",
            item,
            remedy: "Write `SAT`, or `5L` for the last Friday of the month"
        )
    }

    func weekdayInListError(_ item: Range<Int>, in place: Range<Int>) -> TextError {
        error(
            TextErrorCode.badValue,
            "`\(string(item))` must be the only day of month, not one of `\(string(place))`",
            item,
            remedy: "Write two expressions, as a list under the key `cron:`"
        )
    }
}
