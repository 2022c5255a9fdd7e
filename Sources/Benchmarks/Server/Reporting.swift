import CampaignKit
import Digests
import Foundation
import Synchronization

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// How many reports of a carrier are taken in a second while calls are live, each signed, and on disk before it is
/// acknowledged; and how soon a slot that has become free by them has its next call.
func measureWebhooks(_ context: Context) async throws {
  let live = 500
  let fixture = try await StoreFixture(LocalStore.file(at: context.folder.fresh("webhook-store")))
  var source = LeadSource()
  try await fixture.fill(context.scaled(100_000), from: &source)
  try await fixture.callAll(atMost: live)
  let line = TimedLine()
  let served = try await ServedCampaigns(fixture, dialer: line)
  let length = context.isQuick ? 2.0 : 10.0
  var tally = (count: 0, latency: Samples(), freed: [ContinuousClock.Instant]())
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { try await served.engine.run() }
    _ = try await served.engine.start(fixture.campaign)
    while line.count < live { try await Task.sleep(for: .milliseconds(5)) }
    let end = ContinuousClock.now + .seconds(length)
    tally = try await withThrowingTaskGroup(of: Reporter.self) { reporters in
      for _ in 0..<16 {
        reporters.addTask {
          var reporter = Reporter(port: served.port)
          while ContinuousClock.now < end, let call = line.takeOldest() { try await reporter.tell(of: call) }
          return reporter
        }
      }
      return try await reporters.reduce(into: tally) { tally, reporter in
        tally.count += reporter.latency.values.count
        for value in reporter.latency.values { tally.latency.add(value) }
        tally.freed += reporter.freed
      }
    }
    try await Task.sleep(for: .seconds(1))
    served.engine.stop()
    try await group.waitForAll()
  }
  await served.stop()
  // The n-th slot that became free is that of the n-th call after the first ones.
  var waits = Samples()
  let placed = line.moments.dropFirst(live)
  for (freed, placed) in zip(tally.freed.sorted(), placed.sorted()) {
    waits.add(max(0, (placed - freed).seconds * 1000))
  }
  let cores = Double(ProcessInfo.processInfo.activeProcessorCount)
  context.report.add(
    Figure(
      name: "webhooks a core, \(live) live calls", value: Double(tally.count) / length / cores, unit: "1/s",
      target: .atLeast(200),
      note: "16 senders in this process, files, everyCommit; acknowledged within \(tally.latency.quantile(0.99).short) "
        + "ms (p99)"))
  context.report.add(
    Figure(
      name: "from the end of a call to the next, p99", value: waits.quantile(0.99), unit: "ms", target: .atMost(100),
      note: "\(waits.values.count.grouped) slots that became free meanwhile; the longest \(waits.largest.short) ms"))
  guard waits.values.count == tally.freed.count else {
    throw Options.Failure(description: "\(tally.freed.count - waits.values.count) slots have had no next call.")
  }
  try await fixture.store.close()
}

/// Tells of calls as Twilio does.
private struct Reporter: Sendable {
  let port: Int
  private let session = URLSession(configuration: .ephemeral)
  private let key = HMAC<SHA1>(key: Array(ServedCampaigns.twilioToken.utf8))
  private(set) var latency = Samples()
  private(set) var freed: [ContinuousClock.Instant] = []

  init(port: Int) { self.port = port }

  /// Tells the whole life of a call.
  mutating func tell(of call: Call.ID) async throws {
    for status in ["ringing", "in-progress", "completed"] {
      let target = "/webhooks/twilio/status?callId=\(call)"
      let items = ["CallDuration": "7", "CallSid": "\(call)", "CallStatus": status]
      let sorted = items.sorted { $0.key < $1.key }
      var code = key
      code.update(Array((ServedCampaigns.publicURL + target + sorted.map { $0.key + $0.value }.joined()).utf8))
      guard let url = URL(string: "http://127.0.0.1:\(port)\(target)") else { return }
      var request = URLRequest(url: url)
      request.httpMethod = "POST"
      request.setValue("application/x-www-form-urlencoded", forHTTPHeaderField: "Content-Type")
      request.setValue(Base64.standard.encode(code.finish()), forHTTPHeaderField: "X-Twilio-Signature")
      request.httpBody = Data(sorted.map { "\($0.key)=\($0.value)" }.joined(separator: "&").utf8)
      let begin = ContinuousClock.now
      let response = try await session.data(for: request).1
      guard (response as? HTTPURLResponse)?.statusCode == 200 else {
        throw Options.Failure(description: "A webhook was not taken: \(response).")
      }
      latency.add((ContinuousClock.now - begin).seconds * 1000)
    }
    freed.append(.now)
  }
}

/// A carrier that takes every call, notes when, and tells nothing of it by itself.
private final class TimedLine: Dialer {
  private struct State {
    var calls: [Call.ID] = []
    var moments: [ContinuousClock.Instant] = []
    var taken = 0
  }

  let name = "twilio"
  let capabilities = DialerCapabilities()
  private let state = Mutex(State())

  var count: Int { state.withLock { $0.calls.count } }
  var moments: [ContinuousClock.Instant] { state.withLock { $0.moments } }

  func takeOldest() -> Call.ID? {
    state.withLock { state in
      guard state.taken < state.calls.count else { return nil }
      defer { state.taken += 1 }
      return state.calls[state.taken]
    }
  }

  func place(_ order: CallOrder) async throws(DialerError) -> String {
    state.withLock { state in
      state.calls.append(order.id)
      state.moments.append(.now)
    }
    return "\(order.id)"
  }

  func hangUp(_ call: CallReference) async throws(DialerError) {}
  func lookUp(_ call: CallReference) async throws(DialerError) -> CallFindings { .unknown }
  func connect(_ call: CallReference, to agent: Agent) async throws(DialerError) {}
  func events() -> CallEvents { .none }
}
