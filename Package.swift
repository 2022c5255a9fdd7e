// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "CampaignKit",
  platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
  products: [
    .library(name: "CampaignKit", targets: ["CampaignKit"]),
    .library(name: "CampaignTesting", targets: ["CampaignTesting"]),
    .library(name: "CampaignCarriers", targets: ["CampaignCarriers"]),
    .library(name: "CampaignPostgres", targets: ["CampaignPostgres"]),
    .library(name: "CampaignServer", targets: ["CampaignServer"]),
    .library(name: "JSON", targets: ["JSON"]),
    .library(name: "WebServer", targets: ["WebServer"]),
    .executable(name: "Benchmarks", targets: ["Benchmarks"]),
    .executable(name: "ReferenceServer", targets: ["ReferenceServer"]),
    .executable(name: "inspect", targets: ["Inspect"]),
    .executable(name: "simulate", targets: ["Simulate"]),
  ],
  traits: [
    .trait(name: "PostgreSQL", description: "Storage on PostgreSQL, which needs libpq.")
  ],
  targets: [
    // Leaves: they know nothing of campaigns, and nothing of each other.
    .target(name: "JSON"),
    .target(name: "Digests"),
    .target(name: "Locks"),
    .target(name: "CSockets"),
    .target(name: "CAllocations"),
    .target(name: "WebSocketFrames"),
    .target(name: "Deflate"),

    // Sockets, HTTP and WebSocket. It knows the leaves and nothing else.
    .target(name: "WebServer", dependencies: ["CSockets", "Deflate", "Digests", "JSON", "Locks", "WebSocketFrames"]),

    .target(name: "CampaignKit", dependencies: ["JSON", "Digests", "Locks"]),
    .target(
      name: "CampaignTesting", dependencies: ["CSockets", "CampaignKit", "Digests", "JSON", "Locks", "WebServer"]),
    // Dialers that place real calls, and what their carriers report.
    .target(
      name: "CampaignCarriers",
      dependencies: ["CampaignKit", "CSockets", "Digests", "JSON", "Locks", "WebSocketFrames"]),
    // Storage for many machines. Without the trait it is empty, and nothing of libpq is needed. The header of CLibPQ
    // finds that of libpq by itself, since a search with pkg-config would warn where there is none.
    .systemLibrary(name: "CLibPQ"),
    .target(name: "CampaignPostgres", dependencies: ["CampaignKit", "CLibPQ", "Digests", "JSON", "Locks"]),
    // The dialects, accounts and tokens, webhooks and live events: campaigns over HTTP.
    .target(
      name: "CampaignServer",
      dependencies: ["CampaignCarriers", "CampaignKit", "Digests", "JSON", "Locks", "WebServer"],
      resources: [.embedInCode("Console/Assets")]),
    .executableTarget(
      name: "ReferenceServer",
      dependencies: [
        "CampaignCarriers", "CampaignKit", "CampaignPostgres", "CampaignServer", "JSON", "Locks", "WebServer",
      ]),
    .executableTarget(
      name: "Benchmarks",
      dependencies: [
        "CAllocations", "CampaignCarriers", "CampaignKit", "CampaignPostgres", "CampaignServer", "CampaignTesting",
        "Digests", "JSON", "Locks", "WebServer",
      ]),
    // Writes the tables of telephone numbers that CampaignKit has in it.
    .executableTarget(name: "PhoneTables", exclude: ["numbering-plan.txt"]),
    .executableTarget(
      name: "Simulate",
      dependencies: [
        "CampaignCarriers", "CampaignKit", "CampaignPostgres", "CampaignTesting", "Digests", "JSON", "Locks",
      ]),

    // Examples: small programs, one idea each. CI runs them and compares what they print.
    .executableTarget(
      name: "TenLineCampaign", dependencies: ["CampaignKit"], path: "Examples/TenLineCampaign",
      exclude: ["expected.txt"]),
    .executableTarget(
      name: "Dashboard", dependencies: ["CampaignKit"], path: "Examples/Dashboard", exclude: ["expected.txt"]),
    .executableTarget(
      name: "EmbeddedAPI", dependencies: ["CampaignKit", "CampaignServer", "JSON", "WebServer"],
      path: "Examples/EmbeddedAPI", exclude: ["expected.txt"]),
    .executableTarget(
      name: "FirstStore", dependencies: ["CampaignKit"], path: "Examples/FirstStore", exclude: ["expected.txt"]),
    .executableTarget(
      name: "Forecast", dependencies: ["CampaignKit", "CampaignTesting"], path: "Examples/Forecast",
      exclude: ["expected.txt"]),
    .executableTarget(
      name: "HumanAgents", dependencies: ["CampaignKit", "CampaignTesting"], path: "Examples/HumanAgents",
      exclude: ["expected.txt"]),
    .executableTarget(
      name: "ImportList", dependencies: ["CampaignKit"], path: "Examples/ImportList", exclude: ["expected.txt"]),
    .executableTarget(
      name: "Inspect", dependencies: ["CampaignKit", "JSON"], path: "Examples/Inspect",
      exclude: ["commands.txt", "expected.txt", "leads.csv", "phones.txt"]),
    .executableTarget(
      name: "ManyServers", dependencies: ["CampaignKit", "CampaignPostgres"], path: "Examples/ManyServers",
      exclude: ["expected-postgres.txt"]),
    .executableTarget(
      name: "OwnDialer", dependencies: ["CampaignKit", "CampaignTesting"], path: "Examples/OwnDialer",
      exclude: ["expected.txt"]),
    .executableTarget(
      name: "OwnLog", dependencies: ["CampaignKit", "CampaignTesting"], path: "Examples/OwnLog",
      exclude: ["expected.txt"]),
    .executableTarget(
      name: "OwnPacing", dependencies: ["CampaignKit", "CampaignTesting"], path: "Examples/OwnPacing",
      exclude: ["expected.txt"]),
    .executableTarget(
      name: "TenLineServer", dependencies: ["WebServer"], path: "Examples/TenLineServer", exclude: ["expected.txt"]),

    .testTarget(name: "JSONTests", dependencies: ["JSON"]),
    .testTarget(name: "DigestsTests", dependencies: ["Digests"]),
    .testTarget(name: "DeflateTests", dependencies: ["Deflate"]),
    .testTarget(name: "WebSocketFramesTests", dependencies: ["WebSocketFrames"]),
    .testTarget(name: "WebServerTests", dependencies: ["CSockets", "JSON", "Locks", "WebServer", "WebSocketFrames"]),
    // The crash test starts the program, so it has to be built.
    .testTarget(
      name: "CampaignKitTests",
      dependencies: ["CampaignKit", "CampaignTesting", "JSON", "Locks", "PhoneTables", "Simulate"],
      exclude: ["Import/Data", "Phone/phones.tsv"]),
    .testTarget(
      name: "CampaignCarriersTests",
      dependencies: [
        "CampaignCarriers", "CampaignKit", "CampaignTesting", "CSockets", "Digests", "JSON", "Locks", "Simulate",
        "WebServer",
      ],
      exclude: ["Scripts/verbs.tsv", "Webhooks/signatures.jsonl"]),
    .testTarget(
      name: "CampaignPostgresTests",
      dependencies: [
        "CampaignKit", "CampaignPostgres", "CampaignServer", "CampaignTesting", "JSON", "Locks", "Simulate",
        "WebServer",
      ]),
    .testTarget(
      name: "CampaignServerTests",
      dependencies: [
        "CampaignCarriers", "CampaignKit", "CampaignServer", "CampaignTesting", "Digests", "JSON", "Locks", "WebServer",
      ]),
    .testTarget(
      name: "ReferenceServerTests",
      dependencies: [
        "CampaignCarriers", "CampaignKit", "CampaignTesting", "Digests", "JSON", "Locks", "ReferenceServer",
      ]),
    .testTarget(name: "CampaignTestingTests", dependencies: ["CampaignKit", "CampaignTesting", "JSON", "Locks"]),
  ],
  swiftLanguageModes: [.v6]
)
