import CampaignKit
import CampaignTesting
import JSON
import Testing

@testable import Simulate

@Suite struct StorePortingTests {
  /// A store that was imported says the same as the one that was exported, and is exported to the same bytes.
  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func keepsEverything(seed: UInt64) async throws {
    let scene = try await StoreScene(seed: seed, steps: 1500)
    let bytes = try await StoreSupport.export(scene.store)
    let copy = LocalStore(configuration: StoreSupport.configuration(scene.time, seed: seed + 1))
    let tally = try await copy.importLines(StoreSupport.pieces(bytes, seed: seed))
    #expect(tally.leads > 20 && tally.calls > 20 && tally.agents > 0, "seed \(seed)")
    let again = try await StoreSupport.export(copy)
    let difference = StoreView.difference(StoreSupport.lines(bytes), StoreSupport.lines(again))
    #expect(difference == nil, "seed \(seed)")
    let views = (
      try await StoreView.lines(of: scene.store, .exported), try await StoreView.lines(of: copy, .exported)
    )
    #expect(StoreView.difference(views.0, views.1) == nil, "seed \(seed)")
    var recount = Recount(copy)
    try await recount.run()
    // Reservations are not exported, so the slots of the copy are those of its calls.
    #expect(recount.differences.isEmpty, "seed \(seed)")
  }

  /// The original and the copy go on the same way: claims, endings, assignments and ordinals.
  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func goesOnTheSame(seed: UInt64) async throws {
    let scene = try await StoreScene(seed: seed, steps: 1200)
    // What is not exported is given up first.
    for reservation in scene.workloads.flatMap(\.reservations) { try await scene.store.release(reservation.id) }
    for campaign in scene.workloads.flatMap(\.campaigns) {
      if let lease = try await scene.store.lease(of: campaign.id) { try await scene.store.release(lease) }
    }
    scene.time.advance(by: .seconds(2))
    let bytes = try await StoreSupport.export(scene.store)
    let copy = LocalStore(configuration: StoreSupport.configuration(scene.time, seed: 77))
    try await copy.importLines(StoreSupport.pieces(bytes, seed: seed))
    for step in 0..<3 {
      var first = Workload(scene.store, number: 0, seed: seed + 100) { _ in }
      var second = Workload(copy, number: 0, seed: seed + 100) { _ in }
      for _ in 0..<150 {
        try await first.step()
        try await second.step()
      }
      // Identifiers that a store gives differ, so counts are compared, and what leads there are.
      let summaries = (try await summary(scene.store), try await summary(copy))
      #expect(StoreView.difference(summaries.0, summaries.1) == nil, "seed \(seed), step \(step)")
    }
  }

  private func summary(_ store: LocalStore) async throws -> [String] {
    var lines: [String] = []
    let page = PageRequest(limit: 100_000)
    for account in try await store.accounts(page).elements {
      lines.append("\(try await store.total(of: .account(account.id)))")
      lines.append("events \(try await store.lastEvent(of: account.id))")
      for campaign in try await store.campaigns(CampaignQuery(account: account.id), page: page).elements {
        lines.append("\(campaign.id) \(campaign.status) \(try await store.leadCounts(of: campaign.id) as Any)")
        for lead in try await store.leads(LeadQuery(.campaign(campaign.id)), page: page).elements {
          lines.append(
            "\(lead.ordinal) \(lead.number) \(lead.status) \(lead.attempts) \(lead.nextAttemptAt as Any) \(lead.priority)"
          )
        }
      }
      let agents = try await store.agents(AgentQuery(account: account.id), page: page).elements.map(\.id)
      lines.append("\(try await store.activity(of: agents).sorted { $0.key < $1.key }.map(\.value))")
    }
    return lines
  }

  /// An import through a log, with snapshots in between, is there after the store was opened anew.
  @Test(arguments: [400, 20_000, 1 << 20])
  func survivesReopening(snapshotEvery: Int) async throws {
    let scene = try await StoreScene(seed: 21, steps: 1200)
    let bytes = try await StoreSupport.export(scene.store)
    var disk = LossyFileSystem()
    let configuration = StoreSupport.configuration(scene.time, seed: 5, snapshotEvery: snapshotEvery)
    let copy = try StoreSupport.open(disk, configuration)
    try await copy.importLines(StoreSupport.pieces(bytes, seed: 4))
    let view = try await StoreView.lines(of: copy)
    disk = disk.restart()
    let opened = try StoreSupport.open(disk, configuration)
    #expect(StoreView.difference(view, try await StoreView.lines(of: opened)) == nil)
    #expect(try await StoreSupport.export(opened) == bytes)
  }

  /// A store that is not empty takes no records, nor one that was changed after the first.
  @Test func refusesAStoreThatIsNotEmpty() async throws {
    let scene = try await StoreScene(seed: 3, steps: 200)
    let bytes = try await StoreSupport.export(scene.store)
    let error = await #expect(throws: StoreError.self) {
      try await scene.store.importLines(StoreSupport.pieces(bytes, seed: 4))
    }
    #expect(error?.code == .notPermitted)
    // It is refused before a line is read.
    let unread = await #expect(throws: StoreError.self) {
      try await scene.store.importLines(StoreSupport.pieces(Array("no export\n".utf8), seed: 4))
    }
    #expect(unread?.code == .notPermitted)
    let copy = LocalStore()
    let now = Timestamp(milliseconds: 1)
    try await copy.restore([.limits(system: 5, account: 1)])
    try await copy.insert(Account(id: Account.ID(high: 1, low: 1), name: "A", createdAt: now))
    let late = await #expect(throws: StoreError.self) { try await copy.restore([.limits(system: 6, account: 1)]) }
    #expect(late?.code == .notPermitted)
  }

  /// An export that is cut off anywhere is noticed, and so is one in which a line is missing.
  @Test func noticesWhatIsMissing() async throws {
    let scene = try await StoreScene(seed: 4, steps: 300)
    let bytes = try await StoreSupport.export(scene.store)
    var random = SeededGenerator(seed: 9)
    for _ in 0..<60 {
      let length = Int.random(in: 0..<bytes.count - 1, using: &random)
      await #expect(throws: StoreLinesError.self, "cut after \(length) bytes") {
        try await LocalStore().importLines(StoreSupport.pieces(Array(bytes[..<length]), seed: 1))
      }
    }
    let lines = StoreSupport.lines(bytes)
    for line in [0, 1, 2, lines.count / 2, lines.count - 2, lines.count - 1] {
      var shorter = lines
      shorter.remove(at: line)
      let text = Array(shorter.joined(separator: "\n").utf8)
      await #expect(throws: StoreLinesError.self, "without line \(line + 1)") {
        try await LocalStore().importLines(StoreSupport.pieces(text, seed: 1))
      }
    }
    // The end of the last line may be missing, and lines may end as on other systems.
    for whole in [lines.joined(separator: "\n"), lines.joined(separator: "\r\n") + "\r\n"] {
      try await LocalStore().importLines(StoreSupport.pieces(Array(whole.utf8), seed: 1))
    }
  }

  @Test(arguments: [
    (#"{"format":"something","version":1}"#, 1, "first line"), (#"{"version":1}"#, 1, "first line"),
    (#"{"format":"CampaignKit store","version":9}"#, 1, "version 9"), ("not JSON", 2, "not JSON"),
    (#"{"limits":{"system":1}}"#, 2, "limits.account is missing"), (#"{"thing":{}}"#, 2, "no kind"),
    (#"{"limits":{"system":-1,"account":1}}"#, 2, "below zero"), (#"{"end":{}}"#, 2, "end.limits is missing"),
    (
      #"{"suppression":{"pattern":"+14155550100","account":"000000000000000000000001","source":"s","addedAt":"2025-01-01T00:00:00.000Z"}}"#,
      2, "account before it"
    ), ("", 2, "not JSON"), (#"{"suppression":{"pattern":"12"}}"#, 2, "suppression.pattern is not"),
  ])
  func namesLineAndReason(text: String, line: Int, reason: String) async throws {
    let head = line == 1 ? "" : #"{"format":"CampaignKit store","version":1}"# + "\n"
    let error = await #expect(throws: StoreLinesError.self) {
      try await LocalStore().importLines(StoreSupport.pieces(Array((head + text + "\n").utf8), seed: 1))
    }
    #expect(error?.line == line)
    #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
    #expect(error?.reason.contains("4155550100") == false)
  }

  /// A lead whose call does not follow would be in it for ever.
  @Test func noticesACallThatIsMissing() async throws {
    let scene = try await StoreScene(seed: 4, steps: 300)
    let lines = StoreSupport.lines(try await StoreSupport.export(scene.store))
    let live = try #require(lines.compactMap { $0.firstMatch(of: /"liveCall":"([0-9a-f]{24})"/) }.first)
    let id = String(live.1)
    let call = try #require(lines.lastIndex { $0.contains(id) })
    var shorter = lines
    shorter.remove(at: call)
    let tail = try #require(shorter.indices.last)
    let calls = try #require(shorter[tail].firstMatch(of: /"calls":(\d+)/))
    shorter[tail].replaceSubrange(calls.range, with: "\"calls\":\((Int(calls.1) ?? 0) - 1)")
    let error = await #expect(throws: StoreLinesError.self) {
      try await LocalStore().importLines(
        StoreSupport.pieces(Array(shorter.joined(separator: "\n").utf8), seed: 1))
    }
    #expect(error?.line == shorter.count)
    #expect(error?.reason.contains(id) == true, "\(error?.reason ?? "")")
  }

  /// Random damage of an export is refused, or gives a store that is whole.
  @Test func surviveDamage() async throws {
    let scene = try await StoreScene(seed: 6, steps: 300)
    let lines = StoreSupport.lines(try await StoreSupport.export(scene.store))
    var random = SeededGenerator(seed: 11)
    for trial in 0..<150 {
      var damaged = lines
      let index = Int.random(in: 1..<lines.count - 1, using: &random)
      let other = Int.random(in: 1..<lines.count - 1, using: &random)
      switch trial % 3 {
      case 0: damaged.swapAt(index, other)
      case 1: damaged[index] = damaged[other]
      default:
        var bytes = Array(damaged[index].utf8)
        let place = Int.random(in: 0..<bytes.count, using: &random)
        bytes[place] = UInt8.random(in: 32..<127, using: &random)
        damaged[index] = String(decoding: bytes, as: UTF8.self)
      }
      let copy = LocalStore(configuration: StoreSupport.configuration(scene.time, seed: 5))
      do {
        try await copy.importLines(StoreSupport.pieces(Array(damaged.joined(separator: "\n").utf8), seed: 1))
      } catch is StoreLinesError {
        continue
      }
      // It was taken in, so it must be possible to work with it.
      var workload = Workload(copy, number: 0, seed: UInt64(trial)) { _ in }
      for _ in 0..<100 { try await workload.step() }
    }
  }
}
