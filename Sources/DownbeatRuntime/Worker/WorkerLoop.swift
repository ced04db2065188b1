import DownbeatCore

/// The state of a worker's loop, confined to its thread.
final class WorkerLoop {
    /// How long a start or new output may wait for company on its way to the store.
    private static let flushPause: Duration = .milliseconds(200)
    /// While a keeper cannot be started: how long until the next try.
    private static let keeperPause: Duration = .seconds(1)
    /// While stopping, a store in trouble is given this long after the last attempt has ended.
    private static let handInMax: Duration = .milliseconds(500)
    /// While stopping, a store in trouble is asked again this soon.
    private static let stoppingPause: Duration = .milliseconds(100)

    enum Watched {
        case output(UInt64, OutputChunk.Stream)
        case channel(UInt64)
    }

    let service: WorkerService
    let poller: Poller
    private let alarm: Alarm
    private var machine: WorkerMachine
    var failures = FailureMachine()
    var keeper: Keeper?
    private var queues: [String: Int]
    let secrets: SecretReader
    var outputs: [UInt64: AttemptOutput] = [:]
    private var children: [UInt64: ChildLink] = [:]
    var watched: [Int32: Watched] = [:]
    private var startTimes: [RunID: Timestamp] = [:]
    /// From start to end as the store has them, of attempts that are to be handed in.
    private var tookTimes: [RunID: Duration] = [:]
    var pending: WorkRequest
    private var wantsClaim = true
    private var flushAt: Duration?
    private var retryAt: Duration?
    /// When to look whether the keeper has died.
    private var keeperCheckAt: Duration?
    private var watchesKeeperForWriting = false
    private var trouble = StoreTrouble()
    /// What the store said last; nil while it works.
    private var storeError: StoreError?
    private var drainUntil: Duration?
    /// Stopping, with no attempt left: when the ends that the store does not take are given up.
    private var handInUntil: Duration?
    /// With `only`: when its next attempt may be claimed; nil: the run is claimed or done, or there
    /// is no such run.
    private var onlyAt: Timestamp?

    var clocks: any Clocks { service.clocks }
    private var desk: ClaimDesk { service.desk }

    init(_ service: WorkerService) throws {
        self.service = service
        poller = try Poller()
        alarm = try Alarm()
        queues = service.settings.queues
        machine = WorkerMachine(places: service.settings.places)
        secrets = SecretReader(service.settings.secrets)
        onlyAt = service.settings.only == nil ? nil : service.clocks.now
        pending = WorkRequest(owner: service.settings.owner.owner, now: service.clocks.now)
        try poller.watch(service.wakeUp.descriptor, for: .read)
        try poller.watch(alarm.descriptor, for: .read)
        try startKeeper()
    }

    func run() throws {
        defer { keeper?.close() }
        while !isFinished {
            try wait()
            readMessages()
            acceptDeliveries()
            perform(machine.timePassed(clocks.monotonic))
            perform(failures.timePassed(clocks.monotonic))
            try tendKeeper()
            try exchangeIfUseful()
            try giveUpIfHopeless()
            desk.offer(mayOffer ? machine.freePlaces : 0, queues: queues)
        }
    }

    /// Whether the beat may claim for this worker: what it fires must be startable at once.
    private var mayOffer: Bool {
        service.settings.only == nil && keeper != nil && retryAt == nil
    }

    /// Ends a stop that waits for nothing but a store in trouble.
    ///
    /// A locked database or a full disk must not keep the process. The next start takes these
    /// attempts for lost.
    private func giveUpIfHopeless() throws(StoreError) {
        guard machine.isDraining, machine.count == 0, failures.count == 0, let storeError else {
            handInUntil = nil
            return
        }
        let now = clocks.monotonic
        let until = handInUntil ?? max(now + Self.handInMax, drainUntil ?? now)
        handInUntil = until
        if until <= now { throw storeError }
    }

    private var isFinished: Bool {
        let isIdle =
            machine.count == 0 && pending.completions.isEmpty && pending.output.isEmpty
            && failures.count == 0 && pending.failureEnds.isEmpty
        if service.settings.only != nil, onlyAt == nil, isIdle { return true }
        return machine.isDraining && isIdle && !desk.isHeld
    }

    // MARK: Events

    private func wait() throws {
        let now = clocks.monotonic
        var timeout = BeatService.sleepMax
        let hasWork =
            wantsClaim && machine.freePlaces > 0 || !pending.completions.isEmpty
            || !pending.failureEnds.isEmpty
        if hasWork { timeout = retryAt.map { max(.zero, $0 - now) } ?? .zero }
        // Until the next try there is nobody to flush to.
        let flush = flushAt.map { max($0, retryAt ?? $0) }
        let progress = progressAt.map { max($0, retryAt ?? $0) }
        let deadlines = [
            machine.nextDeadline, failures.nextDeadline, flush, progress, keeperCheckAt,
            handInUntil,
        ]
        for deadline in deadlines {
            guard let deadline else { continue }
            timeout = min(timeout, max(.zero, deadline - now))
        }
        if keeper == nil { timeout = min(timeout, Self.keeperPause) }
        let ready = try poller.wait(timeout: timeout)
        // Output first: what a command wrote comes before the word of its end.
        for event in ready { try read(event) }
        for event in ready where event.descriptor == keeper?.descriptor {
            if event.events.contains(.write) { keeper?.flush() }
        }
        if let keeper {
            for event in keeper.receive() { try handle(event) }
        } else {
            try startKeeper()
        }
        for event in ready where event.descriptor == alarm.descriptor {
            _ = try alarm.takeEvent()
            wantsClaim = true
        }
        for event in ready where event.descriptor == service.wakeUp.descriptor {
            service.wakeUp.clear()
        }
    }

    private func readMessages() {
        for message in service.takeMessages() {
            switch message {
            case .claim: wantsClaim = true
            case .drain:
                guard !machine.isDraining else { continue }
                let now = clocks.monotonic
                drainUntil = now + service.settings.drain
                // A store that was in trouble may work again by now: it is asked before giving up.
                retryAt = nil
                machine.drain(at: now, limit: service.settings.drain)
                failures.drain(at: now, limit: service.settings.drain)
            case .stopAtOnce:
                drainUntil = nil
                handInUntil = nil
                retryAt = nil
                perform(machine.stopAtOnce())
                perform(failures.stopAtOnce())
            case .childEnded: keeperCheckAt = clocks.monotonic
            case .reconfigure(let queues, let places, let sources):
                self.queues = queues
                machine.places = places
                secrets.sources = sources
                wantsClaim = true
            }
        }
    }

    /// Starts what the beat has claimed for this worker.
    private func acceptDeliveries() {
        let (deliveries, isShort) = desk.takeDeliveries()
        if isShort { wantsClaim = true }
        for delivery in deliveries {
            for run in delivery.runs {
                service.observer.observe(.runClaimed(run, at: delivery.claimedAt))
            }
            guard machine.mayStart else {
                for run in delivery.runs { handBack(run) }
                continue
            }
            perform(machine.claimed(delivery.runs))
        }
    }

    /// Ends an attempt that will not be made, since the worker stops.
    private func handBack(_ run: ClaimedRun) {
        pending.completions.append(
            WorkRequest.Completion(
                run: run.id,
                attempt: run.attempt,
                end: .drained,
                endedAt: clocks.now,
                usage: nil
            )
        )
    }

    private func read(_ event: Poller.Ready) throws(SystemError) {
        switch watched[event.descriptor] {
        case .output(let key, let stream): readOutput(key, stream, event.descriptor)
        case .channel(let key): try readChannel(key)
        case nil: return
        }
    }

    private func readOutput(_ key: UInt64, _ stream: OutputChunk.Stream, _ descriptor: Int32) {
        guard let output = outputs[key] else { return }
        if !output.read(stream, at: clocks.now) {
            poller.unwatch(descriptor)
            watched[descriptor] = nil
            if output.open.isEmpty { Failpoint.pass("P7") }
        }
        flushSoon()
        show(output, of: key)
    }

    private func readChannel(_ key: UInt64) throws(SystemError) {
        guard let child = children[key] else { return }
        child.flush()
        let news = child.read(at: clocks.now)
        tell(news, key)
        if news.isBroken { keeper?.stop(key, .kill) }
        guard news.isOver || news.isBroken else { return try watch(child, key) }
        unwatch(child)
    }

    private func watch(_ child: ChildLink, _ key: UInt64) throws(SystemError) {
        try poller.watch(
            child.channel.number,
            for: child.wantsToWrite ? [.read, .write] : .read
        )
        watched[child.channel.number] = .channel(key)
    }

    private func unwatch(_ child: ChildLink) {
        poller.unwatch(child.channel.number)
        watched[child.channel.number] = nil
    }

    /// Passes on what a child said.
    private func tell(_ news: ChildLink.News, _ key: UInt64) {
        if let output = outputs[key], !news.warnings.isEmpty {
            for text in news.warnings { output.note("warning: \(text)", at: clocks.now) }
            flushSoon()
            show(output, of: key)
        }
        guard news.hasProgressed, let reading = children[key]?.reading else { return }
        service.onProgress?(reading)
    }

    private func handle(_ event: KeeperEvent) throws {
        switch event {
        case .started(let key, let pid):
            Failpoint.pass("P6")
            started(key, pid: pid)
        case .notStarted(let key, let failure):
            ended(key, .notStarted(failure.description), usage: nil)
        case .ended(let key, let end):
            Failpoint.pass("P8")
            switch end.end {
            case .exited(let status): ended(key, .exited(status), usage: end.usage)
            case .signalled(let signal): ended(key, .signalled(signal), usage: end.usage)
            case .timedOut, .failed, .notStarted, .cancelled, .drained, .lost:
                ended(key, .lost, usage: end.usage)
            }
        case .lost(let key):
            ended(key, .lost, usage: nil)
        case .keeperDied(let unfinished, let why):
            service.observer.observe(.keeperDied(why: why, at: clocks.now))
            keeper = nil
            _ = Strangers.end()
            for key in unfinished { ended(key, .lost, usage: nil) }
            try startKeeper()
        }
    }

    private func started(_ key: UInt64, pid: Int32) {
        guard let run = machine.run(of: key) else { return }
        let now = clocks.now
        startTimes[run.id] = now
        pending.starts.append(
            WorkRequest.Start(run: run.id, attempt: run.attempt, startedAt: now, pid: pid)
        )
        flushSoon()
        service.observer.observe(.runStarted(run, at: now))
        perform(machine.started(key, at: clocks.monotonic))
    }

    private func ended(_ key: UInt64, _ report: WorkerMachine.Report, usage: ResourceUsage?) {
        guard !FailureMachine.owns(key) else { return failureEnded(key, report) }
        let (report, product) = childEnded(key, report)
        guard let (run, end) = machine.ended(key, report) else { return }
        let now = clocks.now
        if let output = outputs.removeValue(forKey: key) {
            for (_, pipe) in output.open {
                poller.unwatch(pipe.number)
                watched[pipe.number] = nil
            }
            let rest = output.finish(at: now)
            if !rest.chunks.isEmpty { service.onProgress?(nil) }
            rest.chunks.forEach { service.onOutput?($0) }
            // The last part says that nothing is missing, even when it is empty.
            if !rest.chunks.isEmpty || rest.droppedBytes > 0 || output.wasTaken {
                pending.output.append(
                    WorkRequest.Output(
                        run: run.id,
                        attempt: run.attempt,
                        chunks: rest.chunks,
                        droppedBytes: rest.droppedBytes
                    )
                )
            }
        }
        tookTimes[run.id] = startTimes.removeValue(forKey: run.id).map { max(.zero, now - $0) }
        pending.completions.append(
            WorkRequest.Completion(
                run: run.id,
                attempt: run.attempt,
                end: end,
                endedAt: now,
                usage: usage,
                product: product
            )
        )
        wantsClaim = true
    }

    /// Reads what a child has said to its end: only that tells what its end means.
    private func childEnded(
        _ key: UInt64,
        _ report: WorkerMachine.Report
    ) -> (WorkerMachine.Report, AttemptProduct?) {
        guard let child = children[key] else { return (report, nil) }
        tell(child.read(at: clocks.now, untilEmpty: true), key)
        children[key] = nil
        unwatch(child)
        child.channel.close()
        return child.ended(report)
    }

    private func tendKeeper() throws {
        guard let keeper else {
            keeperCheckAt = nil
            return
        }
        if let due = keeperCheckAt, due <= clocks.monotonic {
            keeperCheckAt = keeper.checkLife(at: clocks.monotonic)
        }
        guard keeper.wantsToWrite != watchesKeeperForWriting else { return }
        watchesKeeperForWriting = keeper.wantsToWrite
        try poller.watch(
            keeper.descriptor,
            for: watchesKeeperForWriting ? [.read, .write] : .read
        )
    }

    // MARK: Actions

    private func perform(_ actions: [WorkerMachine.Action]) {
        for action in actions {
            switch action {
            case .spawn(let key, let run): spawn(key, run)
            case .terminate(let key):
                // A child that does not look at its channel sees TERM.
                children[key]?.cancel()
                keeper?.stop(key, .term)
            case .kill(let key): keeper?.stop(key, .kill)
            }
        }
    }

    private func spawn(_ key: UInt64, _ run: ClaimedRun) {
        do {
            let command = try command(for: run)
            let output = try AttemptOutput(secrets: command.secrets)
            guard let keeper else {
                ended(key, .lost, usage: nil)
                return
            }
            outputs[key] = output
            for (stream, pipe) in output.open {
                try poller.watch(pipe.number, for: .read)
                watched[pipe.number] = .output(key, stream)
            }
            let child = try child(key, run)
            try keeper.spawn(
                SpawnRequest(
                    key: key,
                    arguments: command.arguments,
                    environment: command.environment + (child == nil ? [] : [ChildMain.mark]),
                    workingDirectory: command.workingDirectory,
                    user: command.user,
                    isChild: command.isChild,
                    input: command.input
                ),
                into: output.pipes,
                channel: child?.childEnd
            )
            Failpoint.pass("P5")
        } catch let failure as NotRendered {
            ended(key, .notStarted(failure.sentence), usage: nil)
        } catch {
            ended(key, .notStarted("\(error)"), usage: nil)
        }
    }

    /// The link to the child that executes a built-in, its job on the way; nil: a command.
    private func child(_ key: UInt64, _ run: ClaimedRun) throws(SystemError) -> ChildLink? {
        guard case .builtIn(let builtIn) = run.definition.action else { return nil }
        let folder = service.settings.stateFolder
        let child = try ChildLink(key, ChildJob(run, builtIn, stateFolder: folder))
        child.flush()
        children[key] = child
        try watch(child, key)
        return child
    }

    private func command(for run: ClaimedRun) throws(NotRendered) -> AttemptCommand {
        try AttemptCommand(
            run,
            zone: zone(of: run),
            surroundings: surroundings(for: run.definition.user),
            secret: secrets.value(of:)
        )
    }

    /// The zone of a run's schedule.
    func zone(of run: ClaimedRun) throws(NotRendered) -> ZoneRules {
        do {
            return try service.zones.zone(named: run.definition.zone)
        } catch {
            throw NotRendered(sentence: "time zone \(run.definition.zone): \(error)")
        }
    }

    /// The surroundings of this worker, with the home and the name of the user to become.
    func surroundings(for user: String?) -> AttemptCommand.Surroundings {
        var surroundings = service.settings.surroundings
        // A user who cannot be found cannot be become either: the spawn says so.
        guard let user, let account = try? UserAccount(named: user) else { return surroundings }
        surroundings.home = account.home
        surroundings.user = account.name
        return surroundings
    }

    private func startKeeper() throws {
        do {
            let keeper = try Keeper.start(
                executable: service.settings.executable,
                lock: service.settings.owner
            )
            try poller.watch(keeper.descriptor, for: .read)
            watchesKeeperForWriting = false
            self.keeper = keeper
            wantsClaim = true
        } catch {
            service.observer.observe(.keeperDied(why: error.description, at: clocks.now))
        }
    }

    private func flushSoon() {
        let soon = clocks.monotonic + Self.flushPause
        flushAt = min(flushAt ?? soon, soon)
    }

    /// Shows output to a person who watches (`run --here`), and keeps it for the store.
    private func show(_ output: AttemptOutput, of key: UInt64) {
        guard let onOutput = service.onOutput, let run = machine.run(of: key) else { return }
        let chunks = output.takeNew()
        guard !chunks.isEmpty else { return }
        service.onProgress?(nil)
        chunks.forEach(onOutput)
        pending.output.append(
            WorkRequest.Output(run: run.id, attempt: run.attempt, chunks: chunks, droppedBytes: nil)
        )
    }

    // MARK: The store

    private func exchangeIfUseful() throws {
        let now = clocks.monotonic
        if let retryAt, retryAt > now { return }
        let isFlushDue = flushAt.map { $0 <= now } ?? false
        let isProgressDue = progressAt.map { $0 <= now } ?? false
        let wanted = wantsClaim && keeper != nil && mayClaim ? machine.freePlaces : 0
        let claims = wanted > 0 ? desk.withdraw(wanted) : 0
        guard
            claims > 0 || wantsClaim || isFlushDue || isProgressDue
                || !pending.completions.isEmpty || !pending.failureEnds.isEmpty
        else { return }
        if isFlushDue { takeNewOutput() }
        if isProgressDue { takeNewProgress(at: now) }
        var request = pending
        request.now = clocks.now
        request.claimLimit = claims
        request.queues = queues
        request.only = claims > 0 ? service.settings.only : nil
        request.failureOnlyOf = service.settings.only
        request.failureLimit = keeper == nil ? 0 : failures.freePlaces
        do throws(StoreError) {
            let reply = try service.store.exchange(request)
            if trouble.succeeded() {
                service.observer.observe(.storeRecovered(at: clocks.now))
            }
            storeError = nil
            retryAt = nil
            flushAt = nil
            wantsClaim = false
            pending = WorkRequest(owner: request.owner, now: request.now)
            try accept(reply, of: request)
        } catch {
            try failed(error, at: now)
        }
    }

    private func accept(_ reply: WorkReply, of request: WorkRequest) throws(StoreError) {
        if !reply.claimed.isEmpty { Failpoint.pass("P4") }
        if service.settings.only != nil, request.claimLimit > 0 { onlyAt = nil }
        let claimedAt = clocks.now
        for run in reply.claimed { service.observer.observe(.runClaimed(run, at: claimedAt)) }
        perform(machine.claimed(reply.claimed))
        perform(machine.cancel(reply.cancelRequested, at: clocks.monotonic))
        for transition in reply.transitions {
            let took = tookTimes.removeValue(forKey: transition.run)
            service.observer.observe(.runEnded(transition, at: clocks.now, took: took))
            if transition.run == service.settings.only, !transition.state.isFinal {
                onlyAt = transition.readyAt ?? clocks.now
            }
        }
        startFailures(reply.failures)
        if !reply.claimed.isEmpty, machine.freePlaces > 0 { wantsClaim = true }
        if let wakeAt = [reply.wakeAt, onlyAt].compactMap({ $0 }).min() {
            do {
                try alarm.set(wakeAt)
            } catch {
                throw .inputOutput(error.description)
            }
        }
        if !request.completions.isEmpty || !request.starts.isEmpty { service.onChange() }
        if !reply.followed.isEmpty {
            // What this worker may claim waits for a place here; the rest is for others.
            wantsClaim = wantsClaim || machine.freePlaces > 0
            service.onFollowed()
        }
    }

    private var mayClaim: Bool {
        guard service.settings.only != nil else { return true }
        return onlyAt.map { $0 <= clocks.now } ?? false
    }

    private func failed(_ error: StoreError, at now: Duration) throws(StoreError) {
        guard case .retry(let pause, let speak) = trouble.failed(error, at: now) else {
            throw error
        }
        storeError = error
        retryAt = now + (machine.isDraining ? min(pause, Self.stoppingPause) : pause)
        if speak { service.observer.observe(.storeTrouble(error, at: clocks.now)) }
    }

    /// When progress goes to the store next; nil: nothing is new.
    private var progressAt: Duration? {
        children.values.compactMap { $0.hasNewProgress ? $0.storeDue ?? .zero : nil }.min()
    }

    /// Moves progress whose turn it is into the request.
    private func takeNewProgress(at now: Duration) {
        for (key, child) in children {
            guard let run = machine.run(of: key), let reading = child.takeProgress(at: now) else {
                continue
            }
            pending.progress.removeAll { $0.run == run.id }
            pending.progress.append(
                WorkRequest.Progress(run: run.id, attempt: run.attempt, reading: reading)
            )
        }
    }

    /// Moves output that is final into the request.
    private func takeNewOutput() {
        for (key, output) in outputs {
            guard let run = machine.run(of: key) else { continue }
            let chunks = output.takeNew()
            guard !chunks.isEmpty else { continue }
            pending.output.append(
                WorkRequest.Output(
                    run: run.id,
                    attempt: run.attempt,
                    chunks: chunks,
                    droppedBytes: nil
                )
            )
        }
    }
}
