/// What schedules are but for their names and places in files, each once.
///
/// A million schedules that a program makes differ in little: they share their texts, zones, policies
/// and commands. Those that differ in all of it cost what they cost alone.
struct ScheduleShapes: Sendable {
    /// Which shape a schedule has and where it stands: all that is kept for each.
    struct Place: Sendable {
        fileprivate var shape: UInt32
        fileprivate var file: UInt32
        fileprivate var line: Int32
        fileprivate var column: Int32
    }

    /// Shapes with one hash that a new schedule is compared with; then it gets a shape of its own.
    private static let comparisonsMax = 8

    private var shapes: [Shape] = []
    private var newestByHash: [Int: UInt32] = [:]
    private var files: [String] = []
    private var fileNumbers: [String: UInt32] = [:]

    /// The rules of all shapes.
    var rules: [Rule] { shapes.map(\.schedule.rule) }

    /// Keeps a schedule's shape, unless it is known.
    mutating func place(of schedule: Schedule) -> Place {
        Place(
            shape: number(ofShapeOf: schedule),
            file: number(ofFile: schedule.source.file),
            line: Int32(clamping: schedule.source.line),
            column: Int32(clamping: schedule.source.column)
        )
    }

    func rule(at place: Place) -> Rule { shapes[Int(place.shape)].schedule.rule }

    /// The schedule as it was given.
    func schedule(named name: String, at place: Place) -> Schedule {
        var schedule = shapes[Int(place.shape)].schedule
        schedule.name = name
        schedule.source = SourcePlace(
            file: files[Int(place.file)],
            line: Int(place.line),
            column: Int(place.column)
        )
        return schedule
    }

    private mutating func number(ofShapeOf schedule: Schedule) -> UInt32 {
        let hash = schedule.shapeHash
        let newest = newestByHash[hash]
        var candidate = newest
        for _ in 0..<Self.comparisonsMax {
            guard let number = candidate else { break }
            if shapes[Int(number)].schedule.hasShape(of: schedule) { return number }
            candidate = shapes[Int(number)].older
        }
        let number = UInt32(shapes.count)
        shapes.append(Shape(schedule, older: newest))
        newestByHash[hash] = number
        return number
    }

    private mutating func number(ofFile file: String) -> UInt32 {
        // Neighbours stand in one file.
        if files.last == file { return UInt32(files.count - 1) }
        if let known = fileNumbers[file] { return known }
        let number = UInt32(files.count)
        files.append(file)
        fileNumbers[file] = number
        return number
    }

    /// An object, so that a comparison copies no schedule.
    private final class Shape: Sendable {
        /// With the name and place of the first one.
        let schedule: Schedule
        /// The shape before it that has the same hash.
        let older: UInt32?

        init(_ schedule: Schedule, older: UInt32?) {
            self.schedule = schedule
            self.older = older
        }
    }
}

extension Schedule {
    /// The same for schedules of one shape; what tells most shapes apart is in it.
    fileprivate var shapeHash: Int {
        var hasher = Hasher()
        switch rule.trigger {
        case .cron(let expressions):
            // By index, since an iterator would copy each expression.
            for index in expressions.indices { hasher.combine(expressions[index].text) }
        case .celery(let crontab): hasher.combine(crontab.text)
        case .daily(let times, _): hasher.combine(times)
        case .every(let interval): hasher.combine(interval.period)
        case .once(let instant): hasher.combine(instant)
        case .after(let leader): hasher.combine(leader)
        }
        hasher.combine(rule.zone)
        hasher.combine(definition.revision)
        hasher.combine(definition.action)
        return hasher.finalize()
    }

    /// Whether two schedules differ in nothing but name and place.
    fileprivate func hasShape(of other: Schedule) -> Bool {
        rule == other.rule && definition == other.definition && queue == other.queue
            && overlap == other.overlap && catchUp == other.catchUp && expires == other.expires
            && spread == other.spread && keep == other.keep && isEnabled == other.isEnabled
            && renamedFrom == other.renamedFrom && tags == other.tags
            && description == other.description && inherited == other.inherited
            && remarks == other.remarks && translations == other.translations
    }
}
