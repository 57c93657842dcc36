// swift-tools-version: 6.2
import PackageDescription

/// Warnings are errors where a build must be clean (CI sets RIFFLE_STRICT=1); on a developer's machine they only show.
let isStrict = Context.environment["RIFFLE_STRICT"] == "1"

let swiftSettings: [SwiftSetting] =
  [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    // An async function runs where its caller runs: a chunk then reaches the store without a hop to another thread.
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  ] + (isStrict ? [.treatAllWarnings(as: .error)] : [])

/// A module of the program. `ARCHITECTURE.md` has the map; `HouseRulesTests` holds it against the imports.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

/// The tests of a module: everything it needs comes with it.
func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .testTarget(
    name: name, dependencies: dependencies + ["TestSupport"], exclude: exclude, swiftSettings: swiftSettings)
}

let package = Package(
  name: "riffle",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "riffle", targets: ["riffle"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
  ],
  targets: [
    // System libraries. Each shim turns macros, variadic functions and C globals into functions.
    .target(
      name: "CNCurses",
      linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo", .when(platforms: [.linux]))]),
    .target(name: "CCurl", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    .target(name: "CCrypto", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    .target(name: "CSQLite", linkerSettings: [.linkedLibrary("sqlite3")]),
    .target(name: "CTOML"),
    .target(name: "CSystem", linkerSettings: [.linkedLibrary("pthread", .when(platforms: [.linux]))]),

    // Pure modules.
    module("Diagnostics"),
    module("Conversations", ["Diagnostics"]),
    module("Statistics", ["Conversations"]),
    module("Streaming", ["Conversations", "Diagnostics", .product(name: "Histogram", package: "hdrhistogram-swift")]),
    module("Framing"),
    module("Display"),
    module("Markdown", ["Display"]),
    module("Configuration", ["Conversations", "Display", "Diagnostics", "CTOML"]),
    module("Manual"),
    module("Interface", ["Statistics", "Conversations", "Streaming", "Display", "Markdown", "Diagnostics", "Manual"]),

    // The truth about conversations, and the plugs that touch the world.
    module("Platform", ["CSystem"]),
    module("Sessions", ["Statistics", "Conversations", "Streaming", "Diagnostics"]),
    module("Transport", ["CCurl", "Diagnostics", "Platform", "Framing"]),
    module(
      "Providers",
      ["Conversations", "Streaming", "Framing", "Transport", "Diagnostics", "Platform", "Manual", "CCrypto"]),
    module("Persistence", ["Conversations", "Streaming", "CSQLite", "Diagnostics", "Platform", "Framing"]),
    module("Terminal", ["Display", "Diagnostics", "CNCurses", "CSystem", "Platform"]),
    module(
      "Runtime",
      [
        "Interface", "Sessions", "Statistics", "Conversations", "Streaming", "Framing", "Display", "Diagnostics",
        "Platform",
      ]),
    module(
      "Headless",
      [
        "Sessions", "Statistics", "Conversations", "Streaming", "Framing", "Configuration", "Display", "Diagnostics",
        "Platform", "Manual",
      ]),
    .executableTarget(
      name: "riffle",
      dependencies: [
        "Runtime", "Headless", "Interface", "Sessions", "Conversations", "Streaming", "Providers", "Transport",
        "Persistence",
        "Terminal", "Configuration", "Display", "Diagnostics", "Platform", "Manual", "CSystem",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: swiftSettings),

    .executableTarget(
      name: "riffle-bench", dependencies: ["Interface", "Streaming", "Conversations", "Display"],
      path: "Tests/Benchmarks",
      swiftSettings: swiftSettings),

    // Tests.
    .target(name: "CVTerm", path: "Tests/CVTerm", linkerSettings: [.linkedLibrary("vterm")]),
    .target(
      name: "TestSupport",
      dependencies: ["CVTerm", "CSystem", "Platform", "Framing", "Display"],
      path: "Tests/TestSupport", swiftSettings: swiftSettings),
    tests("DiagnosticsTests", ["Diagnostics"]),
    tests("ConversationsTests", ["Conversations", "Diagnostics"]),
    tests("StatisticsTests", ["Statistics", "Conversations"]),
    tests("StreamingTests", ["Streaming", "Conversations", "Diagnostics"]),
    tests("FramingTests", ["Framing"]),
    tests("DisplayTests", ["Display"]),
    tests("MarkdownTests", ["Markdown", "Display"]),
    tests("ConfigurationTests", ["Configuration", "Conversations", "Display", "Diagnostics", "Manual"]),
    tests(
      "InterfaceTests",
      [
        "Interface", "Statistics", "Conversations", "Streaming", "Display", "Configuration", "Diagnostics", "Manual",
        "Platform", "Framing",
      ],
      exclude: ["Screens"]),
    tests("SessionsTests", ["Sessions", "Statistics", "Conversations", "Streaming", "Diagnostics"]),
    tests("TransportTests", ["Transport", "Diagnostics", "Platform", "Framing"]),
    tests(
      "ProvidersTests",
      ["Providers", "Transport", "Streaming", "Conversations", "Framing", "Diagnostics", "Manual", "Platform"]),
    tests("PersistenceTests", ["Persistence", "Conversations", "Streaming", "Diagnostics", "CSQLite", "Platform"]),
    tests("PlatformTests", ["Platform", "CSystem"]),
    tests("TerminalTests", ["Terminal", "Display", "Platform", "CSystem"]),
    tests(
      "RuntimeTests",
      ["Runtime", "Sessions", "Conversations", "Diagnostics", "Interface", "Streaming", "Display", "Platform"]),
    tests("HeadlessTests", ["Headless", "Statistics", "Conversations", "Framing"]),
    tests("HouseRulesTests", ["Platform"]),
    tests("EndToEndTests", ["Framing", "Platform", "Display", "CSQLite"]),
  ],
  cxxLanguageStandard: .cxx17
)
