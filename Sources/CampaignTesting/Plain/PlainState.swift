import CampaignKit

/// What a plain store keeps: lists of the model's own values, in the order in which they came.
///
/// There is no index and no counter. Whatever can be recounted is recounted each time it is asked for.
struct PlainState: Sendable {
  var now: Timestamp
  let identifiers: IdentifierGenerator
  var isClosed = false

  var accounts: [Account] = []
  var users: [User] = []
  var keys: [APIKey] = []
  var campaigns: [Campaign] = []
  var contacts: [Contact] = []
  var lists: [ContactList] = []
  var members: [ContactList.ID: [Contact.ID]] = [:]
  var leads: [Lead] = []
  /// Leads with a live call that are to end with it, and how.
  var marks: [Lead.ID: Lead.Trigger] = [:]
  /// The next ordinal of each campaign.
  var ordinals: [Campaign.ID: Int] = [:]
  var calls: [Call] = []
  var agents: [Agent] = []
  var suppressions: [Suppression] = []
  var imports: [ImportBatch] = []
  var events: [Account.ID: [CampaignEvent]] = [:]
  var leases: [Campaign.ID: CampaignLease] = [:]
  /// When each lease was taken or renewed last.
  var leaseStarts: [Campaign.ID: Timestamp] = [:]
  /// The greatest token that each campaign's leases had.
  var tokens: [Campaign.ID: UInt64] = [:]
  var reservations: [SlotReservation] = []
  /// Under each rate's name the moment in milliseconds at which all that was started would be paid off.
  var rates: [String: Double] = [:]
  var systemLimit: Int
  var defaultAccountLimit: Int
  var cursors: [String: PlainPlace] = [:]

  init(now: Timestamp, identifiers: IdentifierGenerator, systemLimit: Int, defaultAccountLimit: Int) {
    self.now = now
    self.identifiers = identifiers
    self.systemLimit = systemLimit
    self.defaultAccountLimit = defaultAccountLimit
  }
}

// MARK: Finding

extension PlainState {
  func index(of id: Account.ID) throws(StoreError) -> Int {
    guard let index = accounts.firstIndex(where: { $0.id == id }) else { throw .missing("account") }
    return index
  }

  func index(of id: Campaign.ID) throws(StoreError) -> Int {
    guard let index = campaigns.firstIndex(where: { $0.id == id }) else { throw .missing("campaign") }
    return index
  }

  func index(of id: Lead.ID) throws(StoreError) -> Int {
    guard let index = leads.firstIndex(where: { $0.id == id }) else { throw .missing("lead") }
    return index
  }

  func index(of id: Call.ID) throws(StoreError) -> Int {
    guard let index = calls.firstIndex(where: { $0.id == id }) else { throw .missing("call") }
    return index
  }

  func index(of id: Contact.ID, in account: Account.ID) throws(StoreError) -> Int {
    guard let index = contacts.firstIndex(where: { $0.id == id && $0.account == account }) else {
      throw .missing("contact")
    }
    return index
  }

  func index(of id: Agent.ID, in account: Account.ID) throws(StoreError) -> Int {
    guard let index = agents.firstIndex(where: { $0.id == id && $0.account == account }) else {
      throw .missing("agent")
    }
    return index
  }

  func index(of id: ContactList.ID, in account: Account.ID) throws(StoreError) -> Int {
    guard let index = lists.firstIndex(where: { $0.id == id && $0.account == account }) else {
      throw .missing("list")
    }
    return index
  }

  func index(of id: ImportBatch.ID) throws(StoreError) -> Int {
    guard let index = imports.firstIndex(where: { $0.id == id }) else { throw .missing("import") }
    return index
  }

  /// The live calls that a condition picks.
  func liveCalls(_ condition: (Call) -> Bool) -> [Call] {
    calls.filter { $0.status.isLive && condition($0) }
  }
}

// MARK: Events and pages

extension PlainState {
  /// Appends an event to those of an account.
  mutating func tell(
    _ account: Account.ID, _ kind: CampaignEvent.Kind, campaign: Campaign.ID? = nil, lead: Lead.ID? = nil,
    call: Call.ID? = nil, agent: Agent.ID? = nil, status: String? = nil, count: Int? = nil
  ) {
    let sequence = UInt64(events[account, default: []].count) + 1
    events[account, default: []].append(
      CampaignEvent(
        sequence: sequence, account: account, at: now, kind: kind, campaign: campaign, lead: lead, call: call,
        agent: agent, status: status, count: count))
  }

  mutating func tell(_ call: Call, _ kind: CampaignEvent.Kind) {
    tell(
      call.account, kind, campaign: call.campaign, lead: call.lead, call: call.id, agent: call.agent,
      status: kind == .callDetected
        ? call.answeredBy?.rawValue : call.disposition?.rawValue ?? call.status.rawValue)
  }

  mutating func tell(_ lead: Lead) {
    tell(lead.account, .leadUpdated, campaign: lead.campaign, lead: lead.id, status: lead.status.rawValue)
  }

  func eventsAfter(_ sequence: UInt64, of account: Account.ID, limit: Int) throws(StoreError) -> [CampaignEvent] {
    _ = try index(of: account)
    return Array(events[account, default: []].filter { $0.sequence > sequence }.prefix(max(0, limit)))
  }

  /// The part of a list that is asked for. A cursor names the place of the last element that was given.
  mutating func page<Element>(
    _ elements: [Element], _ request: PageRequest, descending: Bool = false, place: (Element) -> PlainPlace
  ) throws(StoreError) -> Page<Element> {
    let sorted = elements.sorted {
      descending ? place($0) > place($1) : place($0) < place($1)
    }
    let rest: [Element]
    switch request.start {
    case .offset(let offset): rest = Array(sorted.dropFirst(max(0, offset)))
    case .cursor(let cursor):
      guard let last = cursors[cursor.text] else { throw StoreError(.invalid, "the cursor is not of this store") }
      rest = sorted.filter { descending ? place($0) < last : place($0) > last }
    }
    let part = Array(rest.prefix(max(0, request.limit)))
    var next: PageCursor?
    if rest.count > part.count, let last = part.last {
      let cursor = PageCursor(text: "c\(cursors.count)")
      cursors[cursor.text] = place(last)
      next = cursor
    }
    return Page(elements: part, total: request.countsTotal ? elements.count : nil, next: next)
  }
}

/// Where an element stands in a sorted list: by its key, then by its creation. No key comes first.
struct PlainPlace: Comparable, Sendable {
  var number: Int64?
  var text: String = ""
  var identifier: String

  static func < (left: Self, right: Self) -> Bool {
    let leftKey = (left.number == nil ? 0 : 1, left.number ?? 0)
    let rightKey = (right.number == nil ? 0 : 1, right.number ?? 0)
    if leftKey != rightKey { return leftKey < rightKey }
    return (left.text, left.identifier) < (right.text, right.identifier)
  }
}

extension StoreError {
  static func missing(_ what: String) -> StoreError {
    StoreError(.notFound, "there is no such \(what)")
  }
}

/// Whether one of some texts contains another, whatever the case; everything contains nil.
///
/// `String.contains` is not used: where Foundation is loaded it is Foundation's, and that one traps for some texts
/// with zeros or combining marks.
func matches(_ search: String?, _ texts: String?...) -> Bool {
  guard let search, !search.isEmpty else { return true }
  let needle = Array(search.lowercased())
  return texts.contains { text in
    guard let text else { return false }
    let all = Array(text.lowercased())
    guard needle.count <= all.count else { return false }
    return (0...all.count - needle.count).contains { Array(all[$0..<$0 + needle.count]) == needle }
  }
}
