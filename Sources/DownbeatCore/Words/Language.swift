/// A language in which schedules are put into words.
///
/// A further one is a case here and a type that conforms to `Phrases`.
package enum Language: String, Hashable, Sendable, CaseIterable {
    case english = "en"
    case chinese = "zh-CN"

    /// Reads what a user writes: `en`, `zh-CN`, `zh_CN.UTF-8`, in any case; nil for another language.
    ///
    /// Every kind of Chinese is answered with Simplified Chinese, which is closer than English.
    package init?(tag: String) {
        let letters = tag.lowercased().prefix { $0.isASCII && $0.isLetter }
        switch letters {
        case "en": self = .english
        case "zh": self = .chinese
        default: return nil
        }
    }

    /// The language of a locale by POSIX's order: `LC_ALL`, `LC_MESSAGES`, `LANG`, the first that is
    /// set; English if it is another one, or none is.
    package init(environment: [String: String]) {
        let tag = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy
            .compactMap { environment[$0] }
            .first { !$0.isEmpty }
        self = tag.flatMap(Language.init(tag:)) ?? .english
    }

    /// How it says things.
    package var phrases: any Phrases {
        switch self {
        case .english: EnglishPhrases()
        case .chinese: ChinesePhrases()
        }
    }
}
