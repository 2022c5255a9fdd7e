// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "CampaignKit",
  platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
  products: [
    .library(name: "CampaignKit", targets: ["CampaignKit"]),
    .library(name: "CampaignTesting", targets: ["CampaignTesting"]),
    .library(name: "JSON", targets: ["JSON"]),
    .executable(name: "Benchmarks", targets: ["Benchmarks"]),
    .executable(name: "simulate", targets: ["Simulate"]),
  ],
  targets: [
    // Leaves: they know nothing of campaigns, and nothing of each other.
    .target(name: "JSON"),
    .target(name: "Digests"),
    .target(name: "Locks"),

    .target(name: "CampaignKit", dependencies: ["JSON", "Digests", "Locks"]),
    .target(name: "CampaignTesting", dependencies: ["CampaignKit", "JSON", "Locks"]),
    .executableTarget(name: "Benchmarks", dependencies: ["CampaignKit", "CampaignTesting", "Digests", "JSON"]),
    .executableTarget(name: "Simulate", dependencies: ["CampaignKit", "CampaignTesting", "JSON"]),

    // Examples: small programs, one idea each. CI runs them and compares what they print.
    .executableTarget(
      name: "FirstStore", dependencies: ["CampaignKit"], path: "Examples/FirstStore", exclude: ["expected.txt"]),
    .executableTarget(
      name: "OwnLog", dependencies: ["CampaignKit", "CampaignTesting"], path: "Examples/OwnLog",
      exclude: ["expected.txt"]),

    .testTarget(name: "JSONTests", dependencies: ["JSON"]),
    .testTarget(name: "DigestsTests", dependencies: ["Digests"]),
    // The crash test starts the program, so it has to be built.
    .testTarget(
      name: "CampaignKitTests", dependencies: ["CampaignKit", "CampaignTesting", "JSON", "Locks", "Simulate"]),
    .testTarget(name: "CampaignTestingTests", dependencies: ["CampaignKit", "CampaignTesting", "Locks"]),
  ],
  swiftLanguageModes: [.v6]
)
