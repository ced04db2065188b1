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
              downbeat explain "0 18 LW * *" --lang zh-CN
              downbeat explain E0305
            """
    )

    @Argument(
        help: "Name of a schedule, cron expression, interval such as 10m, or error code.",
        completion: ValueCompletion.subjects.kind
    )
    var subject: String

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) throws(CommandError) -> Int32 {
        guard !subject.allSatisfy(\.isWhitespace) else {
            throw CommandError(
                .usage,
                "nothing to explain",
                remedy: "name a schedule, an expression or an error code: downbeat explain E0305"
            )
        }
        if ErrorCodeText.isCode(subject), !isName(session) {
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
        let view = try NextSubject.view(of: subject, zone: times.zone)
        ExpressionExplanation(rule: view.schedule.rule, times: times, session: session).write()
    }
}
