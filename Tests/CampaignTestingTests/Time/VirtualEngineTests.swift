import CampaignKit
import CampaignTesting
import Testing

@Suite struct VirtualEngineTests {
  @Test("An engine in virtual time makes the same calls each time, and others with another seed")
  func sameCalls() async throws {
    let first = try await Self.calls(seed: 1)
    #expect(first.count == 3)
    #expect(try await Self.calls(seed: 1) == first)
    let other = try await Self.calls(seed: 2)
    #expect(other.count == 3)
    #expect(Set(other.map(\.id)).isDisjoint(with: first.map(\.id)))
  }

  private static func calls(seed: UInt64) async throws -> [Call] {
    try await VirtualTime.run { time in
      let engine = time.engine(seed: seed)
      let identifiers = IdentifierGenerator(random: SeededGenerator(seed: 9))
      let account = Account(id: identifiers.next(at: time.now()), name: "Acme", createdAt: time.now())
      try await engine.storage.insert(account)
      var campaign = Campaign(
        id: identifiers.next(at: time.now()), account: account.id, name: "Renewals", createdAt: time.now())
      campaign.compliance.keepsLegalHours = false
      campaign.retries.maximumAttempts = 1
      campaign = try await engine.create(campaign)
      let leads = try (0..<3 as Range<UInt64>).map {
        NewLead(number: try #require(PhoneNumber(digits: 14_155_550_009 + 10 * $0)))
      }
      _ = try await engine.storage.insert(leads, into: campaign.id, options: LeadInsertion())
      async let running: Void = engine.run()
      _ = try await engine.start(campaign.id)
      for try await event in engine.events(of: account.id, after: 0) where event.status == "completed" {
        if event.kind == .campaignStatusChanged { break }
      }
      engine.stop()
      try await running
      return try await engine.storage.calls(CallQuery(account: account.id), page: PageRequest(limit: 10)).elements
    }
  }
}
