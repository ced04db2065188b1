/// Where the rules of a time zone come from: the system's tzdata in production, bytes in tests.
package protocol ZoneSource: Sendable {
    /// The rules of an IANA zone.
    ///
    /// - Parameter name: an IANA name such as `Asia/Shanghai`; case matters.
    /// - Returns: the decoded rules; the same object for the same name.
    /// - Throws: `ZoneError.unknown` for a name that the data does not have,
    ///   `ZoneError.dataMissing` when the system has no zone data at all (the message names the
    ///   package to install), `ZoneError.malformed` when a file does not decode.
    func zone(named name: String) throws(ZoneError) -> ZoneRules

    /// All names this source knows, for suggestions; empty when they cannot be listed.
    var zoneNames: [String] { get }

    /// The version of the data, such as `2025b`; nil when the source does not say.
    var dataVersion: String? { get }
}
