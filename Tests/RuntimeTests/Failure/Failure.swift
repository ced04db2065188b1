import Testing

/// How the daemon behaves when the machine, the disk, the terminal or other programs misbehave: each
/// test starts the real executable in a folder of its own.
@Suite("Failure", .tags(.processes))
enum Failure {}
