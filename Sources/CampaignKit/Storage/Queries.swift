/// Which part of a list to return.
public struct PageRequest: Hashable, Sendable {
  /// Where a page starts.
  public enum Start: Hashable, Sendable {
    /// After so many elements.
    case offset(Int)
    /// After the page that gave this cursor. Elements that come or go meanwhile neither repeat nor hide others.
    case cursor(PageCursor)
  }

  /// The most elements to return; a store may return fewer than asked only at the end of the list.
  public var limit: Int
  /// Where the page starts.
  public var start: Start
  /// Whether to count all elements that match.
  public var countsTotal: Bool

  /// Creates a request; without arguments, the first 50.
  public init(limit: Int = 50, start: Start = .offset(0), countsTotal: Bool = false) {
    self.limit = limit
    self.start = start
    self.countsTotal = countsTotal
  }
}

/// A place in a list, good only for the store and the query that made it.
public struct PageCursor: Hashable, Sendable, Codable {
  /// The text of the cursor; it can be put into a URL as it is.
  public var text: String

  /// Creates a cursor from its text.
  public init(text: String) {
    self.text = text
  }
}

/// A part of a list.
public struct Page<Element: Sendable>: Sendable {
  /// The elements.
  public var elements: [Element]
  /// How many match in all, if that was asked.
  public var total: Int?
  /// Where the next page starts; nil at the end.
  public var next: PageCursor?

  /// Creates a page.
  public init(elements: [Element], total: Int? = nil, next: PageCursor? = nil) {
    self.elements = elements
    self.total = total
    self.next = next
  }

  /// The page with its elements changed.
  public func map<Other>(_ change: (Element) throws -> Other) rethrows -> Page<Other> {
    Page<Other>(elements: try elements.map(change), total: total, next: next)
  }

  /// Reads page after page until there is none, and hands on the elements of each.
  ///
  /// - Parameters:
  ///   - limit: How many elements are asked for at a time.
  ///   - read: Reads a page.
  ///   - take: Takes the elements of a page, before the next is read.
  /// - Throws: What reading or taking throws; then no further page is read.
  public static func forEach<Failure: Error>(
    limit: Int = 1000, in read: (PageRequest) async throws(Failure) -> Page,
    do take: ([Element]) async throws(Failure) -> Void
  ) async throws(Failure) {
    var request = PageRequest(limit: limit)
    while true {
      let page = try await read(request)
      try await take(page.elements)
      guard let next = page.next else { return }
      request.start = .cursor(next)
    }
  }

  /// The elements of all pages, in memory at once.
  ///
  /// - Throws: What reading throws.
  public static func everything<Failure: Error>(
    _ read: (PageRequest) async throws(Failure) -> Page
  ) async throws(Failure) -> [Element] {
    var elements: [Element] = []
    try await forEach(in: read) { (page) throws(Failure) in elements += page }
    return elements
  }
}

/// Which campaigns of an account to list, and in which order.
public struct CampaignQuery: Hashable, Sendable {
  /// By what to sort.
  public enum Sort: String, Hashable, Sendable, CaseIterable {
    /// The keys; equal ones follow by creation.
    case createdAt, updatedAt, name, status, maximumConcurrentCalls
  }

  /// The account.
  public var account: Account.ID
  /// Only these statuses; empty for all.
  public var statuses: Set<Campaign.Status>
  /// Only those whose name or description contains this text, whatever the case.
  public var search: String?
  /// By what to sort.
  public var sort: Sort
  /// Whether the greatest comes first; true by default.
  public var isDescending: Bool

  /// Creates a query; with an account only, all its campaigns, newest first.
  public init(
    account: Account.ID, statuses: Set<Campaign.Status> = [], search: String? = nil, sort: Sort = .createdAt,
    isDescending: Bool = true
  ) {
    self.account = account
    self.statuses = statuses
    self.search = search
    self.sort = sort
    self.isDescending = isDescending
  }
}

/// Which leads to list, and in which order.
public struct LeadQuery: Hashable, Sendable {
  /// Whose leads.
  public enum Scope: Hashable, Sendable {
    /// Those of one campaign.
    case campaign(Campaign.ID)
    /// Those of all campaigns of an account.
    case account(Account.ID)
    /// Those of one contact, in all campaigns.
    case contact(Contact.ID)
  }

  /// By what to sort.
  public enum Sort: String, Hashable, Sendable, CaseIterable {
    /// The keys; equal ones follow by creation. Leads without a time come first.
    case createdAt, priority, nextAttemptAt, lastAttemptAt
  }

  /// Whose leads.
  public var scope: Scope
  /// Only these statuses; empty for all.
  public var statuses: Set<Lead.Status>
  /// Only those whose names, e-mail address or number contain this text, whatever the case.
  public var search: String?
  /// By what to sort.
  public var sort: Sort
  /// Whether the greatest comes first; false by default.
  public var isDescending: Bool

  /// Creates a query; with a scope only, all its leads, oldest first.
  public init(
    _ scope: Scope, statuses: Set<Lead.Status> = [], search: String? = nil, sort: Sort = .createdAt,
    isDescending: Bool = false
  ) {
    self.scope = scope
    self.statuses = statuses
    self.search = search
    self.sort = sort
    self.isDescending = isDescending
  }
}

/// Which contacts of an account to list. They come in the order in which they were created.
public struct ContactQuery: Hashable, Sendable {
  /// The account.
  public var account: Account.ID
  /// Only those on this list.
  public var list: ContactList.ID?
  /// Only those whose names, e-mail address or number contain this text, whatever the case.
  public var search: String?
  /// Whether the newest comes first; false by default.
  public var isDescending: Bool

  /// Creates a query; with an account only, all its contacts.
  public init(
    account: Account.ID, list: ContactList.ID? = nil, search: String? = nil, isDescending: Bool = false
  ) {
    self.account = account
    self.list = list
    self.search = search
    self.isDescending = isDescending
  }
}

/// Which calls of an account to list. They come by creation, the newest first.
public struct CallQuery: Hashable, Sendable {
  /// The account.
  public var account: Account.ID
  /// Only those of this campaign.
  public var campaign: Campaign.ID?
  /// Only those to this lead.
  public var lead: Lead.ID?
  /// Only those of this agent.
  public var agent: Agent.ID?
  /// Only these outcomes; empty for all.
  public var dispositions: Set<Disposition>
  /// Only those that were answered so; empty for all.
  public var answeredBy: Set<AnsweredBy>
  /// Only those that are live, or only those that are over.
  public var isLive: Bool?
  /// Only those created at this moment or later.
  public var from: Timestamp?
  /// Only those created before this moment.
  public var until: Timestamp?
  /// Whether the oldest comes first; false by default.
  public var isAscending: Bool

  /// Creates a query; with an account only, all its calls.
  public init(
    account: Account.ID, campaign: Campaign.ID? = nil, lead: Lead.ID? = nil, agent: Agent.ID? = nil,
    dispositions: Set<Disposition> = [], answeredBy: Set<AnsweredBy> = [], isLive: Bool? = nil,
    from: Timestamp? = nil, until: Timestamp? = nil, isAscending: Bool = false
  ) {
    self.account = account
    self.campaign = campaign
    self.lead = lead
    self.agent = agent
    self.dispositions = dispositions
    self.answeredBy = answeredBy
    self.isLive = isLive
    self.from = from
    self.until = until
    self.isAscending = isAscending
  }
}

/// Which agents of an account to list. They come in the order in which they were created.
public struct AgentQuery: Hashable, Sendable {
  /// The account.
  public var account: Account.ID
  /// Only those of this kind.
  public var kind: Agent.Kind?
  /// Only those with this status.
  public var status: Agent.Status?
  /// Only those of this group.
  public var group: String?
  /// Only those that take part, or only those that do not.
  public var isActive: Bool?

  /// Creates a query; with an account only, all its agents.
  public init(
    account: Account.ID, kind: Agent.Kind? = nil, status: Agent.Status? = nil, group: String? = nil,
    isActive: Bool? = nil
  ) {
    self.account = account
    self.kind = kind
    self.status = status
    self.group = group
    self.isActive = isActive
  }
}
