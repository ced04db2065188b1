// The tables of a Downbeat database, version 1; later steps are in files of their own
// (Schema+Version2.swift).
//
// One file holds what the beat has considered (schedules, skips, slots, slot_ranges), what is to be
// executed (definitions, runs, ready, timed, leases), what happened (attempts, output, rollups,
// events) and who takes part (owners). Bodies, keys of what can be claimed, and leases are tables of
// their own: claiming deletes a short key and never searches among bodies, so its cost does not grow
// with the backlog. All instants are microseconds UTC (`_us`); JSON is TEXT; tables are STRICT.
//
// schedules    One row for each name that was ever seen. `present` says whether the configuration
//              adopted last has it; a removed one keeps its row for its history, has no mark, and says
//              since when it is gone.
//              `latest_*` is the newest slot, for intervals that count from an event.
// skips        Nominal times that `skip` named and the beat has not come to.
// slots        The ledger: one row for each slot that fired or was skipped for a reason of its own.
// slot_ranges  The ledger: counted rows, for stretches skipped for one reason.
// definitions  What runs do, as JSON, one row for each distinct text of a schedule.
// runs         One row for each run; `n` is the order of creation. The columns up to `checksum` never
//              change; the rest is where the run stands.
// ready        Keys of runs that can be claimed now, in the order in which they are.
// timed        Keys of runs in backoff, in the order in which they become ready.
// leases       The attempts that are being executed.
// attempts     One row for each attempt; it has ended when `end_kind` is set.
// output       What commands wrote, in order of `n`.
// rollups      Ended runs by schedule and quarter of an hour (UTC) of their due time; never pruned.
// owners       Processes that beat or execute runs, and since when one that stops does so.
// events       What happened to the service as a whole.
// counters     `commits` counts write transactions: a smaller number than one seen before means that
//              rows are missing, which SQLite cannot notice.
//
// Words are checked by `OR`, not by `IN`: SQLite builds a temporary table for every `IN` list of more
// than two, at each statement, which made claiming and completing a run half as fast.
//
// Invariants, and what keeps them:
//  1. A slot has at most one row of its own, ever: PRIMARY KEY of slots, `recordFire` inserts first.
//  2. Slots, runs and mark move together: `tick` is one transaction.
//  3. A run's state is one of RunState; it has an end if and only if the state is final: CHECKs.
//  4. A run has at most one lease: PRIMARY KEY of leases. `running` if and only if there is one:
//     `claim` and `complete`.
//  5. A run is in at most one of ready, timed and leases, and in none when it is held or ended:
//     `claim`, `complete`, `promote`, `end`.
//  6. Of a schedule that does not allow overlap, only the oldest run that is not done can be claimed:
//     `insertRun` holds later ones, `releaseNext` runs in the commit that ends the one before.
//  7. Attempt numbers of a run are 1 … runs.attempts: PRIMARY KEY of attempts, `claim`.
//  8. Runs refer to definitions that exist: `prune` drops only those that nothing uses. (No foreign
//     key, as its check would search all runs.)
//  9. A fired slot's run exists: `prune` deletes both together. (No foreign key, as above.)
// 10. A run is counted in rollups once: final states are final, `end` counts into the request's `EndTally`.

enum Schema {
    /// `DBT1`: marks the file as ours.
    static let applicationID: Int64 = 0x4442_5431

    static let version1 = """
        CREATE TABLE schedules (
          id INTEGER PRIMARY KEY,
          name TEXT NOT NULL UNIQUE,
          present INTEGER NOT NULL CHECK (present IN (0, 1)),
          enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
          mark_us INTEGER,
          rule TEXT NOT NULL,
          rule_summary TEXT NOT NULL,
          revision TEXT NOT NULL,
          queue TEXT NOT NULL,
          definition INTEGER,
          pause_since_us INTEGER,
          pause_until_us INTEGER,
          pause_reason TEXT,
          first_seen_us INTEGER NOT NULL,
          latest_slot_us INTEGER,
          latest_fired INTEGER NOT NULL DEFAULT 0 CHECK (latest_fired IN (0, 1)),
          latest_run INTEGER,
          last_succeeded_us INTEGER,
          removed_us INTEGER,
          CHECK ((mark_us IS NOT NULL) = present),
          CHECK ((pause_since_us IS NULL) = (pause_reason IS NULL)),
          CHECK (pause_until_us IS NULL OR pause_since_us IS NOT NULL)
        ) STRICT;

        CREATE TABLE skips (
          schedule INTEGER NOT NULL REFERENCES schedules (id),
          slot_us INTEGER NOT NULL,
          PRIMARY KEY (schedule, slot_us)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE slots (
          schedule INTEGER NOT NULL REFERENCES schedules (id),
          slot_us INTEGER NOT NULL,
          outcome TEXT NOT NULL CHECK (outcome IN ('fired', 'skipped')),
          reason TEXT CHECK (reason = 'skip_next' OR reason = 'expired' OR reason = 'overlap'),
          blocked_by TEXT,
          run INTEGER,
          PRIMARY KEY (schedule, slot_us),
          CHECK ((outcome = 'fired') = (run IS NOT NULL)),
          CHECK ((outcome = 'skipped') = (reason IS NOT NULL))
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE slot_ranges (
          schedule INTEGER NOT NULL REFERENCES schedules (id),
          first_us INTEGER NOT NULL,
          last_us INTEGER NOT NULL,
          count INTEGER NOT NULL CHECK (count >= 1),
          reason TEXT NOT NULL CHECK (reason = 'bounds' OR reason = 'calendar'
            OR reason = 'calendar_range' OR reason = 'disabled' OR reason = 'paused'
            OR reason = 'catch_up' OR reason = 'edited'),
          PRIMARY KEY (schedule, first_us),
          CHECK (first_us <= last_us)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE definitions (
          n INTEGER PRIMARY KEY AUTOINCREMENT,
          schedule INTEGER NOT NULL REFERENCES schedules (id),
          revision TEXT NOT NULL,
          task TEXT NOT NULL,
          attempts_max INTEGER NOT NULL CHECK (attempts_max >= 1),
          body TEXT NOT NULL,
          checksum INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX definitions_by_text ON definitions (schedule, checksum);

        CREATE TABLE runs (
          n INTEGER PRIMARY KEY,
          id TEXT NOT NULL UNIQUE CHECK (length(id) = 26),
          schedule INTEGER NOT NULL REFERENCES schedules (id),
          definition INTEGER NOT NULL,
          queue TEXT NOT NULL,
          priority INTEGER NOT NULL,
          slot_us INTEGER,
          due_us INTEGER NOT NULL,
          enqueued_us INTEGER NOT NULL,
          retry_of TEXT,
          checksum INTEGER NOT NULL,
          state TEXT NOT NULL CHECK (state = 'scheduled' OR state = 'queued' OR state = 'running'
            OR state = 'succeeded' OR state = 'failed' OR state = 'cancelled'
            OR state = 'expired' OR state = 'unknown'),
          held INTEGER NOT NULL CHECK (held IN (0, 1)),
          cancel_requested INTEGER NOT NULL DEFAULT 0 CHECK (cancel_requested IN (0, 1)),
          ready_us INTEGER NOT NULL,
          expires_us INTEGER,
          attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
          failures INTEGER NOT NULL DEFAULT 0 CHECK (failures BETWEEN 0 AND attempts),
          losses INTEGER NOT NULL DEFAULT 0 CHECK (losses BETWEEN 0 AND attempts),
          started_us INTEGER,
          ended_us INTEGER,
          exit_code INTEGER,
          signal INTEGER,
          error TEXT,
          CHECK ((ended_us IS NULL)
            = (state = 'scheduled' OR state = 'queued' OR state = 'running')),
          CHECK (held = 0 OR state = 'queued')
        ) STRICT;
        CREATE INDEX runs_by_schedule ON runs (schedule, n);
        CREATE INDEX runs_active ON runs (schedule, n) WHERE ended_us IS NULL;
        CREATE INDEX runs_expiring ON runs (expires_us)
          WHERE expires_us IS NOT NULL AND ended_us IS NULL AND started_us IS NULL;
        CREATE INDEX runs_to_cancel ON runs (n) WHERE cancel_requested = 1 AND ended_us IS NULL;
        CREATE INDEX runs_unwell ON runs (n)
          WHERE state = 'failed' OR state = 'expired' OR state = 'unknown';

        CREATE TABLE ready (
          queue TEXT NOT NULL,
          priority INTEGER NOT NULL,
          ready_us INTEGER NOT NULL,
          run INTEGER NOT NULL REFERENCES runs (n),
          PRIMARY KEY (queue, priority, ready_us, run)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE timed (
          ready_us INTEGER NOT NULL,
          run INTEGER NOT NULL REFERENCES runs (n),
          PRIMARY KEY (ready_us, run)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE leases (
          run INTEGER PRIMARY KEY REFERENCES runs (n),
          owner TEXT NOT NULL,
          queue TEXT NOT NULL,
          counted INTEGER NOT NULL CHECK (counted IN (0, 1)),
          attempt INTEGER NOT NULL CHECK (attempt >= 1)
        ) STRICT;

        CREATE TABLE attempts (
          run INTEGER NOT NULL REFERENCES runs (n),
          attempt INTEGER NOT NULL CHECK (attempt >= 1),
          owner TEXT NOT NULL,
          claimed_us INTEGER NOT NULL,
          started_us INTEGER,
          pid INTEGER,
          ended_us INTEGER,
          end_kind TEXT CHECK (end_kind = 'exited' OR end_kind = 'signalled'
            OR end_kind = 'timed_out' OR end_kind = 'not_started' OR end_kind = 'cancelled'
            OR end_kind = 'drained' OR end_kind = 'lost'),
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

        CREATE TABLE output (
          n INTEGER PRIMARY KEY,
          run INTEGER NOT NULL REFERENCES runs (n),
          attempt INTEGER NOT NULL,
          stream TEXT NOT NULL CHECK (stream IN ('out', 'err')),
          time_us INTEGER NOT NULL,
          bytes BLOB NOT NULL
        ) STRICT;
        CREATE INDEX output_by_attempt ON output (run, attempt);

        CREATE TABLE rollups (
          schedule INTEGER NOT NULL REFERENCES schedules (id),
          bucket_us INTEGER NOT NULL CHECK (bucket_us % 900000000 = 0),
          succeeded INTEGER NOT NULL,
          failed INTEGER NOT NULL,
          cancelled INTEGER NOT NULL,
          expired INTEGER NOT NULL,
          unknown INTEGER NOT NULL,
          duration_sum_us INTEGER NOT NULL,
          duration_max_us INTEGER NOT NULL,
          PRIMARY KEY (schedule, bucket_us)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE owners (
          id TEXT NOT NULL PRIMARY KEY,
          kind TEXT NOT NULL CHECK (kind IN ('up', 'beat', 'worker', 'here')),
          pid INTEGER NOT NULL,
          process_start INTEGER NOT NULL,
          boot_id TEXT NOT NULL,
          started_us INTEGER NOT NULL,
          version TEXT NOT NULL,
          concurrency INTEGER NOT NULL CHECK (concurrency >= 0),
          stopping_us INTEGER
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE events (
          n INTEGER PRIMARY KEY,
          time_us INTEGER NOT NULL,
          name TEXT NOT NULL,
          schedule TEXT,
          detail TEXT NOT NULL,
          is_error INTEGER NOT NULL CHECK (is_error IN (0, 1))
        ) STRICT;

        CREATE TABLE counters (
          name TEXT NOT NULL PRIMARY KEY,
          value INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        INSERT INTO counters (name, value) VALUES ('commits', 0);
        """
}
