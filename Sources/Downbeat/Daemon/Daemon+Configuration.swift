import DownbeatCore
import DownbeatRuntime
import DownbeatStore
import Glibc
import Logging
import Synchronization

extension Daemon {
    /// Has the beat take over a configuration, and waits for it.
    func adopt(_ new: Configuration, _ beat: BeatService) throws -> [ScheduleState] {
        let answer = Mutex<BeatService.Adopted?>(nil)
        let done = try WakeUp()
        let box = Box(answer)
        beat.adopt(new.schedules) { outcome in
            box.value.withLock { $0 = outcome }
            done.ring()
        }
        let waiting = try Poller()
        try waiting.watch(done.descriptor, for: .read)
        while true {
            if let outcome = box.value.withLock({ $0 }) {
                let states = try outcome.get()
                noteZones(of: new)
                return states
            }
            if let failure = attention.failure { throw failure }
            _ = try waiting.wait(timeout: .seconds(1))
        }
    }

    /// Keeps what the zone data says that the slots are planned with, for `audit dst`.
    ///
    /// Nothing depends on it, so that a database that cannot be written now holds nothing up.
    private func noteZones(of new: Configuration) {
        let zones = Set(new.schedules.map(\.rule.zone))
        do throws(StoreError) {
            try store.note(zones: zones, version: app.zones.dataVersion, now: clocks.now)
        } catch {
            log.warning("zones.not_noted", metadata: ["why": "\(DaemonFailure(error).message)"])
        }
    }

    /// The first line of a start.
    func announceStart() {
        let settings = configuration.settings
        let names = queues.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        observer.say(
            "downbeat \(DownbeatVersion.text)  state \(app.shown(folder.database))  "
                + "queues \(names.joined(separator: ", "))  zone \(settings.zone)"
        )
    }

    /// The second line of a start: what is scheduled, and what comes first.
    func announce(_ states: [ScheduleState]) {
        let enabled = states.count(where: \.isEnabled)
        observer.say("scheduled \(enabled) of \(states.count)   \(nextText(states))")
    }

    private func nextText(_ states: [ScheduleState]) -> String {
        let now = clocks.now
        let next = zip(configuration.schedules, states).compactMap { schedule, state in
            state.isEnabled && state.pause == nil
                ? SlotSource(schedule, state: state, beatStart: startedAt)?.nextDue.map {
                    (schedule.name, $0)
                } : nil
        }.min { $0.1 < $1.1 }
        guard let (name, time) = next else { return "nothing to come" }
        return
            "next \(name) in \(TimeText.duration(max(.zero, .seconds((time - now).components.seconds))))"
    }

    /// Loads the files again: all of the new configuration or all of the old one.
    ///
    /// - Parameter request: the id of the request to answer; nil: a signal.
    func reload(request: String?) {
        let reading = app.readConfiguration(options.configuration)
        guard let new = reading.configuration else {
            reject(reading, request: request)
            return
        }
        do {
            let changes = AdoptionPlanner.changes(
                from: configuration.schedules,
                to: new.schedules,
                now: clocks.now
            )
            if let beat { _ = try adopt(new, beat) }
            let drain = configuration.settings.drain
            configuration = new
            attention.listenToRuns(countsFromRuns)
            if options.drain != nil { configuration.settings.drain = drain }
            worker?.reconfigure(
                queues: queues,
                places: places,
                secrets: configuration.settings.secrets
            )
            // Only for people who look; the next reload or start tells them as well.
            try tolerating { try store.register(ownerRecord) }
            observer.fit(new.schedules.map(\.name))
            let count = { (kind: ScheduleChange.Kind) in changes.count { $0.kind == kind } }
            let report = ReloadReport(
                request: request,
                schedules: new.schedules.count,
                added: count(.added),
                changed: count(.changed),
                removed: count(.removed)
            )
            record(report, event: ReloadReport.Event.applied, isError: false)
            observer.say(
                "loaded the files again, \(new.schedules.count) scheduled: \(report.added) added, "
                    + "\(report.changed) changed, \(report.removed) removed"
            )
            observer.noteReload(applied: true, reading.diagnostics)
        } catch {
            let why = (error as? StoreError).map { DaemonFailure($0).message } ?? "error: \(error)"
            LineOutput.standardError.write(why)
            observer.noteReload(applied: false, [])
            var report = ReloadReport(request: request, schedules: configuration.schedules.count)
            report.message = String(why.trimmingPrefix("error: "))
            record(report, event: ReloadReport.Event.rejected, isError: true)
        }
    }

    private func reject(_ reading: ConfigurationReading, request: String?) {
        let problem = reading.diagnostics.first { $0.severity == .error }
        if let missing = reading.missing {
            LineOutput.standardError.write("error: there are no schedule files at \(missing)")
        }
        observer.noteReload(applied: false, reading.diagnostics)
        var report = ReloadReport(
            request: request,
            schedules: configuration.schedules.count,
            problem: problem
        )
        if let missing = reading.missing {
            report.file = missing
            report.message = "there are no schedule files at \(missing)"
        }
        record(report, event: ReloadReport.Event.rejected, isError: true)
    }

    /// Looks whether somebody has asked to load the files again (`downbeat apply`).
    func answerReloadRequest() throws {
        guard beat != nil else { return }
        let request: EventRecord?
        do throws(StoreError) {
            request = try store.events(limit: Daemon.eventsLookedAt).first {
                $0.name == ReloadReport.Event.requested && $0.time > handledReload
            }
        } catch {
            guard error.passes else { throw error }
            return
        }
        guard let request else { return }
        handledReload = request.time
        reload(request: request.detail)
    }

    private func record(_ report: ReloadReport, event: String, isError: Bool) {
        do {
            try store.record(
                EventRecord(
                    time: clocks.now,
                    name: event,
                    schedule: nil,
                    detail: try report.detail,
                    isError: isError
                )
            )
        } catch {
            log.error("event.lost", metadata: ["event": "\(event)", "why": "\(error)"])
        }
    }
}

/// Holds a value that two threads share for the length of one call.
private final class Box<Value: ~Copyable & Sendable>: Sendable {
    let value: Value

    init(_ value: consuming Value) {
        self.value = value
    }
}
