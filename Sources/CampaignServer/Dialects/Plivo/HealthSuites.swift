import CampaignKit
import JSON
import Locks

/// The suites with which a running server tries out itself.
enum HealthSuite: String, CaseIterable, Sendable {
  /// Whether the store answers and takes a write, and the carrier answers.
  case basic
  /// That, and a campaign from its start to its end in a store of its own.
  case full
  /// How fast the store and the engine are.
  case performance

  /// Runs the tests, one after the other.
  func run(on service: CampaignService) async -> [HealthTest] {
    switch self {
    case .basic: await HealthTest.basic(service)
    case .full: await HealthTest.basic(service) + HealthTest.campaign(within: service.configuration.trialLimit)
    case .performance: await HealthTest.performance(service)
    }
  }
}

/// A test that was run.
struct HealthTest: Sendable {
  /// What was tried.
  var name: String
  /// Why it did not work; nil where it did.
  var error: String?
  /// How long it took.
  var duration: Duration
  /// What was measured.
  var figure: (value: Double, unit: String)?

  var json: JSONValue {
    var test: JSONObject = [
      "name": .string(name), "passed": .bool(error == nil), "error": .text(error),
      "duration": .figure((duration / .milliseconds(1) * 1000).rounded() / 1000),
    ]
    if let figure {
      test["figure"] = ["value": .figure((figure.value * 100).rounded() / 100), "unit": .string(figure.unit)]
    }
    return .object(test)
  }

  /// Runs a test.
  ///
  /// - Parameters:
  ///   - name: What is tried.
  ///   - work: Tries it, and gives a figure where it measures one.
  /// - Returns: What came of it.
  static func run(
    _ name: String, _ work: () async throws -> (value: Double, unit: String)?
  ) async -> HealthTest {
    let start = ContinuousClock.now
    var test = HealthTest(name: name, duration: .zero)
    do { test.figure = try await work() } catch let error as HealthFailure { test.error = error.reason } catch {
      test.error = Refusal(error).message
    }
    test.duration = ContinuousClock.now - start
    return test
  }
}

/// Something that a test found not to be as it should.
struct HealthFailure: Error {
  var reason: String

  /// Finds fault with what is not so.
  static func unless(_ isSo: Bool, _ reason: @autoclosure () -> String) throws(HealthFailure) {
    guard isSo else { throw HealthFailure(reason: reason()) }
  }
}

/// Lets one suite run at a time, and one in ten seconds for those without a token, so that they cannot keep the server
/// busy.
final class SuiteGate: Sendable {
  private struct State {
    var isBusy = false
    /// When a suite was begun last.
    var begunAt: Timestamp?
    /// What came of each suite that was run.
    var results: [HealthSuite: [HealthTest]] = [:]
  }

  private enum Turn {
    case now
    case known([HealthTest])
    case later(Duration)
  }

  private static let pause = Duration.seconds(10)
  private let state = Locked(State())

  /// Runs a suite unless one is running. A stranger is told what came of it the last time where it is too early for
  /// another.
  ///
  /// - Parameters:
  ///   - suite: The suite.
  ///   - isStranger: Whether it is asked for without a token.
  ///   - now: The time.
  ///   - work: Runs it.
  /// - Returns: What came of it.
  /// - Throws: A ``Refusal`` where it cannot be run now, and a stranger cannot be told of an earlier time.
  func run(
    _ suite: HealthSuite, isStranger: Bool, at now: Timestamp, _ work: () async -> [HealthTest]
  ) async throws(Refusal) -> [HealthTest] {
    let turn = state.withLock { state -> Turn in
      // A clock that was put back tells nothing of how long it was.
      let passed = state.begunAt.map { now - $0 }.flatMap { $0 < .zero ? nil : $0 } ?? Self.pause
      let wait = isStranger ? Self.pause - passed : .zero
      guard state.isBusy || wait > .zero else {
        state.isBusy = true
        state.begunAt = now
        return .now
      }
      if isStranger, let tests = state.results[suite] { return .known(tests) }
      return .later(max(.seconds(1), wait))
    }
    switch turn {
    case .known(let tests): return tests
    case .later(let wait):
      throw Refusal(.limited, "a suite was run just now, or runs; ask again later", retryAfter: wait)
    case .now:
      let tests = await work()
      state.withLock { state in
        state.results[suite] = tests
        state.isBusy = false
      }
      return tests
    }
  }
}

// MARK: The server as it is

extension HealthTest {
  /// Tries the store and the carrier of the server.
  static func basic(_ service: CampaignService) async -> [HealthTest] {
    [
      await run("the store answers") {
        let now = try await service.storage.now()
        let apart = max(now - service.clockTime, service.clockTime - now)
        try HealthFailure.unless(apart < .seconds(60), "its clock is more than a minute from that of this machine")
        _ = try await service.storage.accounts(PageRequest(limit: 1))
        return nil
      },
      await run("the store takes a write") {
        try await service.writeForHealth()
        return nil
      },
      await run("the carrier answers") {
        let now = await service.now()
        guard let number = PhoneNumber(e164: "+14155550100") else { return nil }
        let call = CallReference(
          call: service.identifiers.next(at: now), reference: nil, to: number, from: nil, createdAt: now)
        let findings: CallFindings
        do throws(DialerError) { findings = try await service.engine.dialer.lookUp(call) } catch {
          throw HealthFailure(reason: error.message)
        }
        if case .found = findings { throw HealthFailure(reason: "it knows a call that was never placed") }
        return nil
      },
      await run("the engine runs") {
        try HealthFailure.unless(service.engine.activity.isRunning, "it was not started, or it was stopped")
        return nil
      },
    ]
  }
}

extension CampaignService {
  /// Writes something that nobody misses, reads it again, and takes it away.
  fileprivate func writeForHealth() async throws {
    guard let account = try await accountForHealth() else { throw HealthFailure(reason: "there is no account") }
    let now = try await storage.now()
    let list = ContactList(id: identifiers.next(at: now), account: account, name: "health check", createdAt: now)
    try await storage.insert(list)
    let isThere = try await storage.list(list.id, of: account) != nil
    try await storage.delete(list.id, of: account)
    try HealthFailure.unless(isThere, "what was written is not there")
    try HealthFailure.unless(
      try await storage.list(list.id, of: account) == nil, "what was taken away is there still")
  }

  /// How many such writes there are in a second, one after the other.
  fileprivate func writesPerSecond(_ count: Int) async throws -> Double {
    let start = ContinuousClock.now
    for _ in 0..<count { try await writeForHealth() }
    // Each is one that adds and one that removes.
    return Double(2 * count) / ((ContinuousClock.now - start) / .seconds(1))
  }

  /// How many reads there are in a second, one after the other.
  fileprivate func readsPerSecond(_ count: Int) async throws -> Double {
    guard let account = try await accountForHealth() else { throw HealthFailure(reason: "there is no account") }
    let start = ContinuousClock.now
    for _ in 0..<count { _ = try await storage.slots(of: account) }
    return Double(count) / ((ContinuousClock.now - start) / .seconds(1))
  }
}

// MARK: A campaign of its own

extension HealthTest {
  /// Calls three people of a store in memory, whom a simulated carrier lets come out differently.
  static func campaign(within limit: Duration) async -> [HealthTest] {
    var scene: TrialCampaign?
    return [
      await run("a campaign calls three people") {
        // A person who answers, a busy line, and nobody.
        let trial = try await TrialCampaign(outcomes: ["0001", "0002", "0003"], within: limit)
        try await trial.run()
        scene = trial
        return nil
      },
      await run("everybody was called once, and the counts equal a recount") {
        try await scene.tried().recount()
        return nil
      },
      await run("all slots are free again") {
        let slots = try await scene.tried().slots()
        try HealthFailure.unless(slots.systemActive == 0, "\(slots.systemActive) slots are not free")
        return nil
      },
    ]
  }

  /// Measures the store of the server, and the engine with a store in memory; a few hundred calls at most.
  static func performance(_ service: CampaignService) async -> [HealthTest] {
    [
      await run("writes to the store, one after the other") {
        let rate = try await service.writesPerSecond(10)
        try HealthFailure.unless(rate >= 5, "there should be 5 a second at least")
        return (rate, "writes/s")
      },
      await run("reads from the store, one after the other") {
        let rate = try await service.readsPerSecond(1000)
        try HealthFailure.unless(rate >= 100, "there should be 100 a second at least")
        return (rate, "reads/s")
      },
      await run("calls of a campaign of 200 people in memory") {
        let trial = try await TrialCampaign(
          outcomes: Array(repeating: "0001", count: 200), limit: 50, within: service.configuration.trialLimit)
        let start = ContinuousClock.now
        try await trial.run()
        let rate = 200 / ((ContinuousClock.now - start) / .seconds(1))
        try HealthFailure.unless(rate >= 20, "there should be 20 a second at least")
        return (rate, "calls/s")
      },
    ]
  }
}

extension TrialCampaign? {
  /// The campaign, where the test before this one made it.
  fileprivate func tried() throws(HealthFailure) -> TrialCampaign {
    guard let self else { throw HealthFailure(reason: "there is no campaign to look at") }
    return self
  }
}
