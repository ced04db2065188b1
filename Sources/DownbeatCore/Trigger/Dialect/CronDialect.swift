/// How another program reads the text behind `cron:`.
///
/// A text is translated once into the core form, so that there is one engine; the translation is
/// shown wherever the schedule is explained. Only the text's meaning comes over: what a change of the
/// clock does is decided by `dst_gap` and `dst_overlap`, as for every schedule.
package enum CronDialect: String, Sendable, CaseIterable {
    case celery
    case quartz
    case robfig
    case eventbridge
    case systemd

    /// What the key `dialect` and the option `--dialect` take.
    package enum Word: String, Sendable, CaseIterable {
        case celery, eventbridge, k8s, quartz, robfig, systemd
        /// The expressions of this program, for one schedule where `defaults` say something else.
        case cron

        /// Nil: the core form.
        package var dialect: CronDialect? {
            switch self {
            case .celery: .celery
            case .eventbridge: .eventbridge
            case .k8s, .robfig: .robfig
            case .quartz: .quartz
            case .systemd: .systemd
            case .cron: nil
            }
        }
    }

    /// The program in messages.
    var program: String {
        switch self {
        case .celery: "Celery"
        case .quartz: "Quartz"
        case .robfig: "robfig/cron"
        case .eventbridge: "EventBridge"
        case .systemd: "systemd"
        }
    }

    /// What the program itself does at a change of the clock, in the words of our keys.
    ///
    /// Sources: measured over the zones of the tests, and Amazon's documentation.
    package var ownDaylight: DaylightPolicy {
        switch self {
        case .celery: DaylightPolicy(gap: .shift, overlap: .first)
        case .quartz: DaylightPolicy(gap: .skip, overlap: .second)
        case .robfig: DaylightPolicy(gap: .skip, overlap: .both)
        case .eventbridge, .systemd: DaylightPolicy(gap: .skip, overlap: .first)
        }
    }
}
