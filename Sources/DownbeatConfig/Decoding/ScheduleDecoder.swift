import DownbeatCore

/// Reads one entry of `schedules:`.
struct ScheduleDecoder {
    let context: DecodingContext
    /// `defaults` of the file, then of the service.
    let inherited: [ScheduleFields.Layer]
    let declared: DeclaredNames
    /// Keys of `defaults` with their places, worked out once for a file.
    let inheritedPlaces: [ScheduleKey: SourcePlace]

    /// A schedule with the places that checks across schedules need.
    struct Decoded {
        var schedule: Schedule
        var renamedFromNode: YAMLNode?
        var afterNode: YAMLNode?
    }

    /// Reads the entry; nil when something is wrong, which has been reported then.
    ///
    /// `name` is in NFC; `fileZone` is the zone where the schedule names none, nil when that is wrong.
    func decode(name: String, entry: YAMLEntry, fileZone: ZoneRules?) -> Decoded? {
        guard let entries = context.entries(entry.value, of: name) else { return nil }
        let own = ScheduleFields.layer(
            of: entries,
            at: .schedule,
            known: ScheduleKey.byName,
            in: context
        )
        let isFollower = own[.after] != nil
        let layers = isFollower ? inherited.map(FollowerDecoder.inheritable) : inherited
        let fields = ScheduleFields(layers: [own] + layers)
        reportMissing(own, entries, entry)
        let policies = PolicyDecoder(fields: fields, context: context, declared: declared).decode()
        let zone = own[.timezone].map { context.zone($0.value, of: "timezone") } ?? fileZone
        let environment = EnvironmentDecoder(context: context, secrets: declared.secrets)
        let action = ActionDecoder(fields: fields, context: context, environment: environment)
            .decode()
        let input = InputDecoder(fields: fields, context: context).decode()
        let onFailure = FailureCommandDecoder(
            fields: fields,
            context: context,
            environment: environment
        ).decode()
        // Without a zone the trigger is read in UTC, so that its own mistakes are still found.
        let trigger = TriggerDecoder(
            fields: fields,
            context: context,
            zone: zone ?? .utc,
            name: name
        )
        let rule = trigger.decode()
        let enabled = own[.enabled].map { context.bool($0.value, of: "enabled") } ?? true
        let description = own[.description].flatMap { context.text($0.value, of: "description") }
        let renamedFrom = own[.renamedFrom].flatMap { renamed($0) }
        guard let rule, let action, zone != nil, let enabled else { return nil }
        var schedule = schedule(name, rule, action, policies)
        schedule.isEnabled = enabled
        schedule.description = description
        schedule.renamedFrom = renamedFrom
        schedule.translations = trigger.translations()
        schedule.source = context.problems.place(entry.key.spot)
        schedule.inherited = inheritedKeys(own)
        // One that the trigger has no use for, or `none`.
        if rule.jitter == nil { schedule.inherited[ScheduleKey.jitter.rawValue] = nil }
        schedule.definition.input = input
        schedule.definition.onFailure = onFailure
        schedule.definition.revision = schedule.revision
        return Decoded(
            schedule: schedule,
            renamedFromNode: own[.renamedFrom]?.value,
            afterNode: own[.after]?.value
        )
    }

    private func schedule(
        _ name: String,
        _ rule: Rule,
        _ action: Action,
        _ policies: Policies
    ) -> Schedule {
        let standard = CatchUp(policy: policies.catchUp ?? rule.trigger.defaultCatchUp)
        let definition = RunDefinition(
            action: action,
            environment: policies.environment,
            workingDirectory: policies.workingDirectory,
            user: policies.user,
            timeout: policies.timeout,
            grace: policies.grace,
            retry: policies.retry,
            delivery: policies.delivery,
            // A built-in says itself whether it succeeded; inherited codes are for commands.
            successCodes: action.isBuiltIn ? [0] : policies.successCodes,
            zone: rule.zone.name
        )
        return Schedule(
            name: name,
            rule: rule,
            definition: definition,
            queue: policies.queue,
            overlap: policies.overlap,
            catchUp: CatchUp(
                policy: standard.policy,
                within: policies.catchUpWithin ?? standard.within,
                limit: policies.catchUpLimit ?? standard.limit,
                lateAfter: policies.lateAfter ?? standard.lateAfter
            ),
            expires: policies.expires,
            spread: policies.spread,
            keep: policies.keep,
            tags: policies.tags,
            remarks: policies.remarks
        )
    }

    private func renamed(_ entry: YAMLEntry) -> String? {
        context.text(entry.value, of: entry.name).flatMap {
            context.checkName($0, at: entry.value, noun: "schedule")
        }
    }

    /// Reports that a trigger or an action is missing, unless a key of a later version stands for it.
    private func reportMissing(
        _ own: ScheduleFields.Layer,
        _ entries: [YAMLEntry],
        _ entry: YAMLEntry
    ) {
        let names = Set(entries.map(\.name))
        let isRefused = entries.contains {
            ScheduleKey.byName[$0.name] == nil && !$0.name.hasPrefix("x-")
        }
        // A key that was refused may have been meant as the trigger or the action: one report is enough.
        guard !isRefused else { return }
        if !ScheduleKey.triggers.contains(where: { own[$0] != nil }),
            names.isDisjoint(with: ["days", "anchor", "dialect"])
        {
            context.report(
                .noTrigger,
                "schedule `\(entry.name)` has no trigger",
                at: entry.key,
                label: "add one of \(Self.list(ScheduleKey.triggers))"
            )
        }
        if !ActionDecoder.isAction(among: own) {
            context.report(
                .noAction,
                "schedule `\(entry.name)` has no action",
                at: entry.key,
                label: "add one of \(Self.list(ScheduleKey.actions))"
            )
        }
    }

    private static func list(_ keys: [ScheduleKey]) -> String {
        keys.map { "`\($0.rawValue)`" }.joined(separator: ", ")
    }

    private func inheritedKeys(_ own: ScheduleFields.Layer) -> [String: SourcePlace] {
        var places: [String: SourcePlace] = [:]
        for (key, place) in inheritedPlaces where own[key] == nil {
            guard own[.after] == nil || !FollowerDecoder.meaningless.contains(key) else { continue }
            places[key.rawValue] = place
        }
        for key in [ScheduleKey.retry, .keep, .environment] where own[key] != nil {
            guard inheritedPlaces[key] != nil else { continue }
            let fields = ScheduleFields(layers: [own] + inherited)
            for field in fields.merged(key, in: context) where field.isInherited {
                places["\(key.rawValue).\(field.entry.name)"] = context.problems.place(
                    field.entry.key.spot
                )
            }
        }
        return places
    }
}
