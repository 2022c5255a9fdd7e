import CampaignCarriers
import CampaignKit
import CampaignTesting

/// Lets an engine call through a campaign with one of the dialers, against a carrier on this machine where everything
/// goes wrong now and then, and compares what the store has with what the carrier did.
struct CarrierSoak: Sendable {
  var carrier: ScriptedCarrier.Kind
  /// How many people are called.
  var calls: Int
  var seed: UInt64
  var faults: WireFaults
  /// How many times as fast as the system's the clock of all is.
  var speed: Double
  /// The most calls at once.
  var atOnce = 200

  init(carrier: ScriptedCarrier.Kind, calls: Int, seed: UInt64 = 1, faults: WireFaults, speed: Double = 20) {
    (self.carrier, self.calls, self.seed, self.faults, self.speed) = (carrier, calls, seed, faults, speed)
  }

  /// Describes a campaign in which everything goes wrong that can.
  init(carrier: ScriptedCarrier.Kind, calls: Int, seed: UInt64 = 1, speed: Double = 20) {
    self.init(
      carrier: carrier, calls: calls, seed: seed, faults: carrier == .asterisk ? .overOneConnection : .all,
      speed: speed)
  }

  /// What came of it.
  struct Tally: Sendable {
    /// Calls that the engine decided to make, and those that the carrier has or had.
    var decided = 0
    var made = 0
    /// Requests for a call, requests in all, and connections.
    var orders = 0
    var requests = 0
    var connections = 0
    /// How calls ended, by the store.
    var endings: [Disposition: Int] = [:]
    /// Calls of whose events some were lost, and those of whose end it is not known how it was.
    var unheard = 0
    var untold = 0
    /// Slots that are still taken.
    var slots = 0
    /// What must not be.
    var problems: [String] = []
  }

  struct TakesTooLong: Error, CustomStringConvertible {
    var open: Int
    var description: String { "\(open) leads are still open" }
  }

  func run() async throws -> Tally {
    let clock = FastTime(speed: speed)
    let (callbacks, told) = AsyncStream.makeStream(of: ScriptedCallback.self)
    var scripted = ScriptedCarrier.Configuration()
    (scripted.clock, scripted.faults, scripted.seed) = (clock, faults, seed)
    scripted.script = CallPlot.mixed(seed: seed)
    let dialing = try ScriptedDialing(carrier, scripted, speed: speed) { told.yield($0) }
    var storing = LocalStore.Configuration()
    storing.time = clock
    let store = LocalStore(configuration: storing)
    let campaign = try await prepare(store)
    var running = EngineConfiguration()
    running.clock = clock
    running.silence = .seconds(60)
    let engine = CampaignEngine(storage: store, dialer: dialing.dialer, configuration: running)
    do {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await engine.run() }
        group.addTask { [carrier] in
          for await callback in callbacks {
            if let event = carrier.reporting?.event(callback) { await engine.take(event) }
          }
        }
        _ = try await engine.start(campaign.id)
        try await wait(for: campaign.id, in: store)
        engine.stop()
        await dialing.carrier.rest()
        told.finish()
        try await group.waitForAll()
      }
    } catch {
      await dialing.carrier.stop()
      throw error
    }
    let books = dialing.carrier.books
    await dialing.carrier.stop()
    return try await compare(store, campaign, books)
  }

  private func prepare(_ store: LocalStore) async throws -> Campaign {
    let identifiers = IdentifierGenerator()
    let now = try await store.now()
    var account = Account(id: identifiers.next(at: now), name: "Soak", createdAt: now)
    account.concurrencyLimit = 10_000
    try await store.insert(account)
    try await store.setSystemLimit(10_000)
    var campaign = Campaign(id: identifiers.next(at: now), account: account.id, name: "Soak", createdAt: now)
    campaign.compliance.keepsLegalHours = false
    campaign.pacing.maximumConcurrentCalls = atOnce
    campaign.machineDetection.mode = .fast
    campaign.ringTime = .seconds(20)
    campaign.longestCall = .seconds(600)
    campaign.retries.maximumAttempts = 1
    campaign = try await store.insert(campaign)
    let leads = (0..<calls).compactMap { PhoneNumber(digits: 12_000_000_000 + UInt64($0)).map { NewLead(number: $0) } }
    for start in stride(from: 0, to: leads.count, by: 5000) {
      _ = try await store.insert(
        Array(leads[start..<min(start + 5000, leads.count)]), into: campaign.id, options: LeadInsertion())
    }
    return campaign
  }

  /// Waits until every lead is done, as long as something becomes of them.
  private func wait(for campaign: Campaign.ID, in store: LocalStore) async throws {
    var open = calls
    var since = ContinuousClock.now
    while open > 0 {
      try await Task.sleep(for: .milliseconds(20))
      let left = try await store.leadCounts(of: campaign)?.open ?? 0
      if left < open { (open, since) = (left, .now) }
      guard ContinuousClock.now - since < .seconds(120) else { throw TakesTooLong(open: open) }
    }
  }

  private func compare(
    _ store: LocalStore, _ campaign: Campaign, _ books: ScriptedCarrier.Books
  ) async throws -> Tally {
    var tally = Tally()
    (tally.made, tally.orders) = (books.calls.count, books.orders.count)
    (tally.requests, tally.connections) = (books.requests, books.connections)
    tally.slots = try await store.slots(of: campaign.account).accountActive
    if tally.slots > 0 { tally.problems.append("\(tally.slots) slots are still taken") }
    var made: [Call.ID: ScriptedCall] = [:]
    for call in books.calls {
      guard let id = Call.ID(call) else {
        tally.problems.append("a call has no name of ours")
        continue
      }
      if made.updateValue(call, forKey: id) != nil { tally.problems.append("the call \(id) was placed twice") }
    }
    for call in try await Self.calls(of: campaign, in: store) {
      tally.decided += 1
      let line = made.removeValue(forKey: call.id)
      guard let disposition = call.disposition, call.status == .ended else {
        tally.problems.append("the call \(call.id) has no end")
        continue
      }
      tally.endings[disposition, default: 0] += 1
      let isUnheard = carrier == .asterisk && line?.lostEvents ?? 0 > 0
      if isUnheard { tally.unheard += 1 }
      // How a call ended of which nobody heard the end is not known, and that is what is said then; nor is it known of
      // an order in doubt, of which nothing was heard, whether it ever was a call.
      if isUnheard, disposition == .unknown || call.failure?.code == "unheard" {
        tally.untold += 1
      } else if !Self.agrees(disposition, line) {
        let told = line.map { "\($0.outcome.map(\.rawValue) ?? "going on")" } ?? "no call"
        tally.problems.append("the call \(call.id) is \(disposition) in the store, and \(told) with the carrier")
      }
    }
    for id in made.keys { tally.problems.append("the carrier has a call \(id) that the store does not have") }
    return tally
  }

  private static func calls(of campaign: Campaign, in store: LocalStore) async throws -> [Call] {
    var query = CallQuery(account: campaign.account)
    query.campaign = campaign.id
    var calls: [Call] = []
    var page = PageRequest(limit: 500)
    while true {
      let found = try await store.calls(query, page: page)
      calls += found.elements
      guard let next = found.next else { return calls }
      page = PageRequest(limit: 500, start: .cursor(next))
    }
  }

  /// Whether an end in the store is what the carrier knows of the call.
  static func agrees(_ disposition: Disposition, _ call: ScriptedCall?) -> Bool {
    guard let call else { return [.failed, .unknown, .cancelled].contains(disposition) }
    switch call.outcome {
    // Whether it was a machine is told by one callback alone, which may be lost.
    case .completed: return disposition == .answered || disposition == .machine && call.answeredBy != .human
    case .busy: return disposition == .busy
    // Who looks a call up is not told that it was declined.
    case .rejected: return disposition == .rejected || disposition == .busy
    case .noAnswer: return disposition == .noAnswer
    case .cancelled: return disposition == .cancelled
    case .failed: return disposition == .failed
    case nil: return false
    }
  }
}

extension WireFaults {
  /// Everything goes wrong that can with a PBX whose events come over one connection: it is cut now and then and what
  /// was on its way is lost, it stalls, and events come twice.
  static let overOneConnection = {
    var faults = WireFaults.all
    (faults.dropped, faults.delayed, faults.reordered) = (0.0005, 0.0005, 0)
    faults.delay = .seconds(4)
    return faults
  }()
}
