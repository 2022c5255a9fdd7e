import CampaignKit
import CampaignTesting

// Who gets the next free line? A policy of one's own, made of the one that comes with the library: it keeps a line free
// for calls that people make by hand. Time is virtual, so that half an hour of calls takes a moment.

/// Shares fairly, but leaves so many lines alone.
///
/// A policy proposes, and the store keeps the limits: what is being claimed at this moment is not in the situation yet, so
/// that a line is taken now and then all the same.
struct KeepingFree: ConcurrencyPolicy {
  var lines: Int

  func shares(in situation: PacingSituation) -> [Int] {
    var situation = situation
    situation.systemFree -= lines
    for account in situation.accounts.keys { situation.accounts[account]?.free -= lines }
    return FairSharing().shares(in: situation)
  }
}

@main struct Main {
  static func main() async throws {
    print(
      "two campaigns, A with 16 people and B with 8, four lines; each letter is a call, in the order of their begin:")
    print("  FairSharing   \(try await calls(with: .fair))")
    print("  KeepingFree   \(try await calls(with: KeepingFree(lines: 1)))")
  }

  /// The calls of both campaigns, and how many there were at once.
  static func calls(with policy: any ConcurrencyPolicy) async throws -> String {
    try await VirtualTime.run { time in
      var configuration = EngineConfiguration()
      configuration.policy = policy
      let engine = time.engine(configuration: configuration)
      let identifiers = IdentifierGenerator(random: SeededGenerator(seed: 2))
      let now = time.now()
      var account = Account(id: identifiers.next(at: now), name: "Acme", createdAt: now)
      account.concurrencyLimit = 4
      try await engine.storage.insert(account)
      var letters: [Campaign.ID: String] = [:]
      for (name, people) in [("A", 16), ("B", 8)] {
        var campaign = Campaign(id: identifiers.next(at: now), account: account.id, name: name, createdAt: now)
        campaign.compliance.keepsLegalHours = false
        campaign.retries.maximumAttempts = 1
        campaign = try await engine.create(campaign)
        letters[campaign.id] = name
        let leads = (0..<people).compactMap { person in
          PhoneNumber(digits: 14_155_550_000 + UInt64(letters.count * 1000 + person * 10 + 9))
            .map { NewLead(number: $0) }
        }
        _ = try await engine.storage.insert(leads, into: campaign.id, options: LeadInsertion())
        _ = try await engine.start(campaign.id)
      }

      async let engineRun: Void = engine.run()
      var open = letters.count
      for try await event in engine.events(of: account.id, after: 0) where event.status == "completed" {
        guard event.kind == .campaignStatusChanged else { continue }
        open -= 1
        if open == 0 { break }
      }
      engine.stop()
      try await engineRun
      var query = CallQuery(account: account.id)
      query.isAscending = true
      let calls = try await engine.storage.calls(query, page: PageRequest(limit: 100)).elements
      let atOnce = calls.map { call in
        calls.count { $0.createdAt <= call.createdAt && call.createdAt < ($0.endedAt ?? .distantFuture) }
      }
      return calls.map { $0.campaign.flatMap { letters[$0] } ?? "?" }.joined()
        + ", usually \(atOnce.sorted()[atOnce.count / 2]) lines, done after \(time.elapsed.components.seconds / 60) minutes"
    }
  }
}
