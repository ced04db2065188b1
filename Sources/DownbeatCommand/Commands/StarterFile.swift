/// The files that `init` writes.
struct StarterFile {
    /// Relative to the folder.
    var path: String
    /// What is said beside the path.
    var note: String
    var text: String

    static func all(zone: String) -> [StarterFile] {
        [
            StarterFile(
                path: "schedules/downbeat.yaml",
                note: "time zone \(zone)",
                text: service(zone: zone)
            ),
            StarterFile(
                path: "schedules/hello.yaml",
                note: "one schedule, every minute, safe to delete",
                text: hello
            ),
        ]
    }

    private static func service(zone: String) -> String {
        """
        # Settings of the service. Schedules stand in the other files of this folder (any *.yaml);
        # after an edit: downbeat check, then downbeat apply.

        timezone: \(zone)         # for every schedule that names none

        # Where runs are recorded; relative to this file. Without it: .downbeat/ where you start.
        # state: ../.downbeat

        queues:                         # how many runs at once
          default: 2

        defaults:                       # merged into every schedule
          timeout: 10m                  # then TERM, and KILL 10 s later
          # retry: { times: 2, wait: 30s, factor: 2, max_wait: 10m, jitter: 10% }

        """
    }

    private static let hello = """
        schedules:
          hello:
            every: 1m                   # on :00 of each minute; also 30s, 10m, 6h
            command: ["echo", "hello, due at {{due}}"]      # a list: no shell

          # nightly:
          #   at: "02:30"               # every day; with days: mon-fri on some
          #   shell: |                  # a script for /bin/sh
          #     tar -czf "/srv/backup/app-$(date +%F).tar.gz" /srv/app

          # report:
          #   cron: "0 9 * * 1-5"       # minute, hour, day of month, month, day of week
          #   timezone: America/New_York
          #   command: ["/usr/local/bin/report", "--day", "{{due.date}}"]

        """
}
