import CampaignKit
import Synchronization

/// The memory that live calls take beside their leads.
func measureLiveCalls(_ context: Context) async throws {
  let count = context.scaled(10_000)
  let fixture = try await StoreFixture(LocalStore())
  var source = LeadSource()
  try await fixture.fill(count * 2, from: &source)
  try await fixture.callAll(atMost: count)
  let line = QuietLine()
  let engine = CampaignEngine(storage: fixture.store, dialer: line)
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { try await engine.run() }
    try await Task.sleep(for: .milliseconds(100))
    let before = ResidentMemory.trimmed()
    _ = try await engine.start(fixture.campaign)
    while line.placed < count { try await Task.sleep(for: .milliseconds(5)) }
    try await Task.sleep(for: .milliseconds(200))
    context.report.add(
      Figure(
        name: "memory of a live call", value: Double(ResidentMemory.trimmed() - before) / Double(count), unit: "bytes",
        target: .atMost(2048),
        note: "\(count.grouped) live calls; resident growth, the store's record of the call included"))
    engine.stop()
    try await group.waitForAll()
  }
}

/// How soon a slot that has become free has its next call.
func measureReaction(_ context: Context) async throws {
  let live = 1000
  let turns = context.scaled(20_000)
  let fixture = try await StoreFixture(LocalStore())
  var source = LeadSource()
  try await fixture.fill(live + turns + 1000, from: &source)
  try await fixture.callAll(atMost: live)
  let line = QuietLine()
  let engine = CampaignEngine(storage: fixture.store, dialer: line)
  var times = Samples()
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { try await engine.run() }
    _ = try await engine.start(fixture.campaign)
    while line.placed < live { try await Task.sleep(for: .milliseconds(5)) }
    for _ in 0..<turns {
      guard let call = line.takeOldest() else { break }
      let clock = ContinuousClock()
      let start = clock.now
      let next = line.placed + 1
      await engine.take(CallEvent(.answered(nil), of: .call(call)))
      await engine.take(CallEvent(.ended(CallEnd(.completed)), of: .call(call)))
      await line.reaches(next)
      times.add((clock.now - start) / .seconds(1))
    }
    engine.stop()
    try await group.waitForAll()
  }
  context.report.add(
    Figure(
      name: "from a free slot to the next call, p99", value: times.quantile(0.99) * 1_000_000, unit: "us",
      target: .atMost(1000),
      note: "\(live.grouped) live calls; median \((times.median * 1_000_000).short); from the carrier's news of the end"
    ))
}

/// What an engine costs that waits.
func measureIdle(_ context: Context) async throws {
  let fixture = try await StoreFixture(LocalStore())
  let identifiers = IdentifierGenerator()
  let configuration = EngineConfiguration()
  let engine = CampaignEngine(storage: fixture.store, dialer: QuietLine(), configuration: configuration)
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { try await engine.run() }
    let now = try await fixture.store.now()
    for number in 0..<1000 {
      var campaign = Campaign(
        id: identifiers.next(at: now), account: fixture.account, name: "\(number)", createdAt: now)
      campaign.compliance.keepsLegalHours = false
      campaign.schedule.start = .moment(now + .seconds(86_400))
      campaign = try await engine.create(campaign)
      guard let to = PhoneNumber(digits: 441_000_000_000 + UInt64(number)) else { continue }
      _ = try await fixture.store.insert([NewLead(number: to)], into: campaign.id, options: LeadInsertion())
      _ = try await engine.start(campaign.id)
    }
    // The first tick after something has happened reads every campaign once more; what is measured is waiting.
    try await Task.sleep(for: context.isQuick ? .seconds(1) : configuration.tick + .seconds(1))
    let length = context.isQuick ? 2.0 : 25.0
    let used = try await processorSeconds { try await Task.sleep(for: .seconds(length)) }
    context.report.add(
      Figure(
        name: "an engine with 1,000 waiting campaigns", value: used / length * 100, unit: "% of a core",
        target: .atMost(1), note: "over \(length.short) s"))
    engine.stop()
    try await group.waitForAll()
  }
}

extension StoreFixture {
  /// Lets the campaign have so many calls at once, at any hour.
  func callAll(atMost concurrency: Int) async throws {
    guard var campaign = try await store.campaign(campaign) else { return }
    campaign.compliance.keepsLegalHours = false
    campaign.pacing.maximumConcurrentCalls = concurrency
    _ = try await store.update(campaign)
  }
}

/// A carrier that takes every call and tells nothing of it by itself.
private final class QuietLine: Dialer {
  private struct State {
    var calls: [Call.ID] = []
    var taken = 0
    var waiter: (count: Int, continuation: CheckedContinuation<Void, Never>)?
  }

  let name = "quiet"
  let capabilities = DialerCapabilities()
  private let state = Mutex(State())

  var placed: Int { state.withLock { $0.calls.count } }

  func takeOldest() -> Call.ID? {
    state.withLock { state in
      guard state.taken < state.calls.count else { return nil }
      defer { state.taken += 1 }
      return state.calls[state.taken]
    }
  }

  /// Waits until so many calls were placed.
  func reaches(_ count: Int) async {
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        if state.calls.count < count { state.waiter = (count, continuation) }
        return state.calls.count >= count
      }
      if isThere { continuation.resume() }
    }
  }

  func place(_ order: CallOrder) async throws(DialerError) -> String {
    let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
      state.calls.append(order.id)
      guard let waiter = state.waiter, state.calls.count >= waiter.count else { return nil }
      state.waiter = nil
      return waiter.continuation
    }
    waiter?.resume()
    return "\(order.id)"
  }

  func hangUp(_ call: CallReference) async throws(DialerError) {}
  func lookUp(_ call: CallReference) async throws(DialerError) -> CallFindings { .unknown }
  func connect(_ call: CallReference, to agent: Agent) async throws(DialerError) {}
  func events() -> CallEvents { .none }
}
