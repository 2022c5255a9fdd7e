import CampaignKit
import Locks

/// A process that runs an engine, and can die between any two of its operations.
final class SimulatedProcess: Sendable {
  private struct Life: Sendable {
    var isAlive = true
    var operations = 0
    /// At which operation it dies, and whether that still has its effect.
    var death: (operation: Int, hasEffect: Bool)?
  }

  let number: Int
  let observer: Observer
  private let life = Locked(Life())
  /// Told once, when it dies by itself.
  private let died: @Sendable (SimulatedProcess) -> Void

  init(
    _ number: Int, observer: Observer, died: @escaping @Sendable (SimulatedProcess) -> Void
  ) {
    self.number = number
    self.observer = observer
    self.died = died
  }

  var isAlive: Bool { life.withLock { $0.isAlive } }

  /// Plans its death.
  func die(after operations: Int, hasEffect: Bool) {
    life.withLock { $0.death = ($0.operations + operations, hasEffect) }
  }

  /// Ends it; what it has under way comes to nothing.
  func end() {
    guard
      life.withLock({ life in
        defer { life.isAlive = false }
        return life.isAlive
      })
    else { return }
    observer.died(number)
  }

  /// What an operation may do.
  enum Step: Hashable, Sendable {
    case goesOn
    /// It still has its effect, and nobody hears of it.
    case isLast
    /// It has no effect any more.
    case isGone
  }

  /// Counts an operation.
  func step() -> Step {
    let (step, falls): (Step, Bool) = life.withLock { life in
      guard life.isAlive else { return (.isGone, false) }
      life.operations += 1
      guard let death = life.death, life.operations >= death.operation else { return (.goesOn, false) }
      return death.hasEffect ? (.isLast, false) : (.isGone, true)
    }
    if falls { fall() }
    return step
  }

  /// Dies.
  func fall() {
    guard isAlive else { return }
    observer.trace.note("process \(number) dies")
    end()
    died(self)
  }
}

/// What a process sees of the store.
struct ProcessStore: StorageWrapper {
  let inner: any CampaignStorage
  let process: SimulatedProcess
  let weather: StoreWeather
  /// Looks after each operation whether there is still power.
  let look: @Sendable () -> Void

  func pass<Result: Sendable>(
    _ operation: StorageOperation, _ work: (any CampaignStorage) async throws(StoreError) -> Result
  ) async throws(StoreError) -> Result {
    // This is compiled once for each kind of result, so what does not depend on that is elsewhere.
    let (step, fate) = try await begin(operation)
    var outcome = Swift.Result<Result, StoreError>.failure(StoreWeather.refusal)
    if fate != .isRefused {
      do throws(StoreError) {
        let result = try await work(inner)
        if fate == .passes { outcome = .success(result) }
      } catch {
        outcome = .failure(error)
      }
    }
    var failure: StoreError?
    if case .failure(let error) = outcome { failure = error }
    try await end(operation, step, failure)
    return try outcome.get()
  }

  private static let gone = StoreError(.closed, "the process has died")

  @inline(never)
  private func begin(
    _ operation: StorageOperation
  ) async throws(StoreError) -> (SimulatedProcess.Step, StoreWeather.Fate) {
    let step = process.step()
    guard step != .isGone else { throw Self.gone }
    await weather.delay()
    guard process.isAlive else { throw Self.gone }
    return (step, weather.fate(of: operation))
  }

  @inline(never)
  private func end(
    _ operation: StorageOperation, _ step: SimulatedProcess.Step, _ failure: StoreError?
  ) async throws(StoreError) {
    look()
    if step == .isLast { process.fall() }
    await weather.delay()
    guard process.isAlive else { throw Self.gone }
    if let failure, operation.isChange {
      process.observer.trace.note("process \(process.number) cannot \(operation): \(failure.code)")
    }
  }

  func acquire(
    _ campaign: Campaign.ID, by owner: String, lasting duration: Duration
  ) async throws(StoreError) -> CampaignLease {
    try await pass(.change("acquire")) { (store) throws(StoreError) in
      process.observer.asksFor(campaign, lasting: duration)
      let lease = try await store.acquire(campaign, by: owner, lasting: duration)
      process.observer.trace.note("process \(process.number) takes campaign \(campaign.low)")
      process.observer.acquired(lease, by: process.number)
      return lease
    }
  }

  func renew(_ leases: [CampaignLease], lasting duration: Duration) async throws(StoreError) -> [CampaignLease] {
    try await pass(.change("renew")) { (store) throws(StoreError) in
      for lease in leases { process.observer.asksFor(lease.campaign, lasting: duration) }
      let held = try await store.renew(leases, lasting: duration)
      process.observer.renewed(held, by: process.number)
      return held
    }
  }

  func release(_ lease: CampaignLease) async throws(StoreError) {
    try await pass(.change("release")) { (store) throws(StoreError) in
      // Whether it is written or not, it may be.
      process.observer.released(lease.campaign, by: process.number)
      try await store.release(lease)
    }
  }

  func claim(_ request: ClaimRequest) async throws(StoreError) -> Claim {
    try await pass(.change("claim")) { (store) throws(StoreError) in
      let claim = try await store.claim(request)
      let trace = process.observer.trace
      for call in claim.calls { trace.note("process \(process.number) claims \(trace.name(call.call))") }
      for held in claim.heldBack { trace.note("held back: \(held.decision.rule)") }
      return claim
    }
  }

  func assign(_ call: Call.ID, to agents: [Agent.ID]) async throws(StoreError) -> Agent.ID? {
    try await pass(.change("assign")) { (store) throws(StoreError) in
      let agent = try await store.assign(call, to: agents)
      if let agent { process.observer.assigned(agent, to: call) }
      return agent
    }
  }

  func finish(_ call: Call.ID, _ ending: CallEnding) async throws(StoreError) -> (call: Call, isNew: Bool) {
    let result = try await pass(.change("finish")) { (store) throws(StoreError) in
      let result = try await store.finish(call, ending)
      let trace = process.observer.trace
      trace.note(
        "process \(process.number) finishes \(trace.name(call)): \(ending.disposition), \(ending.next.summary)"
          + (result.isNew ? "" : ", again"))
      return result
    }
    process.observer.acknowledged(call)
    return result
  }

  func update(_ calls: [CallUpdate]) async throws(StoreError) -> [Result<Call.Status, StoreError>] {
    let results = try await pass(.change("update calls")) { (store) throws(StoreError) in
      let results = try await store.update(calls)
      let trace = process.observer.trace
      for update in calls {
        guard let ending = update.ending else { continue }
        trace.note(
          "process \(process.number) finishes \(trace.name(update.call)): \(ending.disposition), \(ending.next.summary)"
        )
      }
      return results
    }
    for (update, result) in zip(calls, results) where update.ending != nil {
      if case .success = result { process.observer.acknowledged(update.call) }
    }
    return results
  }

  func suppress(_ entries: [Suppression]) async throws(StoreError) -> [Call.ID] {
    try await pass(.change("suppress")) { (store) throws(StoreError) in
      let calls = try await store.suppress(entries)
      process.observer.suppressed(entries)
      return calls
    }
  }
}

/// What a process sees of the carrier.
struct ProcessDialer: Dialer {
  let inner: any Dialer
  let process: SimulatedProcess
  /// The store itself, to look whether an intent is there.
  let store: any CampaignStorage
  /// The carrier itself, for its books.
  let carrier: FaultyCarrier
  /// How far the clock of the process is ahead of the store's.
  let ahead: Duration

  var name: String { inner.name }
  var capabilities: DialerCapabilities { inner.capabilities }

  private func pass<Result>(_ work: () async throws(DialerError) -> Result) async throws(DialerError) -> Result {
    let gone = DialerError(.uncertain, "the process has died")
    let step = process.step()
    guard step != .isGone else { throw gone }
    // What was sent is sent, whatever becomes of its sender.
    let result = try await work()
    if step == .isLast { process.fall() }
    guard process.isAlive else { throw gone }
    return result
  }

  func place(_ order: CallOrder) async throws(DialerError) -> String {
    try await pass { () throws(DialerError) in
      let intent = (try? await store.call(order.id)).flatMap { $0?.status == .intended ? $0 : nil }
      process.observer.place(order, attempt: intent?.attempt, by: process.number, ahead: ahead, carrier: carrier.books)
      do throws(DialerError) {
        return try await inner.place(order)
      } catch {
        process.observer.trace.note("\(process.observer.trace.name(order.id)): \(error)")
        throw error
      }
    }
  }

  func hangUp(_ call: CallReference) async throws(DialerError) {
    try await pass { () throws(DialerError) in
      process.observer.trace.note("process \(process.number) hangs up \(process.observer.trace.name(call.call))")
      try await inner.hangUp(call)
    }
  }

  func hangUp(_ call: CallReference, after message: String) async throws(DialerError) {
    try await pass { () throws(DialerError) in
      process.observer.trace.note("process \(process.number) dismisses \(process.observer.trace.name(call.call))")
      try await inner.hangUp(call, after: message)
    }
  }

  func lookUp(_ call: CallReference) async throws(DialerError) -> CallFindings {
    try await pass { () throws(DialerError) in
      let findings = try await inner.lookUp(call)
      let trace = process.observer.trace
      trace.note("process \(process.number) asks for \(trace.name(call.call)): \(findings.summary)")
      if case .found(let events) = findings {
        for event in events { process.observer.told(event, to: process.number) }
      }
      return findings
    }
  }

  func connect(_ call: CallReference, to agent: Agent) async throws(DialerError) {
    try await pass { () throws(DialerError) in
      process.observer.trace.note(
        "process \(process.number) connects \(process.observer.trace.name(call.call)) to \(agent.name)")
      let activity = (try? await store.activity(of: [agent.id]))?[agent.id]
      process.observer.connects(agent, having: activity?.currentCalls ?? 0)
      try await inner.connect(call, to: agent)
    }
  }

  func events() -> CallEvents {
    let events = inner.events()
    return CallEvents(batches: { most in
      // Where a reader stands is kept by the carrier.
      var iterator = events.makeAsyncIterator()
      guard let batch = await iterator.nextBatch(atMost: most), process.isAlive else { return [] }
      for event in batch { process.observer.told(event, to: process.number) }
      return batch
    })
  }
}

extension LeadStep {
  /// A few words for a trace.
  var summary: String {
    switch self {
    case .complete: "done"
    case .fail: "given up"
    case .retry(let at, let number, let isCallback):
      "again at \(at) on number \(number)" + (isCallback ? ", as agreed" : "")
    case .release(let at): "as before at \(at)"
    case .cancel: "taken out"
    case .suppress: "not to be called"
    }
  }
}

extension CallFindings {
  /// A few words for a trace.
  var summary: String {
    switch self {
    case .found(let events): "found, \(events.map(\.kind.summary).joined(separator: ", "))"
    case .absent: "not there"
    case .unknown: "no answer"
    }
  }
}
