package import DownbeatCore

extension SQLiteStore {
    /// Keeps what zones are expected to do, of all zones of a configuration and of no other.
    ///
    /// Nothing is written where what is kept says the same and reaches far enough. A zone whose past
    /// forecast was another one leaves an event, since what was planned has been planned anew.
    package func note(
        zones: Set<ZoneRules>,
        version: String?,
        now: Timestamp
    ) throws(StoreError) {
        let kept = try zoneForecasts()
        let isCurrent = kept.allSatisfy {
            $0.version == version && $0.from <= now && $0.until >= now + ZoneForecast.reachMin
        }
        guard Set(kept.map(\.name)) != Set(zones.map(\.name)) || !isCurrent else { return }
        let new = zones.sorted { $0.name < $1.name }.map {
            ZoneForecast($0, version: version, from: now)
        }
        let byName = Dictionary(uniqueKeysWithValues: zones.map { ($0.name, $0) })
        let moved = kept.filter { forecast in
            byName[forecast.name].map { !forecast.differences(from: $0, after: now).isEmpty }
                ?? false
        }
        try write { scope in
            try scope.replaceZones(new)
            guard let first = moved.first else { return }
            let versions = "\(first.version ?? "?") to \(version ?? "?")"
            try scope.record(
                EventRecord(
                    time: now,
                    name: "zones.changed",
                    schedule: nil,
                    detail: "zone data went from \(versions) and moves the clocks of "
                        + moved.map(\.name).joined(separator: ", "),
                    isError: false
                )
            )
        }
    }

    /// What the zone data said that the beat planned with, by zone.
    package func zoneForecasts() throws(StoreError) -> [ZoneForecast] {
        try read { connection in
            var changes: [String: [ZoneForecast.Change]] = [:]
            let rows = try connection.rows(
                "SELECT zone, at_us, offset_s FROM zone_changes ORDER BY zone, at_us"
            ) { row in
                (row.text(0), ZoneForecast.Change(at: row.instant(1), offset: Int(row.integer(2))))
            }
            for (zone, change) in rows { changes[zone, default: []].append(change) }
            return try connection.rows(
                "SELECT name, version, from_us, until_us, offset_s FROM zones ORDER BY name"
            ) { row in
                ZoneForecast(
                    name: row.text(0),
                    version: row.optionalText(1),
                    from: row.instant(2),
                    until: row.instant(3),
                    offset: Int(row.integer(4)),
                    changes: changes[row.text(0)] ?? []
                )
            }
        }
    }
}

extension WriteScope {
    fileprivate func replaceZones(_ forecasts: [ZoneForecast]) throws {
        try connection.execute("DELETE FROM zone_changes")
        try connection.execute("DELETE FROM zones")
        for forecast in forecasts {
            try connection.execute(
                """
                INSERT INTO zones (name, version, from_us, until_us, offset_s)
                VALUES (?, ?, ?, ?, ?)
                """,
                forecast.name,
                forecast.version,
                forecast.from,
                forecast.until,
                forecast.offset
            )
            for change in forecast.changes {
                try connection.execute(
                    "INSERT INTO zone_changes (zone, at_us, offset_s) VALUES (?, ?, ?)",
                    forecast.name,
                    change.at,
                    change.offset
                )
            }
        }
    }
}
