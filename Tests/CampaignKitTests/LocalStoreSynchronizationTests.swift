import CampaignKit
import CampaignTesting
import Locks
import Testing

@Suite struct LocalStoreSynchronizationTests {
  /// A change that comes while a synchronization fails is refused or kept, and never twice in the log.
  @Test(.timeLimit(.minutes(5))) func aChangeDuringAFailedSynchronizationIsKeptOnce() async throws {
    let log = FailingLog()
    var configuration = LocalStore.Configuration()
    configuration.durability = .interval(.milliseconds(20))
    let store = try LocalStore(log: log, configuration: configuration)
    let identifiers = IdentifierGenerator()
    let now = try await store.now()
    let account = Account(id: identifiers.next(at: now), name: "A", createdAt: now)
    try await store.insert(account)
    let draft = Campaign(id: identifiers.next(at: now), account: account.id, name: "C", createdAt: now)
    let campaign = try await store.insert(draft)
    let number = try #require(PhoneNumber(e164: "+14155552671"))
    _ = try await store.insert([NewLead(number: number)], into: campaign.id, options: LeadInsertion())
    _ = try await store.transition(campaign.id, on: .start, reason: nil)
    let lease = try await store.acquire(campaign.id, by: "me", lasting: .seconds(600))

    log.state.withLock { $0.step = .armed }
    try await store.setSystemLimit(77)
    while log.state.withLock({ $0.step }) != .waiting { await Task.yield() }
    let claiming = Task {
      let open = [OpenLocality(.unknown, until: .distantFuture)]
      return try await store.claim(ClaimRequest(lease: lease, count: 1, open: open))
    }
    while try await store.leadCounts(of: campaign.id)?.calling != 1 { await Task.yield() }
    log.state.withLock { $0.step = .failing }
    await #expect(throws: StoreError.self) { _ = try await claiming.value }
    while !store.condition.isWritable { await Task.yield() }
    try await store.close()

    let again = try LocalStore(log: log)
    #expect(try await again.leadCounts(of: campaign.id)?.calling == 1)
    try await again.close()
  }
}

/// A log in memory, one of whose synchronizations waits, and then fails.
private final class FailingLog: DurableLog {
  enum Step { case working, armed, waiting, failing }

  struct State: Sendable {
    var step = Step.working
    var snapshot: (position: UInt64, bytes: [UInt8])?
    var batches: [UInt64: [UInt8]] = [:]
    var end: UInt64 = 0
  }

  private final class Sink: SnapshotSink {
    var bytes: [UInt8] = []
    func write(_ bytes: UnsafeRawBufferPointer) throws(LogError) { self.bytes += bytes }
  }

  let state = Locked(State())

  func open() throws(LogError) -> LogContents {
    state.withLock { LogContents(snapshot: $0.snapshot?.position, end: $0.end) }
  }

  func readSnapshot(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    try (state.withLock { $0.snapshot?.bytes } ?? []).withUnsafeBytes { try body($0) }
  }

  func read(from position: UInt64, _ body: (UInt64, UnsafeRawBufferPointer) throws -> Void) throws {
    let batches = state.withLock { $0.batches }
    for number in batches.keys.sorted() where number >= position {
      try (batches[number] ?? []).withUnsafeBytes { try body(number, $0) }
    }
  }

  func append(_ batch: [UInt8], at position: UInt64, durably: Bool) throws(LogError) {
    state.withLock {
      $0.batches[position] = batch
      $0.end = position + 1
    }
  }

  func synchronize() throws(LogError) {
    let isArmed = state.withLock { state in
      guard state.step == .armed else { return false }
      state.step = .waiting
      return true
    }
    guard isArmed else { return }
    while state.withLock({ $0.step }) == .waiting {}
    state.withLock { $0.step = .working }
    throw LogError(.failed, "The device failed.")
  }

  func replace(before position: UInt64, with write: (any SnapshotSink) throws -> Void) throws {
    let sink = Sink()
    try write(sink)
    let bytes = sink.bytes
    state.withLock { state in
      state.snapshot = (position, bytes)
      state.end = max(state.end, position)
      state.batches = state.batches.filter { $0.key >= position }
    }
  }

  func close() throws(LogError) {}
}
