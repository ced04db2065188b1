import DownbeatCore
import Glibc

/// Whether a program that a built-in starts is installed.
package struct ProgramSearch: Sendable {
    private let answer: @Sendable (String) -> Bool

    /// A search of one's own, as a test has it.
    package init(_ answer: @escaping @Sendable (String) -> Bool) {
        self.answer = answer
    }

    /// In the folders of the PATH that attempts get.
    package static let system = ProgramSearch { name in
        AttemptCommand.path.split(separator: ":").contains { access("\($0)/\(name)", X_OK) == 0 }
    }

    func finds(_ name: String) -> Bool { answer(name) }
}
