// The second step: what built-ins leave behind.
//
// results           What a run returned, as JSON.
// progress          How far a running attempt has come, replaced about once a second. Live only: the
//                   row goes with the attempt.
// statistics        Figures of one window (a stretch of time) of a schedule; `latency_*` are empty where
//                   the lines name no latency.
// statistic_groups  The window's lines by one field: `status` 404, so many of so many bytes.
// positions         What a schedule's latest succeeded run left for the next one; opaque.
// attempts          Is made again, since an attempt can now end as `failed`: by its own word, in
//                   `end_text`; `end_value` says whether a repeat is of use.
//
// Statistics and positions belong to the schedule, not to the run: they stay when runs are pruned, like
// roll-ups, follow the schedule when it is renamed, and stay when it is removed. They are small: a window
// with a thousand groups takes some 60 kB, an hourly one with ten groups 10 MB a year.
//
// Invariants, and what keeps them, continued:
// 11. Result, statistics and positions are written in the commit that makes their run `succeeded`, and in
//     no other: `complete`. What a failed or lost attempt had found leaves no trace.
// 12. A window is stored once, whatever is repeated: UNIQUE of statistics; `keep` replaces its groups with
//     it.
// 13. Only the attempt that holds the lease has progress: `store` asks for the lease, `complete` deletes.

extension Schema {
    static let version2 = """
        CREATE TABLE results (
          run INTEGER PRIMARY KEY REFERENCES runs (n),
          body TEXT NOT NULL CHECK (length(CAST(body AS BLOB)) BETWEEN 1 AND 65536)
        ) STRICT;

        CREATE TABLE progress (
          run INTEGER PRIMARY KEY REFERENCES runs (n),
          attempt INTEGER NOT NULL CHECK (attempt >= 1),
          phase TEXT NOT NULL,
          done INTEGER NOT NULL,
          total INTEGER,
          unit TEXT NOT NULL CHECK (unit IN ('bytes', 'items')),
          since_us INTEGER NOT NULL,
          time_us INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE statistics (
          n INTEGER PRIMARY KEY,
          schedule INTEGER NOT NULL REFERENCES schedules (id),
          start_us INTEGER NOT NULL,
          end_us INTEGER NOT NULL,
          run TEXT NOT NULL,
          stored_us INTEGER NOT NULL,
          lines INTEGER NOT NULL CHECK (lines >= 0),
          malformed INTEGER NOT NULL CHECK (malformed >= 0),
          bytes INTEGER NOT NULL CHECK (bytes >= 0),
          clients INTEGER CHECK (clients >= 0),
          exact INTEGER NOT NULL CHECK (exact IN (0, 1)),
          latency_samples INTEGER,
          latency_p50_us INTEGER,
          latency_p95_us INTEGER,
          latency_p99_us INTEGER,
          latency_max_us INTEGER,
          UNIQUE (schedule, start_us, end_us),
          CHECK (start_us <= end_us),
          CHECK ((latency_samples IS NULL) = (latency_p50_us IS NULL)
            AND (latency_samples IS NULL) = (latency_p95_us IS NULL)
            AND (latency_samples IS NULL) = (latency_p99_us IS NULL)
            AND (latency_samples IS NULL) = (latency_max_us IS NULL))
        ) STRICT;

        CREATE TABLE statistic_groups (
          statistics INTEGER NOT NULL REFERENCES statistics (n),
          field TEXT NOT NULL,
          key TEXT NOT NULL,
          count INTEGER NOT NULL CHECK (count >= 0),
          bytes INTEGER NOT NULL CHECK (bytes >= 0),
          PRIMARY KEY (statistics, field, key)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE positions (
          schedule INTEGER PRIMARY KEY REFERENCES schedules (id),
          run TEXT NOT NULL,
          stored_us INTEGER NOT NULL,
          body BLOB NOT NULL CHECK (length(body) <= 1048576)
        ) STRICT;

        CREATE TABLE attempts_with_failed (
          run INTEGER NOT NULL REFERENCES runs (n),
          attempt INTEGER NOT NULL CHECK (attempt >= 1),
          owner TEXT NOT NULL,
          claimed_us INTEGER NOT NULL,
          started_us INTEGER,
          pid INTEGER,
          ended_us INTEGER,
          end_kind TEXT CHECK (end_kind = 'exited' OR end_kind = 'signalled'
            OR end_kind = 'timed_out' OR end_kind = 'failed' OR end_kind = 'not_started'
            OR end_kind = 'cancelled' OR end_kind = 'drained' OR end_kind = 'lost'),
          end_value INTEGER,
          end_text TEXT,
          user_us INTEGER,
          system_us INTEGER,
          peak_bytes INTEGER,
          dropped_bytes INTEGER CHECK (dropped_bytes >= 0),
          output_cut INTEGER NOT NULL DEFAULT 0 CHECK (output_cut IN (0, 1)),
          PRIMARY KEY (run, attempt),
          CHECK ((ended_us IS NULL) = (end_kind IS NULL))
        ) STRICT, WITHOUT ROWID;
        INSERT INTO attempts_with_failed (run, attempt, owner, claimed_us, started_us, pid, ended_us,
          end_kind, end_value, end_text, user_us, system_us, peak_bytes, dropped_bytes, output_cut)
        SELECT run, attempt, owner, claimed_us, started_us, pid, ended_us,
          end_kind, end_value, end_text, user_us, system_us, peak_bytes, dropped_bytes, output_cut
        FROM attempts;
        DROP TABLE attempts;
        ALTER TABLE attempts_with_failed RENAME TO attempts;
        """
}
