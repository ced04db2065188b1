/// Replaces the values of secrets in a stream of bytes by `***`, also where a value is split between
/// two reads.
///
/// Only the longest end that could be the beginning of a secret is held back, so that ordinary output
/// is not delayed. Where secrets overlap, or one begins another, all bytes of each are masked.
package struct SecretMask: Sendable {
    /// Shorter values would blacken half of the output.
    package static let lengthMin = 4

    private static let replacement = Array("***".utf8)
    private let secrets: [[UInt8]]
    private var held: [UInt8] = []
    /// How many bytes at the front of `held` belong to a secret that began before them.
    private var coveredCount = 0

    /// Starts a stream.
    ///
    /// - Parameter values: the secrets; those shorter than `lengthMin` bytes are not masked.
    package init(_ values: [String]) {
        secrets = Set(values.map { Array($0.utf8) }).filter { $0.count >= Self.lengthMin }
            .sorted { $0.count > $1.count }
    }

    /// Takes the next bytes and gives back those that are safe to show.
    ///
    /// Cost: bytes × secrets.
    package mutating func feed(_ bytes: some Collection<UInt8>) -> [UInt8] {
        guard !secrets.isEmpty else { return Array(bytes) }
        return mask(held + bytes, isEnd: false)
    }

    /// The stream has ended: nothing can follow what was held back.
    package mutating func finish() -> [UInt8] {
        mask(held, isEnd: true)
    }

    private mutating func mask(_ text: [UInt8], isEnd: Bool) -> [UInt8] {
        var shown: [UInt8] = []
        shown.reserveCapacity(text.count)
        var covered = coveredCount
        var index = 0
        while index < text.count {
            let rest = text[index...]
            if !isEnd, isBeginning(rest) { break }
            if let secret = secrets.first(where: { rest.starts(with: $0) }) {
                if index >= covered { shown += Self.replacement }
                covered = max(covered, index + secret.count)
            } else if index >= covered {
                shown.append(text[index])
            }
            index += 1
        }
        held = Array(text[index...])
        coveredCount = max(0, covered - index)
        return shown
    }

    private func isBeginning(_ rest: ArraySlice<UInt8>) -> Bool {
        secrets.contains { $0.count > rest.count && $0.starts(with: rest) }
    }
}
