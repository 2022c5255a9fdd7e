@testable import CampaignKit

/// Everything that can be asked of a store, as lines, so that two stores can be compared.
final class StoreView {
  /// What is not the same in an export and in the store it was made from.
  enum Scope {
    /// Everything.
    case whole
    /// Without leases and events, which are not exported, and the slots that reservations take.
    case exported
  }

  let store: any CampaignStorage
  let scope: Scope
  private var lines: [String] = []

  static func lines(of store: any CampaignStorage, _ scope: Scope = .whole) async throws -> [String] {
    let view = StoreView(store: store, scope: scope)
    try await view.look()
    return view.lines
  }

  private init(store: any CampaignStorage, scope: Scope) {
    self.store = store
    self.scope = scope
  }

  private func add(_ what: String, _ value: Any) { lines.append("\(what): \(value)") }

  private static let page = PageRequest(limit: 100_000, countsTotal: true)

  /// A list in one page, and again in pages of three.
  private func list<Element>(
    _ what: String, _ read: (PageRequest) async throws -> Page<Element>
  ) async throws -> [Element] {
    let whole = try await read(Self.page)
    var pieces: [Element] = []
    var request = PageRequest(limit: 3)
    while pieces.count <= whole.elements.count {
      let part = try await read(request)
      pieces += part.elements
      guard let next = part.next else { break }
      request.start = .cursor(next)
    }
    add("\(what) total", whole.total ?? -1)
    for element in whole.elements { add(what, Self.text(element)) }
    if whole.elements.map(Self.text) != pieces.map(Self.text) { add("\(what) in pieces", pieces.map(Self.text)) }
    return whole.elements
  }

  /// A value as text that does not depend on the order of sets and dictionaries.
  private static func text(_ value: some Any) -> String {
    if let campaign = value as? Campaign { return sorted(.campaign(campaign, nextOrdinal: 0)) }
    if let agent = value as? Agent { return sorted(.agent(agent, lastActiveAt: nil)) }
    return "\(value)"
  }

  private static func sorted(_ record: StoreRecord) -> String {
    (try? StoreLines.json(of: record).description) ?? "not JSON"
  }

  private func look() async throws {
    for account in try await list("account", { try await store.accounts($0) }) {
      let id = account.id
      if let name = account.externalID { add("by name", try await store.account(externalID: name)?.id == id) }
      for user in try await store.users(of: id) {
        add("user", user)
        add("by mail", try await store.user(email: user.email) == user)
      }
      for key in try await store.keys(of: id) {
        add("key", try await store.key(digest: key.digest) == key ? key : key.id)
      }
      let slots = try await store.slots(of: id)
      add("limits", "\(slots.systemLimit) \(slots.accountLimit)")
      if scope == .whole { add("slots", slots) }
      add("campaign counts", try await store.campaignCounts(of: id).sorted { $0.key.rawValue < $1.key.rawValue })
      try await lookAtContacts(id)
      try await lookAtCampaigns(id)
      try await lookAtCalls(id)
      try await lookAtAgents(id)
      try await lookAtRollup(.account(id))
      for number in try await store.callerNumbers(of: id, from: nil, until: nil) { add("number", number) }
      _ = try await list("suppression") { try await store.suppressions(of: id, page: $0) }
      add("last event", try await store.lastEvent(of: id))
      if scope == .whole {
        for event in try await events(of: id) { add("event", event) }
      }
    }
    _ = try await list("suppression of all") { try await store.suppressions(of: nil, page: $0) }
    if scope == .whole { add("unowned", try await store.unownedCampaigns(limit: 1000)) }
  }

  private func events(of account: Account.ID) async throws -> [CampaignEvent] {
    do {
      return try await store.events(of: account, after: 0, limit: 100_000)
    } catch {
      guard error.code == .gone, let oldest = error.oldest else { throw error }
      return try await store.events(of: account, after: oldest - 1, limit: 100_000)
    }
  }

  private func lookAtContacts(_ account: Account.ID) async throws {
    for contact in try await list("contact", { try await store.contacts(ContactQuery(account: account), page: $0) }) {
      add("by number", try await store.contact(number: contact.number, of: account)?.id == contact.id)
      add("suppressed", try await store.suppression(of: contact.number, for: account) as Any)
      let leads = try await store.leads(LeadQuery(.contact(contact.id)), page: Self.page).elements
      add("leads of the contact", leads.map(\.id))
    }
    let search = ContactQuery(account: account, search: "first-1", isDescending: true)
    add("found contacts", try await store.contacts(search, page: Self.page).elements.map(\.id))
    for contacts in try await store.lists(of: account) {
      add("list", contacts)
      let query = ContactQuery(account: account, list: contacts.id)
      add("on the list", try await store.contacts(query, page: Self.page).elements.map(\.id))
    }
  }

  private func lookAtCampaigns(_ account: Account.ID) async throws {
    for sort in CampaignQuery.Sort.allCases {
      let query = CampaignQuery(account: account, sort: sort)
      add("campaigns by \(sort)", try await store.campaigns(query, page: Self.page).elements.map(\.id))
    }
    for campaign in try await list("campaign", { try await store.campaigns(CampaignQuery(account: account), page: $0) })
    {
      let id = campaign.id
      add("counts", try await store.leadCounts(of: id) as Any)
      for lead in try await list("lead", { try await store.leads(LeadQuery(.campaign(id)), page: $0) }) {
        add("by ordinal", try await store.lead(ordinal: lead.ordinal, of: id)?.id == lead.id)
        add("by id", try await store.lead(lead.id) == lead)
      }
      for queue in try await store.queues(of: id).sorted(by: { "\($0.locality)" < "\($1.locality)" }) {
        // Of the leads that are due, any may be the one whose moment is told.
        let now = try await store.now()
        let due = queue.nextDueAt.map { $0 <= now ? "now" : "\($0)" } ?? "never"
        add("queue", "\(queue.locality) \(queue.waiting) due \(due)")
      }
      for batch in try await store.importBatches(of: id) {
        add("import", batch)
        add("by digest", try await store.importBatch(digest: batch.digest, into: id)?.id as Any)
      }
      if scope == .whole { add("lease", try await store.lease(of: id) as Any) }
      try await lookAtRollup(.campaign(id))
    }
    for sort in LeadQuery.Sort.allCases {
      let query = LeadQuery(.account(account), sort: sort, isDescending: true)
      add("leads by \(sort)", try await store.leads(query, page: Self.page).elements.map(\.id))
    }
    let search = LeadQuery(.account(account), statuses: [.waiting, .calling], search: "first-2")
    add("found leads", try await store.leads(search, page: Self.page).elements.map(\.id))
  }

  private func lookAtCalls(_ account: Account.ID) async throws {
    for call in try await list("call", { try await store.calls(CallQuery(account: account), page: $0) }) {
      add("by id", try await store.call(call.id) == call)
      if let carrier = call.carrier, let reference = call.carrierReference {
        add("by reference", try await store.call(carrier: carrier, reference: reference)?.id == call.id)
      }
      if let lead = call.lead {
        let query = CallQuery(account: account, lead: lead)
        add("of the lead", try await store.calls(query, page: Self.page).elements.map(\.id))
      }
      if let campaign = call.campaign {
        let query = CallQuery(account: account, campaign: campaign)
        add("of the campaign", try await store.calls(query, page: PageRequest(limit: 0, countsTotal: true)).total ?? -1)
      }
    }
    for query in [
      CallQuery(account: account, isLive: true), CallQuery(account: account, dispositions: [.busy, .answered]),
      CallQuery(account: account, answeredBy: [.human], isAscending: true),
    ] {
      add("calls", try await store.calls(query, page: Self.page).elements.map(\.id))
    }
  }

  private func lookAtAgents(_ account: Account.ID) async throws {
    let agents = try await list("agent") { try await store.agents(AgentQuery(account: account), page: $0) }
    let activities = try await store.activity(of: agents.map(\.id))
    for agent in agents {
      add("activity", activities[agent.id] as Any)
      let query = CallQuery(account: account, agent: agent.id)
      add("calls of the agent", try await store.calls(query, page: Self.page).elements.map(\.id))
      try await lookAtRollup(.agent(agent.id))
    }
  }

  private func lookAtRollup(_ scope: RollupScope) async throws {
    add("total", try await store.total(of: scope))
    for quarter in try await store.quarters(of: scope, from: nil, until: nil) { add("quarter", quarter) }
  }

  /// The first line in which two views differ.
  static func difference(_ left: [String], _ right: [String]) -> String? {
    for index in 0..<max(left.count, right.count) {
      let one = index < left.count ? left[index] : "nothing"
      let other = index < right.count ? right[index] : "nothing"
      if one != other { return "line \(index):\n  \(one)\n  \(other)" }
    }
    return nil
  }
}
