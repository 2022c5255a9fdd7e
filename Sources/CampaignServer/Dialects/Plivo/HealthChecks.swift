import CampaignKit
import JSON
import WebServer

/// The operations below `/health`, which need no token and are not counted.
struct HealthChecks: Sendable {
  private let start = ContinuousClock.now
  private let gate = SuiteGate()

  var operations: [Operation] {
    [basic, container, database, comprehensive, integrationTest].map(\.beside.unlimited)
  }

  private var uptime: JSONValue { Plivo.seconds(ContinuousClock.now - start) }

  private static let uptimeSchema = Plivo.figure.described("In seconds.")
  private static let score = Schema.integer(0...100)
  private static let bytes = Schema.integer(0...Int.max).described("In bytes.")
  private static let warnings = Schema.list(of: .anyText)

  private static func status(_ level: LoadLevel) -> JSONValue { .string(level.rawValue) }

  // MARK: Basic

  private var basic: Operation {
    Operation(
      .get, "/health", "Tells that the server runs, and how its store and its carriers do",
      tag: "health",
      access: .everybody,
      success: Operation.Success(
        .ok,
        .object([
          .required("success", .flag), .required("message", .text()), .required("status", Plivo.level),
          .required("timestamp", Plivo.moment), .required("uptime", Self.uptimeSchema),
          .required("environment", .text()), .required("version", .text()),
          .required("carriers", CampaignService.carriersSchema.described("How each carrier does.")),
        ]))
    ) { inquiry in
      let service = inquiry.service
      // To ask for the time is also how a store finds out that its database is back.
      let now = await service.now()
      let isWell = service.storeTakesWrites
      return .json([
        "success": .bool(isWell),
        "message": isWell ? "The server is running" : "The server is running, and its store takes no writes",
        "status": Self.status(isWell ? .healthy : .critical), "timestamp": .moment(now),
        "uptime": uptime, "environment": .string(service.configuration.environment),
        "version": .string(CampaignService.version), "carriers": .array(service.carriers),
      ])
    }
  }

  // MARK: Container

  private var container: Operation {
    Operation(
      .get, "/health/cloud-run", "Tells how this process does", tag: "health", access: .everybody,
      success: Operation.Success(
        .ok,
        .object([
          .required("status", Plivo.level), .required("warnings", Self.warnings),
          .required(
            "container",
            .object([
              .required("status", Plivo.level), .required("containerId", .anyText),
              .required("uptime", Self.uptimeSchema), .required("managedCampaigns", .count),
              .required(
                "memoryUsage",
                .object([
                  .required("rss", Self.bytes), .required("heapTotal", Self.bytes),
                  .required("heapUsed", Self.bytes),
                ])),
            ])),
          .required(
            "campaigns",
            .object([.required("activeHeartbeats", .count), .required("staleHeartbeats", .count)])),
          .required(
            "concurrency",
            .object([
              .required(
                "global",
                .object([
                  .required("active", .count), .required("max", .count), .required("utilization", Plivo.utilization),
                ]))
            ])),
        ]))
    ) { inquiry in
      let facts = await HealthFacts(of: inquiry.service)
      let memory = ProcessMemory()
      return .json([
        "status": Self.status(facts.level), "warnings": .array(facts.warnings.map { .string($0) }),
        "container": [
          "status": Self.status(facts.container), "containerId": .string(facts.engine.owner), "uptime": uptime,
          "managedCampaigns": JSONValue(facts.engine.campaigns),
          "memoryUsage": [
            "rss": JSONValue(memory.resident), "heapTotal": JSONValue(memory.data), "heapUsed": JSONValue(memory.own),
          ],
        ],
        "campaigns": [
          "activeHeartbeats": JSONValue(facts.engine.campaigns),
          "staleHeartbeats": JSONValue(facts.report.campaignsWithoutOwner),
        ],
        "concurrency": [
          "global": [
            "active": JSONValue(facts.report.system.active), "max": JSONValue(facts.report.system.limit),
            "utilization": .figure(facts.report.system.percentage),
          ]
        ],
      ])
    }
  }

  // MARK: Database

  private var database: Operation {
    Operation(
      .get, "/health/database", "Tells how the store does", tag: "health", access: .everybody,
      success: Operation.Success(
        .ok,
        .object([
          .required("status", Plivo.level),
          .required(
            "health",
            .object([
              .required("status", Plivo.level), .required("score", Self.score),
              .required(
                "database",
                .object([
                  .required("size", Self.bytes),
                  .required("collections", .count.described("How many kinds of records it keeps.")),
                  .required("indexes", .count.described("0: a store keeps its indexes to itself.")),
                ])),
              .required(
                "collections",
                .object([
                  .required("plivoCampaign", .count), .required("activeCalls", .count), .required("client", .count),
                ])),
            ])),
        ]))
    ) { inquiry in
      let service = inquiry.service
      let facts = await HealthFacts(of: service)
      let count = (try? await service.countForHealth()) ?? (accounts: 0, campaigns: 0)
      return .json([
        "status": Self.status(facts.store),
        "health": [
          "status": Self.status(facts.store), "score": JSONValue(facts.storeScore),
          "database": [
            "size": JSONValue(service.storeBytes),
            "collections": JSONValue(Mirror(reflecting: StoreTally()).children.count), "indexes": 0,
          ],
          "collections": [
            "plivoCampaign": JSONValue(count.campaigns), "activeCalls": JSONValue(facts.report.system.active),
            "client": JSONValue(count.accounts),
          ],
        ],
      ])
    }
  }

  // MARK: Comprehensive

  private var comprehensive: Operation {
    let component = Schema.object([.required("status", Plivo.level)])
    return Operation(
      .get, "/health/comprehensive", "Tells how everything does, and what to do about it", tag: "health",
      access: .everybody,
      success: Operation.Success(
        .ok,
        .object([
          .required("status", Plivo.level), .required("score", Self.score),
          .required(
            "components",
            .object([
              .required("mongodb", component.described("The store, whatever it is.")),
              .required("container", component), .required("campaigns", component), .required("system", component),
            ])),
          .required("database", .object([.required("status", Plivo.level), .required("score", Self.score)])),
          .required(
            "performance",
            .object([
              .required(
                "utilization",
                .object([
                  .required("concurrency", .object([.required("percentage", Plivo.utilization)])),
                  .required("campaigns", .object([.required("load", Plivo.utilization)])),
                  .required("systemStatus", Plivo.level),
                ]))
            ])), .required("recommendations", Plivo.adviceSchema), .required("warnings", Self.warnings),
        ]))
    ) { inquiry in
      let facts = await HealthFacts(of: inquiry.service)
      let system = facts.report.system
      func component(_ level: LoadLevel) -> JSONValue { ["status": Self.status(level)] }
      return .json([
        "status": Self.status(facts.level), "score": JSONValue(facts.report.score),
        "components": [
          "mongodb": component(facts.store), "container": component(facts.container),
          "campaigns": component(facts.campaigns), "system": component(system.level),
        ],
        "database": ["status": Self.status(facts.store), "score": JSONValue(facts.storeScore)],
        "performance": [
          "utilization": [
            "concurrency": ["percentage": .figure(system.percentage)],
            "campaigns": ["load": .figure(system.percentage)],
            "systemStatus": .string(
              LoadLevel(percentage: system.percentage, storeTakesWrites: facts.storeTakesWrites).rawValue),
          ]
        ],
        "recommendations": facts.recommendations, "warnings": .array(facts.warnings.map { .string($0) }),
      ])
    }
  }

  // MARK: Tests

  private var integrationTest: Operation {
    let gate = gate
    return Operation(
      .get, "/health/integration-test", "Tries out whether everything works, one suite at a time", tag: "health",
      access: .everybody,
      query: [.optional("suite", .choice(HealthSuite.allCases.map(\.rawValue)).defaulting(to: "basic"))],
      success: Operation.Success(
        .ok,
        .object([
          .required("status", .choice(["passed", "failed"])), .required("suite", .text()),
          .required(
            "tests",
            .list(
              of: .object([
                .required("name", .text()), .required("passed", .flag), .required("error", .anyText.nullable),
                .required("duration", Plivo.figure.described("In milliseconds.")),
                .optional(
                  "figure",
                  .object([.required("value", Plivo.figure), .required("unit", .text())])
                    .described("What was measured.")),
              ]))),
          .required(
            "summary",
            .object([.required("total", .count), .required("passed", .count), .required("failed", .count)])),
        ])), refusals: [.limited]
    ) { inquiry in
      let suite = inquiry.query["suite"]?.string.flatMap { HealthSuite(rawValue: $0) } ?? .basic
      let service = inquiry.service
      let tests = try await gate.run(suite, isStranger: inquiry.caller == nil, at: service.clockTime) {
        await suite.run(on: service)
      }
      let passed = tests.count { $0.error == nil }
      return .json([
        "status": passed == tests.count ? "passed" : "failed", "suite": .string(suite.rawValue),
        "tests": .array(tests.map(\.json)),
        "summary": [
          "total": JSONValue(tests.count), "passed": JSONValue(passed), "failed": JSONValue(tests.count - passed),
        ],
      ])
    }
  }
}
