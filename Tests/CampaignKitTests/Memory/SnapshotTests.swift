import CampaignTesting
import Testing

@testable import CampaignKit

@Suite struct SnapshotTests {
  /// A snapshot with something of everything. Of what has no order there is one, so that the bytes are the same.
  private static func tables() throws -> Tables {
    var state = StoreState(seed: 161)
    let now = Samples.moment
    let lease = try state.begin(leads: 1500, at: now)
    var user = Samples.user
    user.account = Samples.id(1)
    try state.insert(user, at: now)
    try state.insert(Samples.key, at: now)
    try state.insert(Samples.agent, at: now)
    try state.insert(Samples.list, at: now)
    var batch = Samples.batch
    batch.campaign = lease.campaign
    try state.insert(batch, at: now)
    _ = try state.suppress(Samples.suppressions, at: now)
    _ = try state.reserve(2, of: Samples.id(1), for: .seconds(99), note: "n", at: now)
    let order = SingleCall(
      account: Samples.id(1), to: samplePhone, rates: [RateLimit(name: "carrier", perSecond: 1)], metadata: Samples.json
    )
    _ = try? state.begin(order, at: now)
    let claim = try state.claim(1100, lease, at: now + .seconds(1))
    for (number, call) in claim.calls.enumerated() {
      _ = try state.record(
        .placed(carrier: "c", reference: "R\(number)", at: now), of: call.call, at: now + .seconds(2))
      if number % 3 == 0 {
        _ = try state.finish(
          call.call, CallEnding(.busy, next: .complete, talkTime: .milliseconds(1)), at: now + .seconds(3))
      }
    }
    return state.tables
  }

  /// What the tables hold, as text: the bytes of a snapshot have padding, and sets in any order.
  private static func content(of tables: Tables) -> [String] {
    var content: [String] = []
    for chunk in tables.contacts.chunks { content += chunk.map { "\($0)" } }
    for chunk in tables.calls.chunks { content += chunk.map { "\($0)" } }
    for chunk in tables.numbers.chunks { content += chunk.map { "\($0)" } }
    for owner in tables.suppressionOwners {
      content += tables.suppressions[owner]?.elements(limit: .max).map { "\(owner) \($0)" } ?? []
    }
    for payload in tables.contactPayloads + tables.callPayloads + tables.segments.map(\.payload) {
      content.append("\(payload.bytes.hashValue) \(payload.garbage)")
    }
    for segment in tables.segments {
      content.append("\(segment.campaign) \(segment.base) \(segment.counts) \(segment.status) \(segment.priority)")
      content.append("\(segment.next) \(segment.last)")
      content += segment.core.map { "\($0)" }
    }
    for account in tables.accounts {
      content.append("\(account.account.hashValue) \(account.rollups) \(account.events.last)")
      content.append("\(account.liveCalls) \(account.oldestLive) \(account.newestLive)")
      content += account.events.all.map { "\($0)" }
    }
    for campaign in tables.campaigns {
      content.append("\(campaign.campaign.hashValue) \(campaign.rollups) \(campaign.counts) \(campaign.segments)")
      content.append("\(campaign.leaseToken) \(campaign.leaseEnd) \(campaign.leaseOwner ?? "") \(campaign.liveCalls)")
    }
    for agent in tables.agents { content.append("\(agent.agent.hashValue) \(agent.rollups) \(agent.talkTime)") }
    for list in tables.lists { content.append("\(list.list) \(list.members)") }
    content.append("\(tables.users) \(tables.keys) \(tables.batches) \(tables.reservations) \(tables.rates)")
    content.append("\(tables.texts.texts) \(tables.localities.localities)")
    content.append("\(tables.systemLimit) \(tables.defaultAccountLimit) \(tables.liveCalls)")
    return content
  }

  private static func bytes(of tables: Tables) throws -> [UInt8] {
    let sink = GatheringSink()
    try tables.write(to: sink)
    return sink.bytes
  }

  private func load(_ bytes: [UInt8], pieces: (Int) -> Int) throws(StoreError) -> SnapshotLoader {
    let result = bytes.withUnsafeBytes { all in
      Result { () throws(StoreError) in
        var loader = SnapshotLoader()
        var start = 0
        while start < all.count {
          let end = min(all.count, start + max(1, pieces(start)))
          try loader.take(UnsafeRawBufferPointer(rebasing: all[start..<end]))
          start = end
        }
        return loader
      }
    }
    return try result.get()
  }

  @Test func anySplitGivesTheSameTables() throws {
    let tables = try Self.tables()
    let content = Self.content(of: tables)
    let bytes = try Self.bytes(of: tables)
    var dice = Dice(162)
    let splits: [(Int) -> Int] = [
      { _ in .max / 2 }, { _ in 1 }, { _ in 4096 }, { _ in 5 }, { _ in dice(1...3000) }, { _ in dice(1...8) },
    ]
    for split in splits {
      let loader = try load(bytes, pieces: split)
      #expect(loader.isComplete)
      let isSame = Self.content(of: loader.tables) == content
      #expect(isSame)
    }
  }

  @Test func anEmptyStoreReadsBack() throws {
    let bytes = try Self.bytes(of: Tables())
    let loader = try load(bytes) { _ in 7 }
    #expect(loader.isComplete)
    #expect(try Self.bytes(of: loader.tables) == bytes)
  }

  /// The same leads are waiting, and the same calls are live, in a store that opens from the snapshot.
  @Test func aStoreGoesOnFromASnapshot() throws {
    let loader = try load(try Self.bytes(of: try Self.tables())) { _ in 100_000 }
    var state = StoreState(seed: 163)
    let now = Samples.moment + .seconds(10)
    try state.load(loader.tables, at: now)
    let campaign = Campaign.ID(high: Samples.id(2, Campaign.self).high, low: 2)
    let queues = try state.queues(of: campaign, at: now).map(\.waiting).reduce(0, +)
    #expect(queues == 400)
    let counts = state.tables.campaigns[0].counts
    #expect(counts.waiting == 400 && counts.calling + counts.completed == 1100)
    let row = state.callRow(carrier: "c", reference: "R7")
    #expect(row != nil)
    let held = state.lease(of: campaign)
    let lease = try #require(held)
    let claim = try state.claim(1000, lease, at: now)
    #expect(claim.calls.count == 400)
  }

  /// Programs before this one counted calls that a machine had answered with their agents, and gave them some.
  @Test func callsOfMachinesAreNotTakenForThoseOfAgents() throws {
    let now = Samples.moment
    var state = StoreState(seed: 168)
    let lease = try state.begin(leads: 4, at: now)
    let calls = try state.claim(4, lease, at: now).calls.map(\.call)
    var campaign = state.tables.campaigns[0].campaign
    campaign.agents.group = "sales"
    _ = try state.update(campaign, at: now)
    var agent = Samples.agent
    agent.status = .available
    agent.isActive = true
    try state.insert(agent, at: now)
    for call in calls.prefix(2) {
      let assigned = try state.assign(call, to: [agent.id], at: now)
      #expect(assigned == agent.id)
    }
    for call in [calls[0], calls[2]] { _ = try state.record(.detected(.machineStart), of: call, at: now) }
    let machine = try state.callRow(calls[2])
    var old = state.tables
    #expect(old.agents[0].currentCalls == 1 && old.campaigns[0].unassigned == 1)
    old.agents[0].currentCalls = 2
    old.campaigns[0].unassigned = 2
    old.calls[machine].awaitsAgent = true
    try state.load(try load(try Self.bytes(of: old)) { _ in 100_000 }.tables, at: now)
    #expect(state.tables.agents[0].currentCalls == 1 && state.tables.campaigns[0].unassigned == 1)
    // As it stands in a journal that such a program has written.
    try state.apply(.assigned(call: machine, agent: 0), at: now)
    #expect(state.tables.agents[0].currentCalls == 1 && state.tables.campaigns[0].unassigned == 1)
    for call in calls { _ = try state.finish(call, CallEnding(.voicemail, next: .complete), at: now) }
    #expect(state.tables.agents[0].currentCalls == 0 && state.tables.campaigns[0].unassigned == 0)
  }

  @Test func everyTruncationIsRefusedOrHasNoEnd() throws {
    var small = StoreState(seed: 164)
    let lease = try small.begin(leads: 3, at: Samples.moment)
    _ = try small.claim(1, lease, at: Samples.moment)
    try small.insert(Samples.agent, at: Samples.moment)
    _ = try small.suppress(Samples.suppressions, at: Samples.moment)
    let bytes = try Self.bytes(of: small.tables)
    for length in 0..<bytes.count {
      if let loader = try? load(Array(bytes[..<length]), pieces: { _ in 1 << 20 }) {
        #expect(!loader.isComplete, "cut to \(length) of \(bytes.count)")
      }
    }
    #expect(throws: StoreError.self) { try load(bytes + [0], pieces: { _ in 1 << 20 }) }
  }

  @Test(arguments: [165, 166, 167] as [UInt64])
  func noMutationTraps(seed: UInt64) throws {
    var small = StoreState(seed: seed)
    let lease = try small.begin(leads: 5, at: Samples.moment)
    _ = try small.claim(2, lease, at: Samples.moment)
    try small.insert(Samples.agent, at: Samples.moment)
    try small.insert(Samples.list, at: Samples.moment)
    _ = try small.suppress(Samples.suppressions, at: Samples.moment)
    let bytes = try Self.bytes(of: small.tables)
    var dice = Dice(seed)
    var refused = 0
    for _ in 0..<4000 {
      var changed = bytes
      for _ in 0..<dice(1...3) {
        changed[dice(0...bytes.count - 1)] =
          dice.coin() ? UInt8(truncatingIfNeeded: dice.word()) : dice.pick([0, 1, 127, 128, 255], or: 0)
      }
      do {
        let loader = try load(changed) { _ in 1 << 20 }
        _ = loader.tables.liveCalls
      } catch {
        refused += 1
      }
    }
    #expect(refused > 400, "seed \(seed)")
  }

  @Test func aSnapshotOfAnotherShapeIsRefused() throws {
    var bytes = try Self.bytes(of: Tables())
    bytes[6] += 1
    let error = #expect(throws: StoreError.self) { try load(bytes) { _ in 1000 } }
    #expect(error?.code == .damaged && error?.message.contains("lays out") == true)
    bytes[6] -= 1
    bytes[5] += 1
    #expect(throws: StoreError.self) { try load(bytes) { _ in 1000 } }
  }

  @Test func aStreamOfMoreEventsThanItsNumberIsRefused() throws {
    var record = AccountRecord(account: Samples.account)
    record.events = EventRing(last: 1, rows: [EventRow(at: 1, kind: 0), EventRow(at: 2, kind: 0)])
    let bytes = writing { record.write(to: &$0) }
    #expect(throws: StoreError.self) {
      try reading(bytes) { (r) throws(StoreError) in _ = try AccountRecord(from: &r) }
    }
    record.events = EventRing(last: .max, rows: [])
    let last = writing { record.write(to: &$0) }
    #expect(throws: StoreError.self) { try reading(last) { (r) throws(StoreError) in _ = try AccountRecord(from: &r) } }
  }
}
