/// The span of time in which fire times are looked for: the years that RFC 3339 can write.
package enum TimeLimits {
    /// 0001-01-01T00:00:00Z in seconds since the epoch.
    package static let earliestSecond = -62_135_596_800
    /// 9999-12-31T23:59:59Z in seconds since the epoch.
    package static let latestSecond = 253_402_300_799

    package static let earliest = Timestamp(seconds: Int64(earliestSecond))
    package static let latest = Timestamp(seconds: Int64(latestSecond))
}
