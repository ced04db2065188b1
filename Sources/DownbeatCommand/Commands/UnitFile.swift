/// The unit that `init --systemd` prints.
enum UnitFile {
    static let path = "/etc/systemd/system/downbeat.service"

    /// A unit with the hardening that scheduled commands usually bear; each directive binds the
    /// commands too, so the file says which to loosen.
    ///
    /// Source of the list: `systemd.exec(5)`, `systemd-analyze security`.
    static func text(executable: String, folder: String, user: String) -> String {
        """
        # \(path)
        # These rules also bind the commands that schedules run. A command that must write elsewhere
        # needs its folder in ReadWritePaths; one that needs more rights needs them here.

        [Unit]
        Description=Downbeat, runs schedules on time
        Documentation=man:systemd.service(5)
        After=network-online.target time-sync.target
        Wants=network-online.target

        [Service]
        Type=exec
        User=\(escaped(user))
        WorkingDirectory=\(escaped(folder))
        ExecStart=\(quoted(executable)) up --config \(quoted(folder + "/schedules")) \
        --state /var/lib/downbeat
        ExecReload=/bin/kill -HUP $MAINPID
        # To look at this service: downbeat --state /var/lib/downbeat status, or set DOWNBEAT_STATE.
        StateDirectory=downbeat
        StateDirectoryMode=0700
        # \(quoted(folder)) is read-only for commands unless it is named here:
        # ReadWritePaths=\(quoted(folder))

        # Running commands get `drain` (30 s) and their `grace` (10 s) before they are ended.
        KillMode=mixed
        TimeoutStopSec=90
        Restart=on-failure
        RestartSec=2
        # Wrong usage, a bad or newer database, a bad configuration: a restart does not help.
        RestartPreventExitStatus=64 65 78
        OOMPolicy=continue
        Delegate=yes

        UMask=0077
        NoNewPrivileges=yes
        CapabilityBoundingSet=
        AmbientCapabilities=
        ProtectSystem=strict
        ProtectHome=read-only
        PrivateTmp=yes
        PrivateDevices=yes
        ProtectClock=yes
        ProtectHostname=yes
        ProtectKernelLogs=yes
        ProtectKernelModules=yes
        ProtectKernelTunables=yes
        ProtectProc=invisible
        LockPersonality=yes
        RestrictNamespaces=yes
        RestrictRealtime=yes
        RestrictSUIDSGID=yes
        RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
        SystemCallArchitectures=native
        SystemCallFilter=@system-service
        SystemCallErrorNumber=EPERM

        [Install]
        WantedBy=multi-user.target

        """
    }

    /// `%` begins a specifier in unit files.
    private static func escaped(_ text: String) -> String {
        text.replacing("%", with: "%%")
    }

    private static func quoted(_ text: String) -> String {
        let safe = escaped(text)
        guard safe.contains(where: { $0 == " " || $0 == "\"" || $0 == "\\" || $0 == "'" }) else {
            return safe
        }
        let inner = safe.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(inner)\""
    }
}
