/// Why the rules of a zone are not to be had.
package enum ZoneError: Error, Hashable, Sendable {
    /// No such zone, or a name that means several.
    case unknown(name: String)
    /// The system has no zone data in any of the folders searched.
    case dataMissing(searched: [String])
    /// A file that is not valid TZif.
    case malformed(name: String, reason: String)

    /// What happened, without a full stop.
    package var message: String {
        switch self {
        case .unknown(let name):
            ZoneName.isAbbreviation(name)
                ? "`\(name)` is an abbreviation, which several zones share or change during the year"
                : "unknown time zone `\(name)`"
        case .dataMissing(let searched):
            "the time zone data of the package `tzdata` are missing; looked in "
                + searched.joined(separator: ", ")
        case .malformed(let name, let reason):
            "the data of time zone `\(name)` are damaged: \(reason)"
        }
    }

    /// What to do about it; `names` are the zones that exist, for suggestions.
    package func remedy(among names: [String]) -> String {
        switch self {
        case .unknown(let name):
            let candidates = ZoneName.candidates(for: name, among: names)
            return candidates.isEmpty
                ? "Name a zone as the IANA data do: `Asia/Shanghai`, `America/New_York`, `UTC`"
                : "\(name): \(candidates.map { "\($0)?" }.joined(separator: " "))"
        case .dataMissing:
            return "Install the package `tzdata`: `apt-get install tzdata`"
        case .malformed:
            return "Install the package `tzdata` again: `apt-get install --reinstall tzdata`"
        }
    }
}
