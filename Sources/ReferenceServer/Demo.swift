import CampaignKit
import Foundation

/// Something to look at: people, agents, and a campaign that is dialling already.
enum Demo {
  /// Sees that nobody real would be called.
  static func check(_ settings: Settings) throws(UsageError) {
    guard !settings.isDemo || settings.isSimulated else {
      throw UsageError("--demo calls imaginary people, so leave it out with a real carrier")
    }
  }

  /// Makes the campaign unless the account has one.
  static func begin(on engine: CampaignEngine, in account: Account.ID, _ settings: Settings) async throws {
    let storage = engine.storage
    guard try await storage.campaignCounts(of: account).isEmpty else { return }
    let identifiers = IdentifierGenerator()
    let now = try await storage.now()
    for (index, name) in ["Ada", "Grace", "Katherine"].enumerated() {
      var agent = Agent(
        id: identifiers.next(at: now), account: account, kind: .person, name: name, createdAt: now)
      agent.group = "demo"
      agent.phone = PhoneNumber(e164: "+1415555019\(index)")
      agent.status = .available
      try await storage.insert(agent)
    }
    var campaign = Campaign(id: identifiers.next(at: now), account: account, name: "Demonstration", createdAt: now)
    campaign.description = "A hundred imaginary people, called by the simulated carrier"
    campaign.callerNumbers = [
      settings.defaultCaller.flatMap { PhoneNumber(e164: $0) }, PhoneNumber(e164: "+14155550100"),
    ]
    .compactMap { $0 }.prefix(1).map { $0 }
    campaign.compliance.keepsLegalHours = false
    campaign.retries = RetryPolicy(maximumAttempts: 2, retried: [.busy, .noAnswer], delay: .fixed(.seconds(60)))
    campaign = try await engine.create(campaign)
    let first = ["Ann", "Bo", "Cy", "Di", "Ed", "Fay", "Gus", "Hal", "Ida", "Jo"]
    let last = ["Abbot", "Beck", "Cole", "Dunn", "Eaton", "Frost", "Gray", "Hart", "Irwin", "Jones"]
    let leads = (0..<100).compactMap { index in
      // 555-0100 to 555-0199 are given to nobody.
      PhoneNumber(e164: "+121355501\(index / 10)\(index % 10)").map { number in
        NewLead(number: number, person: Person(firstName: first[index % 10], lastName: last[index / 10]))
      }
    }
    _ = try await storage.insert(leads, into: campaign.id, options: LeadInsertion())
    _ = try await engine.start(campaign.id)
  }
}
