import Glibc

/// The `downbeat` executable of the build that these tests belong to.
enum BuiltTool {
    struct NotFound: Error, CustomStringConvertible {
        var description: String {
            "no downbeat executable beside the test bundle; run `swift build` first"
        }
    }

    /// Its path: in the folder of the test bundle, of which the runner or one of its arguments is.
    static func path() throws -> String {
        for candidate in [executable()] + CommandLine.arguments {
            guard let slash = candidate.lastIndex(of: "/") else { continue }
            let tool = candidate[..<slash] + "/downbeat"
            if access(String(tool), X_OK) == 0 { return String(tool) }
        }
        throw NotFound()
    }

    private static func executable() -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        return String(
            decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
    }
}
