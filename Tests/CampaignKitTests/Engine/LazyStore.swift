import CampaignKit
import CampaignTesting
import Locks
import Testing

extension EngineBench {
  /// Runs an engine over a store that takes seconds to write calls, or refuses to, until its first call is placed.
  static func runLazily(
    _ storing: Storing, leads: Int = 1, dialer: Holder = Holder(),
    script: ScriptedDialer.Script = ScriptedDialer.Script(),
    configure: @escaping @Sendable (inout Campaign) -> Void = { _ in },
    _ body: @escaping @Sendable (EngineBench, Call.ID) async throws -> Void
  ) async throws {
    try await EngineBench.run(through: { LazyStore(inner: $0, storing: storing) }) { time in
      storing.time = time
      return dialer.make(time) { _, _ in script }
    } _: { bench in
      let campaign = try await bench.campaign(leads: leads, configure: configure)
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(3))
      storing.mode = .lazy
      try await body(bench, try #require(dialer.dialer.placements.first?.order.id))
    }
  }
}

/// How a store writes calls.
final class Storing: Sendable {
  enum Mode { case prompt, lazy, lazyReading, refusing, damaged }

  private let state = Locked<(mode: Mode, time: VirtualTime?)>((.prompt, nil))

  var mode: Mode {
    get { state.withLock { $0.mode } }
    set { state.withLock { $0.mode = newValue } }
  }

  var time: VirtualTime? {
    get { state.withLock { $0.time } }
    set { state.withLock { $0.time = newValue } }
  }
}

/// A store that writes calls as a test says.
struct LazyStore: StorageWrapper {
  let inner: any CampaignStorage
  let storing: Storing

  /// Takes its time, or refuses.
  private func hesitate() async throws(StoreError) {
    switch storing.mode {
    case .prompt, .lazyReading: break
    case .lazy: await storing.time?.wait(for: .seconds(2))
    case .refusing: throw StoreError(.unavailable, "the disk is full")
    case .damaged: throw StoreError(.damaged, "the disk is worn")
    }
  }

  func update(_ updates: [CallUpdate]) async throws(StoreError) -> [Result<Call.Status, StoreError>] {
    try await hesitate()
    return try await inner.update(updates)
  }

  func record(_ news: CallNews, of call: Call.ID) async throws(StoreError) -> (call: Call, isNew: Bool) {
    try await hesitate()
    return try await inner.record(news, of: call)
  }

  func assign(_ call: Call.ID, to agents: [Agent.ID]) async throws(StoreError) -> Agent.ID? {
    try await hesitate()
    return try await inner.assign(call, to: agents)
  }

  func call(carrier: String, reference: String) async throws(StoreError) -> Call? {
    if storing.mode == .refusing { throw StoreError(.unavailable, "the disk is full") }
    return try await inner.call(carrier: carrier, reference: reference)
  }

  func call(_ id: Call.ID) async throws(StoreError) -> Call? {
    if storing.mode == .lazyReading { await storing.time?.wait(for: .seconds(2)) }
    return try await inner.call(id)
  }

  func suppress(_ entries: [Suppression]) async throws(StoreError) -> [Call.ID] {
    try await hesitate()
    return try await inner.suppress(entries)
  }
}
