/// A database of schema 1 with rows, as that version wrote it: three runs that have ended, one that waits.
enum SchemaVersion1 {
    /// What `sqlite3 state.db .dump` says, and the marks that it leaves out.
    static let dump = #"""
        PRAGMA foreign_keys=OFF;
        BEGIN TRANSACTION;
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
        INSERT INTO schedules VALUES(1,'good',1,1,1795526657492614,'every 86400000000 zone Asia/Shanghai','every 1d','960307af922889b6','default',1,NULL,NULL,NULL,1795526657080041,NULL,0,NULL,1795526657080041,NULL);
        INSERT INTO schedules VALUES(2,'bad',1,1,1795526657492614,'every 86400000000 zone Asia/Shanghai','every 1d','065d1b4436f31416','default',2,NULL,NULL,NULL,1795526657153740,NULL,0,NULL,NULL,NULL);
        INSERT INTO schedules VALUES(3,'slow',1,1,1795526657492614,'every 86400000000 zone Asia/Shanghai','every 1d','3c8e8a8bb613b699','default',3,NULL,NULL,NULL,1795526657217289,NULL,0,NULL,NULL,NULL);
        INSERT INTO schedules VALUES(4,'waits',1,1,1795526657492614,'every 86400000000 zone Asia/Shanghai','every 1d','1c154bef8bb319f2','default',4,NULL,NULL,NULL,1795526657492614,NULL,0,NULL,NULL,NULL);
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
        INSERT INTO definitions VALUES(1,1,'960307af922889b6','shell',2,'{"action":{"shell":{"_0":"echo hello"}},"delivery":"at_least_once","environment":[],"grace":[0,10000000000000000000],"retry":{"factor":2,"jitter":0.1,"maxWait":[32,9704189641294348288],"times":1,"wait":[0,1000000000000000]},"revision":"960307af922889b6","successCodes":[0],"zone":"Asia/Shanghai"}',5309590193400148787);
        INSERT INTO definitions VALUES(2,2,'065d1b4436f31416','shell',1,'{"action":{"shell":{"_0":"echo oops >&2; exit 3"}},"delivery":"at_least_once","environment":[],"grace":[0,10000000000000000000],"retry":{"factor":2,"jitter":0.1,"maxWait":[32,9704189641294348288],"times":0,"wait":[1,11553255926290448384]},"revision":"065d1b4436f31416","successCodes":[0],"zone":"Asia/Shanghai"}',-3147411038888788591);
        INSERT INTO definitions VALUES(3,3,'3c8e8a8bb613b699','shell',1,'{"action":{"shell":{"_0":"sleep 60"}},"delivery":"at_least_once","environment":[],"grace":[0,1000000000000000000],"retry":{"factor":2,"jitter":0.1,"maxWait":[32,9704189641294348288],"times":0,"wait":[1,11553255926290448384]},"revision":"3c8e8a8bb613b699","successCodes":[0],"timeout":[0,200000000000000000],"zone":"Asia/Shanghai"}',2721585263985003273);
        INSERT INTO definitions VALUES(4,4,'1c154bef8bb319f2','command',1,'{"action":{"command":{"_0":["true"]}},"delivery":"at_least_once","environment":[],"grace":[0,10000000000000000000],"retry":{"factor":2,"jitter":0.1,"maxWait":[32,9704189641294348288],"times":0,"wait":[1,11553255926290448384]},"revision":"1c154bef8bb319f2","successCodes":[0],"zone":"Asia/Shanghai"}',-3840004593003945880);
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
        INSERT INTO runs VALUES(1,'01M86VN11R3SWAPM5JW9WHJEG8',1,1,'default',0,NULL,1795526657080041,1795526657080041,NULL,6264065089051875470,'succeeded',0,0,1795526657080041,1795526717080041,1,0,0,1795526657115847,1795526657116804,0,NULL,NULL);
        INSERT INTO runs VALUES(2,'01M86VN1415K077HFT0EEHH578',2,2,'default',0,NULL,1795526657153740,1795526657153740,NULL,1241111528560805617,'failed',0,0,1795526657153740,1795526717153740,1,1,0,1795526657179867,1795526657180759,3,NULL,'exit 3');
        INSERT INTO runs VALUES(3,'01M86VN16176CETY2BRHW4V2JH',3,3,'default',0,NULL,1795526657217289,1795526657217289,NULL,-5227115287950625418,'failed',0,0,1795526657217289,1795526717217289,1,1,0,1795526657243830,1795526657446145,NULL,15,'timed out after 200ms');
        INSERT INTO runs VALUES(4,'01M86VN4CB2185VR7HM16Z93A3',4,4,'default',0,NULL,1795526660491038,1795526660491038,NULL,-8577148803230102179,'queued',0,0,1795526660491038,NULL,0,0,0,NULL,NULL,NULL,NULL,NULL);
        CREATE TABLE ready (
          queue TEXT NOT NULL,
          priority INTEGER NOT NULL,
          ready_us INTEGER NOT NULL,
          run INTEGER NOT NULL REFERENCES runs (n),
          PRIMARY KEY (queue, priority, ready_us, run)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO ready VALUES('default',0,1795526660491038,4);
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
        INSERT INTO attempts VALUES(1,1,'01M86VN12ADB37JEMY61D5YP6V',1795526657111941,1795526657115847,9210,1795526657116804,'exited',0,NULL,773,0,4452352,0,0);
        INSERT INTO attempts VALUES(2,1,'01M86VN14EH6C8G5RDP9QSXQ9A',1795526657176028,1795526657179867,9221,1795526657180759,'exited',3,NULL,763,0,4538368,0,0);
        INSERT INTO attempts VALUES(3,1,'01M86VN16D05133GP223EJVGDT',1795526657239864,1795526657243830,9232,1795526657446145,'timed_out',15,NULL,1853,0,4812800,NULL,0);
        CREATE TABLE output (
          n INTEGER PRIMARY KEY,
          run INTEGER NOT NULL REFERENCES runs (n),
          attempt INTEGER NOT NULL,
          stream TEXT NOT NULL CHECK (stream IN ('out', 'err')),
          time_us INTEGER NOT NULL,
          bytes BLOB NOT NULL
        ) STRICT;
        INSERT INTO output VALUES(1,1,1,'out',1795526657116335,X'68656c6c6f0a');
        INSERT INTO output VALUES(2,2,1,'err',1795526657180352,X'6f6f70730a');
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
        INSERT INTO rollups VALUES(1,1795526100000000,1,0,0,0,0,957,957);
        INSERT INTO rollups VALUES(2,1795526100000000,0,1,0,0,0,892,892);
        INSERT INTO rollups VALUES(3,1795526100000000,0,1,0,0,0,202315,202315);
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
        INSERT INTO counters VALUES('commits',21);
        DELETE FROM sqlite_sequence;
        INSERT INTO sqlite_sequence VALUES('definitions',4);
        CREATE INDEX definitions_by_text ON definitions (schedule, checksum);
        CREATE INDEX runs_by_schedule ON runs (schedule, n);
        CREATE INDEX runs_active ON runs (schedule, n) WHERE ended_us IS NULL;
        CREATE INDEX runs_expiring ON runs (expires_us)
          WHERE expires_us IS NOT NULL AND ended_us IS NULL AND started_us IS NULL;
        CREATE INDEX runs_to_cancel ON runs (n) WHERE cancel_requested = 1 AND ended_us IS NULL;
        CREATE INDEX runs_unwell ON runs (n)
          WHERE state = 'failed' OR state = 'expired' OR state = 'unknown';
        CREATE INDEX output_by_attempt ON output (run, attempt);
        COMMIT;
        PRAGMA application_id = 1145197617;
        PRAGMA user_version = 1;
        """#

    /// Ids of its runs, in the order of creation.
    static let runs = [
        "01M86VN11R3SWAPM5JW9WHJEG8", "01M86VN1415K077HFT0EEHH578", "01M86VN16176CETY2BRHW4V2JH",
        "01M86VN4CB2185VR7HM16Z93A3",
    ]
}
