// Version 6: what the zone data said that slots are planned with, so that `audit dst` can tell what
// another version of the data moves.
//
// zones         One row for each zone of the configuration adopted last, with the version of the data,
//               the range that is known, and the offset at its start.
// zone_changes  The changes of that offset inside the range.

extension Schema {
    static let version6 = """
        CREATE TABLE zones (
          name TEXT NOT NULL PRIMARY KEY,
          version TEXT,
          from_us INTEGER NOT NULL,
          until_us INTEGER NOT NULL,
          offset_s INTEGER NOT NULL,
          CHECK (from_us < until_us)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE zone_changes (
          zone TEXT NOT NULL REFERENCES zones (name),
          at_us INTEGER NOT NULL,
          offset_s INTEGER NOT NULL,
          PRIMARY KEY (zone, at_us)
        ) STRICT, WITHOUT ROWID;
        """
}
