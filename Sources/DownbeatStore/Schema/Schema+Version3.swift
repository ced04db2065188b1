// Version 3: the table of `on_failure` commands.
//
// failure_commands  One row for each run that ended as `failed` and whose definition has such a
//                   command: waiting (no owner), claimed, or ended. `problem` is what went wrong with
//                   the command itself.
//
// Invariants: 1. A run has at most one command, and it is claimed at most once: PRIMARY KEY, and
// `claimFailures` takes rows without a start only. 2. The row appears in the commit that ends the
// run: `complete`. 3. It goes with its run: `prune`.

extension Schema {
    static let version3 = """
        CREATE TABLE failure_commands (
          run INTEGER PRIMARY KEY REFERENCES runs (n),
          queue TEXT NOT NULL,
          owner TEXT,
          started_us INTEGER,
          ended_us INTEGER,
          problem TEXT,
          CHECK ((owner IS NULL) = (started_us IS NULL)),
          CHECK (ended_us IS NULL OR started_us IS NOT NULL),
          CHECK (problem IS NULL OR ended_us IS NOT NULL)
        ) STRICT;
        CREATE INDEX failure_commands_waiting ON failure_commands (queue, run)
          WHERE started_us IS NULL;
        CREATE INDEX failure_commands_open ON failure_commands (owner)
          WHERE started_us IS NOT NULL AND ended_us IS NULL;
        """
}
