import CampaignKit
import CampaignTesting
import JSON

/// Makes random changes of all kinds in one account, and reports each before and after.
///
/// Several can work on one store at the same time. What one of them does depends only on its seed and on what the
/// store answers.
struct Workload {
  let store: any CampaignStorage
  let number: Int
  let report: (Report) -> Void
  /// Moves the clock of the store on, if that can be done.
  var advance: ((Duration) -> Void)?
  var random: SeededGenerator
  let identifiers: IdentifierGenerator

  var account: Account.ID?
  var campaigns: [CampaignBook] = []
  var agents: [Agent.ID] = []
  var users: [User.ID] = []
  var keys: [String] = []
  var contacts: [Contact.ID] = []
  var listed: [Contact.ID] = []
  var lists: [ContactList.ID] = []
  var live: [Call.ID] = []
  var over: [Call.ID] = []
  var patterns: [Suppression.Pattern] = []
  var reservations: [SlotReservation] = []
  /// How many slots were reserved before this workload began.
  var adopted = 0
  var serial = 0

  struct CampaignBook {
    var id: Campaign.ID
    var leads: [Lead.ID] = []
    var lease: CampaignLease?
    var batch: ImportBatch?
    /// All its imports, which go with it.
    var batches: [ImportBatch.ID] = []
    /// The leads of the batch.
    var imported: [Lead.ID] = []
  }

  init(
    _ store: any CampaignStorage, number: Int = 0, seed: UInt64, advance: ((Duration) -> Void)? = nil,
    report: @escaping (Report) -> Void
  ) {
    self.store = store
    self.number = number
    self.report = report
    self.advance = advance
    random = SeededGenerator(seed: seed &* 31 &+ UInt64(number))
    identifiers = IdentifierGenerator(random: SeededGenerator(seed: seed &* 131 &+ UInt64(number) &+ 7))
  }

  /// Makes one change.
  mutating func step() async throws {
    guard let account else { return try await start() }
    switch pick(100) {
    case 0..<12: try await changePeople(of: account)
    case 12..<22: try await changeContacts(of: account)
    case 22..<27: try await changeSuppressions(of: account)
    case 27..<31: try await changeLimits(of: account)
    case 31..<45: try await changeCampaigns(of: account)
    case 45..<60: try await changeLeads(of: account)
    case 60..<72: try await claim(for: account)
    case 72..<74: try await begin(for: account)
    case 74..<84: try await tellNews()
    case 84..<96: try await finish()
    default: advance?(.milliseconds(Int64(pick(400_000))))
    }
  }

  // MARK: Randomness

  mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<max(1, count), using: &random) }

  mutating func chance(_ percent: Int) -> Bool { pick(100) < percent }

  mutating func any<Element>(_ elements: [Element]) -> Element? { elements.randomElement(using: &random) }

  mutating func index<Element>(of elements: [Element]) -> Int? { elements.isEmpty ? nil : pick(elements.count) }

  /// One of a few hundred numbers of this workload's own.
  mutating func phone(_ range: Int = 400) -> PhoneNumber? {
    PhoneNumber(digits: 14_150_000_000 + UInt64(number % 1000) * 10_000 + UInt64(pick(range)))
  }

  mutating func name(_ kind: String) -> String {
    serial += 1
    return "\(kind)-\(serial)-\(pick(1000))"
  }

  func newID<Entity>(_ entity: Entity.Type = Entity.self) async throws -> Identifier<Entity> {
    identifiers.next(at: try await store.now())
  }

  /// JSON whose numbers and order of members have to be kept as they are.
  mutating func object() -> JSONObject {
    let texts = [
      "{}", #"{"z":1.50,"a":1e3,"ä":[null,true,-0.0,12345678901234567890123]}"#, #"{"b":{"y":"\u0001\"","x":{}}}"#,
      #"{"long":"0123456789012345678901234567890123456789","list":[1,2,3]}"#,
    ]
    let text = any(texts) ?? "{}"
    return (try? JSONValue(parsing: text))?.object ?? [:]
  }

  // MARK: Reporting

  /// Makes a change of these facts; nil when it was refused or is in doubt.
  func attempt<Value>(_ facts: [Fact], _ body: () async throws -> Value) async throws -> Value? {
    report(.trying(facts))
    do {
      return try await body()
    } catch let error as StoreError {
      switch error.code {
      // It may have been made all the same.
      case .unavailable: return nil
      case .closed, .damaged: throw error
      default:
        report(.refused(facts))
        return nil
      }
    }
  }

  func done(_ fact: Fact, _ value: String) { report(.done([(fact, value)])) }

  func gone(_ facts: [Fact]) { report(.done(facts.map { ($0, Fact.absent) })) }

  func owned<Entity>(_ kind: Fact.Kind, _ id: Identifier<Entity>, _ account: Account.ID) -> Fact {
    Fact(kind, "\(account)/\(id)")
  }
}

extension Workload {
  /// Finds the account of this workload and what belongs to it, or makes it.
  private mutating func start() async throws {
    let external = "workload \(number)"
    if let account = try await store.account(externalID: external) { return try await adopt(account) }
    var account = Account(id: try await newID(), name: name("account"), createdAt: try await store.now())
    account.externalID = external
    account.concurrencyLimit = 40
    account.metadata = object()
    let new = account
    guard try await attempt([Fact(.account, account.id)], { try await store.insert(new) }) != nil else { return }
    done(Fact(.account, account.id), Fact.value(account))
    self.account = account.id
  }

  private mutating func adopt(_ account: Account) async throws {
    let id = account.id
    let page = PageRequest(limit: 30)
    let now = try await store.now()
    for campaign in try await store.campaigns(CampaignQuery(account: id), page: page).elements {
      var book = CampaignBook(id: campaign.id)
      book.batches = try await store.importBatches(of: campaign.id).map(\.id)
      // All leads, since deleting the campaign changes them all.
      book.leads = try await store.leads(LeadQuery(.campaign(campaign.id)), page: PageRequest(limit: 100_000))
        .elements.map(\.id)
      // A stale one is as good as none, and an export has neither.
      book.lease = try await store.lease(of: campaign.id).flatMap { $0.expiresAt > now ? $0 : nil }
      campaigns.append(book)
    }
    agents = try await store.agents(AgentQuery(account: id), page: page).elements.map(\.id)
    users = try await store.users(of: id).map(\.id)
    keys = try await store.keys(of: id).map(\.digest)
    lists = try await store.lists(of: id).map(\.id)
    live = try await store.calls(CallQuery(account: id, isLive: true), page: PageRequest(limit: 1000)).elements
      .map(\.id)
    over = try await store.calls(CallQuery(account: id, isLive: false), page: page).elements.map(\.id)
    patterns = try await store.suppressions(of: id, page: page).elements.map(\.pattern)
    adopted = try await store.slots(of: id).accountActive - live.count
    self.account = id
  }
}
