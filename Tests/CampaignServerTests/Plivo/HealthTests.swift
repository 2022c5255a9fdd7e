import CampaignCarriers
import CampaignKit
import CampaignTesting
import JSON
import Testing
import WebServer

@testable import CampaignServer

@Suite struct HealthTests {
  private func ask(_ scene: DialectScene, _ path: String) async throws -> JSONValue {
    // P-47: no token.
    let answer = try await scene.bench.ask(.get, path, as: nil)
    #expect(answer.status == 200, "\(answer.body)")
    return answer.body
  }

  @Test("P-41, P-47, V-02, A-09: basic health") func basic() async throws {
    let scene = try await DialectScene.plivo { $0.environment = "test" }
    let body = try await ask(scene, "/health")
    #expect(body["success"] == true)
    #expect(body["message"] == "The server is running")
    #expect(body["status"] == "healthy")
    #expect(isMoment(body["timestamp"]))
    #expect(try #require(body["uptime"]?.double) >= 0)
    #expect(body["environment"] == "test")
    #expect(body["version"] == .string(CampaignService.version))
    #expect(body["carriers"] == [["name": .string(scene.bench.engine.dialer.name), "status": "healthy"]])
  }

  /// A carrier that fails one way.
  private struct Failing: Dialer {
    let name: String
    let code: DialerError.Code
    let capabilities = DialerCapabilities()

    func place(_ order: CallOrder) async throws(DialerError) -> String { throw DialerError(code, "no") }
    func hangUp(_ call: CallReference) async throws(DialerError) {}
    func lookUp(_ call: CallReference) async throws(DialerError) -> CallFindings { .unknown }
    func connect(_ call: CallReference, to agent: Agent) async throws(DialerError) {}
    func events() -> CallEvents { .none }
  }

  @Test("Of several carriers it is told which refused a call, and which did not say whether it took one")
  func carriers() async throws {
    let trunks = Trunks([
      Trunk(Failing(name: "first", code: .outOfFunds)), Trunk(Failing(name: "second", code: .uncertain), priority: 1),
    ])
    let scene = try await DialectScene.plivo(dialer: trunks)
    let account = try #require(scene.bench.accounts["one"]).id
    let now = SystemTime().now()
    let order = CallOrder(
      id: IdentifierGenerator().next(at: now), account: account, campaign: nil,
      to: try #require(PhoneNumber(e164: "+14155560001")), from: nil, createdAt: now, placeBy: now + .seconds(3600),
      ringTime: .seconds(30), longestCall: .seconds(60))
    await #expect(throws: DialerError.self) { try await trunks.place(order) }
    let carriers = try #require(try await ask(scene, "/health")["carriers"]?.array)
    #expect(carriers.map { $0["name"] } == ["first", "second"])
    #expect(carriers.allSatisfy { $0["status"] == "warning" })
    let words = carriers.map { $0["message"]?.string ?? "" }
    #expect(words[0].hasPrefix("It refused the last call that it was to take (outOfFunds), and is tried last for"))
    #expect(words[1].hasPrefix("It did not say whether it took the last call"))
  }

  @Test("P-42, P-43, P-44: the process, the store and the whole, while a campaign calls") func whole() async throws {
    let scene = try await DialectScene.plivo()
    let stopped = try await ask(scene, "/health/comprehensive")
    #expect(stopped["status"] == "warning")
    #expect(stopped["components"]?["container"] == ["status": "warning"])
    #expect(stopped["warnings"] == ["The engine of this process does not run."])
    let id = try await scene.createPlivo([DialectScene.number(0, "0012")])
    try await scene.bench.running {
      try await scene.wait(for: .callAnswered, 1, of: id)
      let process = try await ask(scene, "/health/cloud-run")
      #expect(process["status"] == "healthy")
      #expect(process["warnings"] == [])
      #expect(process["container"]?["status"] == "healthy")
      #expect(process["container"]?["containerId"] == .string(scene.bench.engine.activity.owner))
      #expect(process["container"]?["managedCampaigns"] == 1)
      #expect(process["campaigns"] == ["activeHeartbeats": 1, "staleHeartbeats": 0])
      #expect(process["concurrency"] == ["global": ["active": 1, "max": 10, "utilization": 10]])
      #if os(Linux)
        let memory = process["container"]?["memoryUsage"]
        let resident = try #require(memory?["rss"]?.int)
        #expect(resident > 1 << 20)
        #expect(try #require(memory?["heapUsed"]?.int) <= resident)
        #expect(try #require(memory?["heapTotal"]?.int) > 0)
      #endif
      let store = try await ask(scene, "/health/database")
      #expect(store["status"] == "healthy")
      #expect(store["health"]?["score"] == 100)
      #expect(store["health"]?["collections"] == ["plivoCampaign": 1, "activeCalls": 1, "client": 2])
      #expect(store["health"]?["database"] == ["size": 0, "collections": 12, "indexes": 0])
      let all = try await ask(scene, "/health/comprehensive")
      #expect(all["status"] == "healthy")
      #expect(all["score"] == 100)
      #expect(
        all["components"] == [
          "mongodb": ["status": "healthy"], "container": ["status": "healthy"], "campaigns": ["status": "healthy"],
          "system": ["status": "healthy"],
        ])
      #expect(all["database"] == ["status": "healthy", "score": 100])
      #expect(all["performance"]?["utilization"]?["concurrency"] == ["percentage": 10])
      #expect(all["recommendations"] == [])
      try await scene.bench.engine.setSystemLimit(1)
      let full = try await ask(scene, "/health/comprehensive")
      #expect(full["status"] == "critical")
      #expect(full["score"] == 70)
      #expect(full["components"]?["system"] == ["status": "critical"])
      #expect(full["performance"]?["utilization"]?["systemStatus"] == "critical")
      #expect(full["recommendations"]?.array?.map { $0["type"]?.string } == ["loadCritical"])
      _ = try await scene.bulk("cancel", [id])
      try await scene.hangUpAll()
    }
  }

  @Test("P-42, P-44, P-56: campaigns that nobody runs") func tellsOrphans() async throws {
    let scene = try await DialectScene.plivo()
    _ = try await scene.createPlivo([DialectScene.number(0)])
    #expect(try await ask(scene, "/health/cloud-run")["campaigns"] == ["activeHeartbeats": 0, "staleHeartbeats": 1])
    let all = try await ask(scene, "/health/comprehensive")
    #expect(all["score"] == 90)
    #expect(all["components"]?["campaigns"] == ["status": "warning"])
    #expect(all["warnings"]?.array?.first == "1 campaigns should run, and no process has them.")
  }

  @Test("P-43, P-45: a store that is gone is told") func tellsClosedStore() async throws {
    let scene = try await DialectScene.plivo()
    try await scene.bench.engine.storage.close()
    let all = try await ask(scene, "/health/comprehensive")
    #expect(all["status"] == "critical")
    #expect(all["database"]?["status"] == "critical")
    let suite = try await ask(scene, "/health/integration-test")
    #expect(suite["status"] == "failed")
    let tests = suite["tests"]?.array ?? []
    #expect(tests.first { $0["name"] == "the store takes a write" }?["passed"] == false)
    #expect(tests.first { $0["name"] == "the store takes a write" }?["error"]?.string?.isEmpty == false)
  }

  @Test("P-45, P-46: the suites really run", arguments: [("", "basic", 4), ("?suite=full", "full", 7)])
  func runsSuites(_ query: String, _ name: String, _ count: Int) async throws {
    let scene = try await DialectScene.plivo()
    let body = try await scene.bench.running { try await ask(scene, "/health/integration-test\(query)") }
    #expect(body["status"] == "passed", "\(body)")
    #expect(body["suite"] == .string(name))
    #expect(body["summary"] == ["total": JSONValue(count), "passed": JSONValue(count), "failed": 0])
    let tests = body["tests"]?.array ?? []
    #expect(tests.count == count)
    #expect(tests.allSatisfy { $0["passed"] == true && $0["error"]?.isNull == true })
    #expect(tests.contains { ($0["duration"]?.double ?? 0) > 0 })
    // What was written is gone.
    #expect(try await scene.ask(.get, "/lists").body["lists"] == [])
    #expect(try await scene.bench.ask(.get, "/health/integration-test?suite=all", as: nil).status == 400)
  }

  @Test("P-45: a suite that measures has figures") func measures() async throws {
    let scene = try await DialectScene.plivo()
    let body = try await scene.bench.running { try await ask(scene, "/health/integration-test?suite=performance") }
    let tests = body["tests"]?.array ?? []
    #expect(tests.count == 3)
    // A slow machine may fail what is asked of it; the figures are there all the same unless it did.
    for test in tests where test["passed"] == true {
      #expect(try #require(test["figure"]?["value"]?.double) > 0)
      #expect(test["figure"]?["unit"]?.string?.hasSuffix("/s") == true)
    }
    #expect(body["summary"]?["total"] == 3)
  }

  @Test("P-45: a campaign whose counts are wrong would be found") func findsFaults() async throws {
    let trial = try await TrialCampaign(outcomes: ["0001"], within: .seconds(3600))
    await #expect(throws: HealthFailure.self) { try await trial.recount() }
    try await trial.run()
    try await trial.recount()
  }

  private static let found = [HealthTest(name: "found", duration: .zero)]

  private func isRefused(_ work: () async throws(Refusal) -> [HealthTest]) async -> Bool {
    do throws(Refusal) {
      _ = try await work()
      return false
    } catch {
      return error.kind == .limited && error.retryAfter != nil
    }
  }

  @Test("P-45: one suite at a time") func runsOneSuite() async throws {
    let gate = SuiteGate()
    let now = SystemTime().now()
    let tests = try await gate.run(.basic, isStranger: false, at: now) {
      let isRefused = await isRefused { () async throws(Refusal) in
        try await gate.run(.basic, isStranger: false, at: now) { [] }
      }
      return isRefused ? Self.found : []
    }
    #expect(tests.count == 1)
    #expect(try await gate.run(.basic, isStranger: false, at: now) { Self.found }.count == 1)
  }

  @Test("Without a token a suite is run once in ten seconds, and told until then") func runsFewSuitesForStrangers()
    async throws
  {
    let gate = SuiteGate()
    let now = SystemTime().now()
    #expect(try await gate.run(.basic, isStranger: true, at: now) { Self.found }.count == 1)
    let soon = now + .seconds(9)
    #expect(try await gate.run(.basic, isStranger: true, at: soon) { [] }.count == 1, "it was run again")
    #expect(
      await isRefused { () async throws(Refusal) in try await gate.run(.full, isStranger: true, at: soon) { [] } })
    #expect(try await gate.run(.full, isStranger: false, at: soon) { [] }.isEmpty)
    #expect(try await gate.run(.basic, isStranger: true, at: soon + .seconds(10)) { [] }.isEmpty)
  }

  @Test("The second request for a suite without a token is told what came of the first") func tellsStrangersTheLast()
    async throws
  {
    let time = ManualTime(SystemTime().now())
    let scene = try await DialectScene.plivo { $0.clock = time }
    let first = try await ask(scene, "/health/integration-test")
    #expect(try await ask(scene, "/health/integration-test") == first, "durations are those of the first")
    #expect(try await scene.bench.ask(.get, "/health/integration-test?suite=full", as: nil).status == 429)
    time.advance(by: .seconds(10))
    #expect(try await ask(scene, "/health/integration-test?suite=full")["suite"] == "full")
  }
}
