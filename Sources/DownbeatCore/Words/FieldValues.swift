/// The values that a field selects, with the shapes that people have words for.
///
/// Each shape stands for exactly one set of values, so that words made from it do too.
package struct FieldValues: Hashable, Sendable {
    /// Values that come one by one, at one distance, from the field's start to its end.
    package struct Cycle: Hashable, Sendable {
        /// Divides the size of the field.
        package var step: Int
        /// Less than `step` behind the field's lowest value.
        package var first: Int
    }

    /// How a list of values is said.
    package enum Series: Hashable, Sendable {
        /// Values and stretches of three and more neighbours.
        case ranges([ClosedRange<Int>])
        /// Many values at one distance greater than 1, of which the first three and the last are said.
        case progression(first: [Int], last: Int)
    }

    /// In ascending order.
    package let values: [Int]
    /// All values that the field has.
    package let domain: ClosedRange<Int>

    /// Fewer values than this are said one by one.
    private static let progressionMin = 6

    init(_ values: [Int], of domain: ClosedRange<Int>) {
        self.values = values
        self.domain = domain
    }

    init(_ mask: UInt64, of field: CrontabField) {
        self.init(Crontab.values(mask), of: field.lowest...field.highestBit)
    }

    /// Whether no value is left out.
    package var isFull: Bool { values.count == domain.count }

    /// The one value; nil: there are more, or none.
    package var only: Int? { values.count == 1 ? values[0] : nil }

    /// The distance of neighbours, if it is the same for all; nil for less than two values.
    package var distance: Int? {
        guard values.count > 1 else { return nil }
        let step = values[1] - values[0]
        return zip(values, values.dropFirst()).allSatisfy { $1 - $0 == step } ? step : nil
    }

    /// Nil when the values are no cycle.
    package var cycle: Cycle? {
        guard let step = distance, domain.count.isMultiple(of: step),
            values.count == domain.count / step
        else { return nil }
        return Cycle(step: step, first: values[0])
    }

    /// The runs of neighbours.
    package var runs: [ClosedRange<Int>] {
        var runs: [ClosedRange<Int>] = []
        for value in values {
            if let last = runs.last, last.upperBound + 1 == value {
                runs[runs.count - 1] = last.lowerBound...value
            } else {
                runs.append(value...value)
            }
        }
        return runs
    }

    /// The values as a list; two neighbours are two values.
    package var series: Series {
        if values.count >= Self.progressionMin, let step = distance, step > 1 {
            return .progression(first: Array(values.prefix(3)), last: values[values.count - 1])
        }
        return .ranges(runs.flatMap { $0.count < 3 ? $0.map { $0...$0 } : [$0] })
    }
}
