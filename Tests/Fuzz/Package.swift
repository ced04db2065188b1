// swift-tools-version: 6.2
import PackageDescription

// A package of its own, since its flags are "unsafe" in SwiftPM's words, which would forbid the use
// of Downbeat as a dependency. The core is compiled here once more, through a link to its sources:
// only code that is compiled for it tells the fuzzer which way an input took.

let fuzzing: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .unsafeFlags(["-sanitize=fuzzer", "-parse-as-library"]),
]
let linking: [LinkerSetting] = [
    .unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])
]

let package = Package(
    name: "Fuzz",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0")
    ],
    targets: [
        .target(
            name: "DownbeatCore",
            dependencies: [.product(name: "HeapModule", package: "swift-collections")],
            swiftSettings: fuzzing
        ),
        .target(name: "CFuzzer"),
        .target(
            name: "Fuzzing",
            dependencies: ["CFuzzer", "DownbeatCore"],
            swiftSettings: fuzzing
        ),
        .executableTarget(
            name: "FuzzCrontab",
            dependencies: ["DownbeatCore", "Fuzzing"],
            swiftSettings: fuzzing,
            linkerSettings: linking
        ),
        .executableTarget(
            name: "FuzzBatch",
            dependencies: ["DownbeatCore", "Fuzzing"],
            swiftSettings: fuzzing,
            linkerSettings: linking
        ),
    ]
)
