import CampaignKit
import CampaignTesting
import Foundation

/// What the server has acknowledged to its clients, and to the carrier.
struct ServerLedger: Sendable {
  /// A campaign that was acknowledged.
  struct Entry: Sendable {
    let id: Campaign.ID
    /// The name that was acknowledged last.
    var name: String
    /// Names that it may have besides, since nobody has heard what came of the change.
    var doubtfulNames: Set<String> = []
    /// The numbers of leads that were acknowledged.
    var leads: Set<PhoneNumber> = []
    /// The numbers of leads that were sent.
    var sent: Set<PhoneNumber> = []
    var isStarted = false
  }

  private(set) var campaigns: [Campaign.ID: Entry] = [:]
  private(set) var agents: [String: String] = [:]
  /// Calls whose end the server has taken from the carrier.
  private(set) var ended: Set<Call.ID> = []
  /// How many writes were acknowledged, and of how many nothing was heard.
  private(set) var acknowledged = 0
  private(set) var unheard = 0
  private(set) var webhooks = 0

  mutating func made(_ id: Campaign.ID, _ name: String) {
    campaigns[id] = Entry(id: id, name: name)
    acknowledged += 1
  }

  mutating func renaming(_ id: Campaign.ID, _ name: String) { campaigns[id]?.doubtfulNames.insert(name) }

  mutating func renamed(_ id: Campaign.ID, _ name: String) {
    campaigns[id]?.name = name
    campaigns[id]?.doubtfulNames = []
    acknowledged += 1
  }

  mutating func sending(_ leads: [PhoneNumber], to id: Campaign.ID) { campaigns[id]?.sent.formUnion(leads) }

  mutating func added(_ leads: [PhoneNumber], to id: Campaign.ID) {
    campaigns[id]?.leads.formUnion(leads)
    acknowledged += 1
  }

  mutating func started(_ id: Campaign.ID) {
    campaigns[id]?.isStarted = true
    acknowledged += 1
  }

  mutating func made(agent id: String, _ name: String) {
    agents[id] = name
    acknowledged += 1
  }

  mutating func wasUnheard() { unheard += 1 }

  mutating func took(_ callback: ScriptedCallback) {
    webhooks += 1
    if callback.purpose == .status, callback["CallDuration"] != nil, let call = Call.ID(ofAddress: callback.url) {
      ended.insert(call)
    }
  }

  /// What a store has otherwise than it was acknowledged.
  func differences(in store: any CampaignStorage, of account: Account.ID) async throws -> [String] {
    var differences: [String] = []
    for entry in campaigns.values.sorted(by: { $0.id < $1.id }) {
      guard let campaign = try await store.campaign(entry.id) else {
        differences.append("the campaign \(entry.id) was acknowledged, and is not there")
        continue
      }
      if campaign.name != entry.name, !entry.doubtfulNames.contains(campaign.name) {
        differences.append("the campaign \(entry.id) is called \(campaign.name), not \(entry.name)")
      }
      if entry.isStarted, campaign.status == .draft {
        differences.append("the start of the campaign \(entry.id) was acknowledged, and it is a draft")
      }
      var counts: [PhoneNumber: Int] = [:]
      for lead in try await Self.leads(of: entry.id, in: store) { counts[lead.number, default: 0] += 1 }
      for number in entry.leads where counts[number] == nil {
        differences.append("the lead \(number) of \(entry.id) was acknowledged, and is lost")
      }
      for (number, count) in counts {
        if count > 1 { differences.append("the lead \(number) of \(entry.id) is there \(count) times") }
        if !entry.sent.contains(number) { differences.append("nobody has sent the lead \(number) of \(entry.id)") }
      }
    }
    for (id, name) in agents {
      guard let agent = Agent.ID(String(id.suffix(24))), try await store.agent(agent, of: account)?.name == name else {
        differences.append("the agent \(id) was acknowledged, and is not there")
        continue
      }
    }
    for id in ended {
      let call = try await store.call(id)
      if call?.status != .ended {
        let standing = call.map { "\($0.status)" } ?? "not there"
        differences.append("the end of the call \(id) was taken, and it is \(standing)")
      }
    }
    return differences
  }

  static func leads(of campaign: Campaign.ID, in store: any CampaignStorage) async throws -> [Lead] {
    var leads: [Lead] = []
    var page = PageRequest(limit: 1000)
    while true {
      let part = try await store.leads(LeadQuery(.campaign(campaign)), page: page)
      leads += part.elements
      guard let next = part.next else { return leads }
      page.start = .cursor(next)
    }
  }
}
