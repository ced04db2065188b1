/// What requests can be grouped by; the words of `group_by`.
package enum LogField: String, Hashable, Sendable, Codable, CaseIterable {
    case status
    /// The first digit of the status: `2xx`.
    case `class`
    case method
    case path
    case host
    case agent
    case referrer
    case client
}

/// What a part of a line means; the words of `fields` and the names of a pattern's groups.
package enum LogRole: String, Hashable, Sendable, Codable, CaseIterable {
    case client
    case time
    case method
    case path
    /// `GET /path HTTP/1.1`, taken apart into method and path.
    case request
    case status
    case bytes
    case referrer
    case agent
    case host
    case latency

    /// Its place in a line's table of slices.
    var place: Int {
        switch self {
        case .client: 0
        case .time: 1
        case .method: 2
        case .path: 3
        case .request: 4
        case .status: 5
        case .bytes: 6
        case .referrer: 7
        case .agent: 8
        case .host: 9
        case .latency: 10
        }
    }
}

extension LogField {
    /// The roles that give it, any of them.
    var roles: [LogRole] {
        switch self {
        case .status, .class: [.status]
        case .method: [.method, .request]
        case .path: [.path, .request]
        case .host: [.host]
        case .agent: [.agent]
        case .referrer: [.referrer]
        case .client: [.client]
        }
    }
}
