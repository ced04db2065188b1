// The beat's shell: sleeps to the next slot, has the store judge and commit, tells the worker.
//
// All decisions are `BeatState`'s and `SlotPlanner`'s. The loop owns its state; others reach it through
// an inbox. A configuration is adopted on this very thread, so that no tick ever sees half of one.

package import DownbeatCore
import Synchronization

/// The beat of one database.
package final class BeatService: Sendable {
    /// What adopting a configuration came to.
    package typealias Adopted = Result<[ScheduleState], StoreError>

    private enum Message: Sendable {
        case adopt([Schedule], @Sendable (Adopted) -> Void)
        case refresh
        case stop
    }

    /// Nothing sleeps longer, in case the kernel does not tell that the clock was set.
    package static let sleepMax: Duration = .seconds(30)
    /// Rings within this time share one look at the store.
    private static let refreshPause: Duration = .milliseconds(20)

    private let store: any Store
    private let clocks: any Clocks
    private let observer: any ServiceObserver
    private let onEnqueued: @Sendable () -> Void
    private let onFailure: @Sendable (StoreError) -> Void
    private let desk: ClaimDesk?
    private let previousRule: @Sendable (String) -> Rule?
    private let inbox = Mutex<[Message]>([])
    private let wakeUp: WakeUp

    /// Makes a beat that does not run yet.
    ///
    /// - Parameters:
    ///   - store: of which this process holds the beat lock.
    ///   - clocks: the time.
    ///   - observer: told of what is skipped and of trouble.
    ///   - desk: of the worker in this process, which gets what it has places for at once; nil: all
    ///     runs wait for a worker.
    ///   - previousRule: reads a canonical rule text back.
    ///   - onEnqueued: called after a commit that made runs; wakes workers.
    ///   - onFailure: called once when the store is beyond use; the loop has ended then.
    /// - Throws: `SystemError` without a descriptor to wake it by.
    package init(
        store: any Store,
        clocks: any Clocks,
        observer: any ServiceObserver,
        desk: ClaimDesk? = nil,
        previousRule: @escaping @Sendable (String) -> Rule?,
        onEnqueued: @escaping @Sendable () -> Void,
        onFailure: @escaping @Sendable (StoreError) -> Void
    ) throws(SystemError) {
        self.store = store
        self.clocks = clocks
        self.observer = observer
        self.desk = desk
        self.previousRule = previousRule
        self.onEnqueued = onEnqueued
        self.onFailure = onFailure
        wakeUp = try WakeUp()
    }

    /// Has the loop take over a configuration between two ticks.
    package func adopt(
        _ schedules: [Schedule],
        completion: @escaping @Sendable (Adopted) -> Void
    ) {
        send(.adopt(schedules, completion))
    }

    /// Somebody changed the state of schedules: paused, resumed, skipped, a run started or ended.
    package func refresh() {
        send(.refresh)
    }

    /// Ends the loop after the tick that runs.
    package func stop() {
        send(.stop)
    }

    private func send(_ message: Message) {
        inbox.withLock { $0.append(message) }
        wakeUp.ring()
    }

    /// The loop; returns after `stop` or when the store is beyond use.
    package func run() {
        do {
            var loop = try Loop(self)
            try loop.run()
        } catch let error as StoreError {
            onFailure(error)
        } catch {
            onFailure(.inputOutput("the beat cannot wait for time: \(error)"))
        }
    }

    /// The state of the loop, confined to its thread.
    private struct Loop {
        let service: BeatService
        let poller: Poller
        let alarm: Alarm
        var engine: BeatEngine
        let headStart = HeadStart()
        var trouble = StoreTrouble()
        var retryAt: Duration?
        var refreshAt: Duration?
        var isStopping = false

        init(_ service: BeatService) throws {
            self.service = service
            poller = try Poller()
            alarm = try Alarm()
            try poller.watch(service.wakeUp.descriptor, for: .read)
            try poller.watch(alarm.descriptor, for: .read)
            engine = BeatEngine(store: service.store, beatStart: service.clocks.now)
        }

        mutating func run() throws {
            while !isStopping {
                try waitForWork()
                readInbox()
                if let retryAt, retryAt > service.clocks.monotonic { continue }
                retryAt = nil
                do throws(StoreError) {
                    try pass()
                    guard trouble.succeeded() else { continue }
                    service.observer.observe(.storeRecovered(at: service.clocks.now))
                } catch {
                    try failed(error)
                }
            }
        }

        /// Waits until the next slot is so near that its tick can begin, or for a message or a change of
        /// the clock.
        private mutating func waitForWork() throws {
            let now = service.clocks.now
            let monotonic = service.clocks.monotonic
            var timeout = BeatService.sleepMax
            if let retryAt {
                // Nothing else is done before, so nothing else that is due ends the sleep.
                timeout = min(timeout, max(.zero, retryAt - monotonic))
            } else {
                if let wake = engine.nextWake() {
                    let begin = wake - headStart.length
                    guard begin > now else { return }
                    try alarm.set(begin)
                }
                if let refreshAt { timeout = min(timeout, max(.zero, refreshAt - monotonic)) }
            }
            for ready in try poller.wait(timeout: timeout) {
                if ready.descriptor == alarm.descriptor { _ = try alarm.takeEvent() }
                if ready.descriptor == service.wakeUp.descriptor { service.wakeUp.clear() }
            }
        }

        private mutating func readInbox() {
            let messages = service.inbox.withLock { inbox in
                defer { inbox = [] }
                return inbox
            }
            for message in messages {
                switch message {
                case .adopt(let schedules, let completion): adopt(schedules, completion)
                case .refresh:
                    let soon = service.clocks.monotonic + BeatService.refreshPause
                    refreshAt = min(refreshAt ?? soon, soon)
                case .stop: isStopping = true
                }
            }
        }

        private mutating func adopt(_ new: [Schedule], _ completion: (Adopted) -> Void) {
            do throws(StoreError) {
                let states = try engine.adopt(
                    new,
                    now: service.clocks.now,
                    previousRule: service.previousRule
                )
                completion(.success(states))
                // Removing a schedule may have released what waited behind its runs.
                service.onEnqueued()
            } catch {
                completion(.failure(error))
            }
        }

        private mutating func pass() throws(StoreError) {
            if let due = refreshAt, due <= service.clocks.monotonic {
                try engine.refresh()
                refreshAt = nil
            }
            var now = service.clocks.now
            var hold: TickHold?
            if let wake = engine.nextWake(), wake > now, wake - now <= headStart.length {
                now = wake
                hold = headStart.hold(until: wake, by: service.clocks)
            }
            guard let reply = try tick(at: now, hold) else { return }
            if !reply.enqueued.isEmpty { service.onEnqueued() }
            report(reply, at: now)
        }

        /// Ticks with what places the worker has, and gives it their runs.
        private mutating func tick(
            at now: Timestamp,
            _ hold: TickHold?
        ) throws(StoreError) -> TickReply? {
            guard let desk = service.desk else { return try engine.tick(now: now, hold: hold) }
            let clocks = service.clocks
            var offer: ClaimOffer?
            do throws(StoreError) {
                return try engine.tick(now: now, hold: hold) { due in
                    offer = desk.take(atMost: due)
                    return offer
                } deliver: { runs in
                    guard let taken = offer else { return }
                    desk.giveBack(taken, runs, claimedAt: clocks.now)
                    offer = nil
                }
            } catch {
                if let offer { desk.giveBack(offer, [], claimedAt: now) }
                throw error
            }
        }

        private func report(_ reply: TickReply, at now: Timestamp) {
            for (schedule, plan) in reply.plans {
                if let from = plan.clockMovedBackFrom {
                    service.observer.observe(
                        .clockMovedBack(schedule: schedule, from: from, at: now)
                    )
                }
                for item in plan.items {
                    switch item {
                    case .fire, .replaceActive: continue
                    case .skip, .skipRange:
                        service.observer.observe(.skipped(schedule: schedule, item, at: now))
                    }
                }
            }
        }

        /// Arranges another try after trouble that passes.
        private mutating func failed(_ error: StoreError) throws(StoreError) {
            let monotonic = service.clocks.monotonic
            guard case .retry(let pause, let speak) = trouble.failed(error, at: monotonic) else {
                throw error
            }
            retryAt = monotonic + pause
            guard speak else { return }
            service.observer.observe(.storeTrouble(error, at: service.clocks.now))
        }
    }
}
