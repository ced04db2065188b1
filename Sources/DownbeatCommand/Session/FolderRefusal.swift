import Foundation

/// Why a state folder cannot be used by this user at all, as the file system tells it.
enum FolderRefusal {
    case anotherUsers(folder: String, owner: String)
    case notAFolder(String)
    case unreachable(String)

    /// Looks at the folder; nil: nothing speaks against it.
    init?(_ folder: String) {
        var facts = stat()
        guard lstat(folder, &facts) == 0 else {
            switch errno {
            case EACCES: self = .unreachable(folder)
            case ENOTDIR: self = .notAFolder(folder)
            default: return nil
            }
            return
        }
        if facts.st_mode & S_IFMT != S_IFDIR {
            self = .notAFolder(folder)
        } else if facts.st_uid != geteuid() {
            self = .anotherUsers(folder: folder, owner: AccountName.of(facts.st_uid))
        } else {
            return nil
        }
    }

    var error: CommandError {
        switch self {
        case .anotherUsers(let folder, let owner):
            CommandError(
                .permission,
                "the state folder \(folder) belongs to another user, \(owner)",
                remedy: "run as that user (sudo -u \(owner) downbeat ..), or name another folder "
                    + "with --state"
            )
        case .notAFolder(let folder):
            CommandError(
                .inputOutput,
                "the state folder \(folder) is not a folder",
                remedy: "move what is there out of the way, or name another folder with --state"
            )
        case .unreachable(let folder):
            CommandError(
                .permission,
                "the state folder \(folder) cannot be reached",
                why: "permission denied; a folder above it belongs to another user",
                remedy: "run as the user that owns it, or name another folder with --state"
            )
        }
    }
}

/// The name of an account, from wherever it can be had.
enum AccountName {
    /// The account's name; `uid 1000` when the system has none.
    static func of(_ id: uid_t) -> String {
        if let account = getpwuid(id), let name = account.pointee.pw_name {
            return String(cString: name)
        }
        return listed(id) ?? "uid \(id)"
    }

    /// The home folder of an account of this system; nil: there is none of that name.
    static func home(of name: String) -> String? {
        locals().first { $0.count > 5 && $0[0] == name && !$0[5].isEmpty }.map { String($0[5]) }
    }

    private static func listed(_ id: uid_t) -> String? {
        locals().first { $0.count > 2 && uid_t($0[2]) == id }.map { String($0[0]) }
    }

    /// The fields of each local account: the library may lack the parts to ask elsewhere.
    private static func locals() -> [[Substring]] {
        // An unreadable list names nobody.
        guard let list = try? String(contentsOfFile: "/etc/passwd", encoding: .utf8) else {
            return []
        }
        return list.split(separator: "\n").map {
            $0.split(separator: ":", omittingEmptySubsequences: false)
        }
    }
}
