import Glibc

/// A call to the system that failed: what was tried, on what, why, and what to do.
package struct SystemError: Error, Hashable, CustomStringConvertible {
    /// What was tried: `open the lock`.
    package var what: String
    /// On what: a path, a pid; empty when there is nothing to name.
    package var place: String
    /// The system's number; 0 when the reason is ours and stands in `reason`.
    package var errorNumber: Int32
    /// Our own reason; nil: the system's words for `errorNumber`.
    package var reason: String?
    /// An imperative sentence, without a full stop; nil when there is nothing better than to look.
    package var remedy: String?

    package init(
        _ what: String,
        place: String = "",
        errorNumber: Int32 = errno,
        reason: String? = nil,
        remedy: String? = nil
    ) {
        self.what = what
        self.place = place
        self.errorNumber = errorNumber
        self.reason = reason
        self.remedy = remedy
    }

    /// Why it failed, in the system's words or ours.
    package var why: String { reason ?? Self.words(for: errorNumber) }

    package var description: String {
        let whole = place.isEmpty ? "cannot \(what): \(why)" : "cannot \(what) \(place): \(why)"
        guard let remedy else { return whole }
        return "\(whole); \(remedy)"
    }

    /// The system's words for an error number, in lower case.
    package static func words(for errorNumber: Int32) -> String {
        guard let text = strerror(errorNumber) else { return "error \(errorNumber)" }
        let words = String(cString: text)
        return words.prefix(1).lowercased() + words.dropFirst()
    }
}
