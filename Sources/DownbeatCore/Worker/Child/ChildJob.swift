/// One attempt as a child is told of it.
package struct ChildJob: Hashable, Sendable {
    package var run: RunID
    /// From 1.
    package var attempt: Int
    package var schedule: String
    /// Nominal time; nil for a manual run.
    package var slot: Timestamp?
    /// A manual run: when it was asked for.
    package var due: Timestamp
    package var queue: String
    /// The schedule's zone, by name.
    package var zone: String
    /// What to do.
    package var name: String
    /// JSON.
    package var options: String
    /// What the schedule's latest succeeded run left; nil: nothing.
    package var positions: [UInt8]?
    /// The folder of Downbeat's own state, absolute.
    package var stateFolder: String

    package init(
        run: RunID,
        attempt: Int,
        schedule: String,
        slot: Timestamp?,
        due: Timestamp,
        queue: String,
        zone: String,
        name: String,
        options: String,
        positions: [UInt8]?,
        stateFolder: String
    ) {
        self.run = run
        self.attempt = attempt
        self.schedule = schedule
        self.slot = slot
        self.due = due
        self.queue = queue
        self.zone = zone
        self.name = name
        self.options = options
        self.positions = positions
        self.stateFolder = stateFolder
    }

    /// The job of a claimed run.
    package init(_ run: ClaimedRun, _ builtIn: BuiltIn, stateFolder: String) {
        self.init(
            run: run.id,
            attempt: run.attempt,
            schedule: run.schedule,
            slot: run.slot,
            due: run.due,
            queue: run.queue,
            zone: run.definition.zone,
            name: builtIn.name,
            options: builtIn.options,
            positions: run.positions,
            stateFolder: stateFolder
        )
    }

    /// The instant that the run is about: its slot, or when it was asked for.
    package var nominal: Timestamp { slot ?? due }
}

/// What a worker tells a child.
package enum WorkerMessage: Hashable, Sendable {
    /// Do this now.
    case job(ChildJob)
    /// End the job; KILL follows when its grace is over.
    case cancel
}

extension WorkerMessage {
    private enum Kind: UInt8 {
        case job = 1
        case cancel
    }

    /// The message as a frame.
    package func frame(job number: UInt64) -> Frame {
        var writer = FrameWriter()
        switch self {
        case .cancel: return Frame(kind: Kind.cancel.rawValue, job: number)
        case .job(let job):
            writer.put(job.run.text)
            writer.put(Int64(job.attempt))
            writer.put(job.schedule)
            writer.put(job.slot) { $0.put($1) }
            writer.put(job.due)
            writer.put(job.queue)
            writer.put(job.zone)
            writer.put(job.name)
            writer.put(job.options)
            writer.put(job.positions) { $0.put($1) }
            writer.put(job.stateFolder)
            return Frame(kind: Kind.job.rawValue, job: number, payload: writer.bytes)
        }
    }

    /// Reads a frame.
    package init(_ frame: Frame) throws(FrameError) {
        guard let kind = Kind(rawValue: frame.kind) else { throw .kind(frame.kind) }
        var cursor = FrameCursor(frame.payload[...])
        switch kind {
        case .cancel: self = .cancel
        case .job: self = .job(try cursor.job())
        }
        try cursor.end()
    }
}

extension FrameCursor {
    fileprivate mutating func job() throws(FrameError) -> ChildJob {
        guard let run = RunID(try text()) else { throw .badValue("run id") }
        return ChildJob(
            run: run,
            attempt: Int(truncatingIfNeeded: try number(Int64.self)),
            schedule: try text(),
            slot: try optional { cursor throws(FrameError) in try cursor.time() },
            due: try time(),
            queue: try text(),
            zone: try text(),
            name: try text(),
            options: try text(),
            positions: try optional { cursor throws(FrameError) in try cursor.data() },
            stateFolder: try text()
        )
    }
}
