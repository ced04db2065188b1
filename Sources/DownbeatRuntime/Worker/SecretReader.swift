import DownbeatCore
import Glibc

/// Reads the values of secrets at each attempt, so that a changed secret needs no restart.
///
/// Belongs to the worker's loop.
final class SecretReader {
    var sources: [String: SecretSource]

    init(_ sources: [String: SecretSource]) {
        self.sources = sources
    }

    /// The value of a secret.
    ///
    /// - Throws: a sentence that names the secret and where it was looked for, never its value.
    func value(of name: String) throws(NotRendered) -> String {
        switch sources[name] {
        case nil:
            throw NotRendered(
                sentence: "secret \(name) is not declared; add it under `secrets:` in downbeat.yaml"
            )
        case .environment(let variable):
            guard let value = getenv(variable) else {
                throw NotRendered(
                    sentence: "secret \(name): the worker's environment has no \(variable)"
                )
            }
            return String(cString: value)
        case .file(let path):
            // Followed where it is a link: that is how secrets are mounted.
            let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
            guard number >= 0, var text = SmallFile.read(from: Descriptor(owning: number)) else {
                throw NotRendered(
                    sentence:
                        "secret \(name): cannot read \(path): \(SystemError.words(for: errno))"
                )
            }
            if text.hasSuffix("\n") { text.removeLast() }
            return text
        }
    }
}
