import DownbeatCore

/// The keys of one schedule in layers: its own, then its file's `defaults`, then the service's.
///
/// Maps merge key by key, lists and scalars replace; the layer of a value is remembered, since a
/// written value and an inherited one are judged differently.
struct ScheduleFields {
    /// Keys as they stand in one map.
    typealias Layer = [ScheduleKey: YAMLEntry]

    /// A value with the layer it came from; 0 is the schedule itself.
    struct Field {
        var entry: YAMLEntry
        var layer: Int

        var isInherited: Bool { layer > 0 }
    }

    /// The schedule's own keys first.
    var layers: [Layer]

    /// Keys that only the schedule itself can have.
    func own(_ key: ScheduleKey) -> YAMLEntry? { layers.first?[key] }

    /// The value that counts: of the first layer that has it.
    func field(_ key: ScheduleKey) -> Field? {
        for (number, layer) in layers.enumerated() {
            if let entry = layer[key] { return Field(entry: entry, layer: number) }
        }
        return nil
    }

    /// The entries of a map that merges key by key, those of the lowest layer first.
    ///
    /// An entry of a higher layer takes the place of one of the same name.
    func merged(_ key: ScheduleKey, in context: DecodingContext) -> [Field] {
        var fields: [Field] = []
        var positions: [String: Int] = [:]
        for number in layers.indices.reversed() {
            guard let entry = layers[number][key],
                let entries = context.entries(entry.value, of: key.rawValue)
            else { continue }
            for inner in entries {
                let field = Field(entry: inner, layer: number)
                if let position = positions[inner.name] {
                    fields[position] = field
                } else {
                    positions[inner.name] = fields.count
                    fields.append(field)
                }
            }
        }
        return fields
    }

    /// Sorts the entries of a map into a layer and reports the keys that do not belong there.
    static func layer(
        of entries: [YAMLEntry],
        at level: KeyAdvice.Level,
        known: [String: ScheduleKey],
        in context: DecodingContext
    ) -> Layer {
        var layer: Layer = [:]
        for entry in entries {
            guard !context.problems.isClosed else {
                context.problems.stopEarly()
                break
            }
            if let key = known[entry.name] {
                layer[key] = entry
            } else {
                context.reportUnknown(entry, at: level)
            }
        }
        return layer
    }
}

extension DecodingContext {
    /// Reports a key that a map does not have; keys that begin with `x-` are free.
    func reportUnknown(_ entry: YAMLEntry, at level: KeyAdvice.Level) {
        guard !entry.name.hasPrefix("x-") else { return }
        guard !problems.isFull else {
            return problems.leaveOut(DiagnosticCode.unknownKey.rawValue)
        }
        let answer = KeyAdvice.answer(for: entry.name, at: level, value: entry.value)
        report(
            answer.code,
            answer.message,
            at: entry.key,
            label: answer.label,
            suggestion: answer.suggestion
        )
    }
}
