// Version 5: schedules that follow others, and jitter.
//
// followers    One row for each schedule of the configuration adopted last that has `after`: which
//              schedule it follows, and what the commit that ends a run of that one needs to judge the
//              slot. `leader` is a key, so renaming the schedule that is followed changes nothing.
// schedules    `jitter_name` is the name that jitter is worked out by; nil: its own. `skip_triggers`
//              says how many of its next triggers `skip` asked to leave out.
//
// Invariants, and what keeps them, continued:
// 14. A follower's slot and run appear in the commit that makes the run it follows `succeeded`, and in
//     no other: `end` calls `follow`. A slot triggers once: invariant 1.
// 15. `followers` says what the configuration adopted last says: `writeFollowers` in `adopt`.

extension Schema {
    static let version5 = """
        CREATE TABLE followers (
          leader INTEGER NOT NULL REFERENCES schedules (id),
          schedule INTEGER NOT NULL UNIQUE REFERENCES schedules (id),
          overlap TEXT NOT NULL CHECK (overlap = 'skip' OR overlap = 'queue'
            OR overlap = 'queue_all' OR overlap = 'replace' OR overlap = 'allow'),
          expires_us INTEGER CHECK (expires_us >= 0),
          from_us INTEGER,
          until_us INTEGER,
          PRIMARY KEY (leader, schedule),
          CHECK (leader <> schedule)
        ) STRICT, WITHOUT ROWID;
        ALTER TABLE schedules ADD COLUMN jitter_name TEXT;
        ALTER TABLE schedules ADD COLUMN skip_triggers INTEGER NOT NULL DEFAULT 0
          CHECK (skip_triggers >= 0);
        """
}
