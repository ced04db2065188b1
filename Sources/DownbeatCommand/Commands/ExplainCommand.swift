import ArgumentParser
import DownbeatCore

/// `downbeat explain`: a schedule, an expression or an error code in words.
struct ExplainCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say in words what a schedule, an expression or an error code means.",
        discussion: """
            EXAMPLES:
              downbeat explain nightly-backup
              downbeat explain "30 2 1-7 * mon"
              downbeat explain --dialect quartz "0 0 9 ? * 2-6"
              downbeat explain "0 18 LW * *" --lang zh-CN
              downbeat explain E0305
            """
    )

    @Argument(
        help: "Name of a schedule, cron expression, interval such as 10m, or error code.",
        completion: ValueCompletion.subjects.kind
    )
    var subject: String

    @Option(
        help: ArgumentHelp(
            "Whose expression it is: celery, quartz, k8s, robfig, eventbridge, systemd.",
            valueName: "dialect"
        ),
        completion: .list(CronDialect.Word.allCases.map(\.rawValue))
    )
    var dialect: String?

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        guard !subject.allSatisfy(\.isWhitespace) else {
            throw CommandError(
                .usage,
                "nothing to explain",
                remedy: "name a schedule, an expression or an error code: downbeat explain E0305"
            )
        }
        if dialect != nil {
            try explainExpression(session)
        } else if ErrorCodeText.isCode(subject), !isName(session) {
            try ErrorCodeText.explain(subject.uppercased(), session)
        } else if ExpressionReader.isExpression(subject) {
            try explainExpression(session)
        } else {
            try explainName(session)
        }
        return ExitStatus.success.rawValue
    }

    /// A schedule may have a name that looks like a code.
    private func isName(_ session: Session) -> Bool {
        session.configurationIfAny()?.schedules.contains { $0.name == subject } == true
    }

    private func explainName(_ session: Session) throws(CommandError) {
        let reading = session.operations.readConfiguration(session.configurationPaths)
        let names = reading.configuration?.schedules.map(\.name) ?? []
        guard names.contains(subject) || subject.first?.isNumber != true else {
            return try explainExpression(session)
        }
        let configuration = try session.configuration()
        let views = ScheduleView.allOrNoted(configuration, session: session)
        guard let view = try ScheduleView.pick([subject], from: views).first else { return }
        let times = try session.times(configuration.settings)
        ScheduleExplanation(
            view: view,
            settings: configuration.settings,
            times: times,
            session: session
        ).write()
    }

    private func explainExpression(_ session: Session) throws(CommandError) {
        let settings = session.configurationIfAny()?.settings
        let times = try session.times(settings)
        let dialect = try ExpressionReader.dialect(dialect)
        let view = try NextSubject.view(of: subject, zone: times.zone, dialect: dialect)
        ExpressionExplanation(
            rule: view.schedule.rule,
            translation: view.schedule.translations.first,
            times: times,
            session: session
        ).write()
    }
}
