import DownbeatRuntime
import Glibc

/// Programs of the system that tests need.
enum Programs {
    private static let folders = ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin"]

    /// Whether to run a test that needs them: in a CI run one that is missing is a failure.
    static func areUsable(_ names: String...) -> Bool {
        isCI || names.allSatisfy { path($0) != nil }
    }

    /// Whether to run a test that needs root.
    static var areRoot: Bool { isCI || geteuid() == 0 }

    /// Whether to run a test that mounts a file system.
    static let canMount: Bool = {
        if isCI { return true }
        guard geteuid() == 0, let unshare = path("unshare"), let site = try? Site() else {
            return false
        }
        let script = "mount -t tmpfs -o size=1m tmpfs \(site.path)/schedules"
        let tried = try? site.run([unshare, "-m", "/bin/sh", "-c", script])
        return tried?.end == .exited(0)
    }()

    /// Where a program is; nil: not installed.
    static func path(_ name: String) -> String? {
        folders.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    private static var isCI: Bool { ProcessEnvironment.variables["CI"] == "true" }
}
