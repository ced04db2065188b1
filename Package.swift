// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let argumentParser: Target.Dependency = .product(
    name: "ArgumentParser",
    package: "swift-argument-parser"
)
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let heap: Target.Dependency = .product(name: "HeapModule", package: "swift-collections")

let package = Package(
    name: "Downbeat",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Downbeat", targets: ["Downbeat"]),
        .library(name: "DownbeatCommand", targets: ["DownbeatCommand"]),
        .executable(name: "downbeat", targets: ["DownbeatTool"]),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
    ],
    targets: [
        .target(name: "DownbeatCore", dependencies: [heap], swiftSettings: settings),
        .target(name: "CDownbeat"),
        .target(
            name: "DownbeatStore",
            dependencies: ["DownbeatCore", grdb],
            swiftSettings: settings
        ),
        .target(
            name: "DownbeatConfig",
            dependencies: ["DownbeatCore", yams],
            swiftSettings: settings
        ),
        .target(
            name: "DownbeatRuntime",
            dependencies: ["DownbeatCore", "CDownbeat"],
            swiftSettings: settings
        ),
        .target(
            name: "Downbeat",
            dependencies: [
                "DownbeatCore", "DownbeatStore", "DownbeatConfig", "DownbeatRuntime", logging,
                crypto,
            ],
            swiftSettings: settings
        ),
        .target(
            name: "DownbeatCommand",
            dependencies: ["Downbeat", "DownbeatCore", argumentParser],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "DownbeatTool",
            dependencies: ["DownbeatCommand"],
            swiftSettings: settings
        ),
        .target(
            name: "Support",
            dependencies: ["DownbeatCore"],
            path: "Tests/Support",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DownbeatCoreTests",
            dependencies: ["DownbeatCore", "Support"],
            resources: [.copy("Corpus")],
            swiftSettings: settings
        ),
        .testTarget(
            name: "StoreTests",
            dependencies: ["DownbeatCore", "DownbeatStore", "Support"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ConfigTests",
            dependencies: ["DownbeatCore", "DownbeatConfig", "Support"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "RuntimeTests",
            dependencies: [
                "DownbeatCore", "DownbeatRuntime", "Downbeat", "Support", "DownbeatTool",
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SimulationTests",
            dependencies: ["DownbeatCore", "DownbeatStore", "Downbeat", "Support"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CommandTests",
            dependencies: ["DownbeatCore", "DownbeatCommand", "Support", "DownbeatTool"],
            swiftSettings: settings
        ),
        .testTarget(name: "TidyTests", dependencies: ["Support"], swiftSettings: settings),
    ]
)
