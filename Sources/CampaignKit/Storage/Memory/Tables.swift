import JSON

/// Everything a store keeps, and nothing that follows from it.
///
/// This is what a snapshot holds. It is a value whose copies share their memory, so a copy can be written out
/// while changes go on.
struct Tables: Sendable {
  var accounts: [AccountRecord] = []
  var users: [User.ID: User] = [:]
  var keys: [APIKey.ID: APIKey] = [:]
  var campaigns: [CampaignRecord] = []
  var agents: [AgentRecord] = []
  var lists: [ListRecord] = []
  var batches: [ImportBatch] = []
  var contacts = Rows<ContactRow>()
  var contactPayloads: [Payload] = []
  var segments: [LeadSegment] = []
  var calls = Rows<CallRow>()
  var callPayloads: [Payload] = []
  var numbers = Rows<NumberRow>()
  /// By account, those for all under ``noRow``; no list is empty.
  var suppressions: [UInt32: SuppressionList] = [:]
  var reservations: [SlotReservation.ID: SlotReservation] = [:]
  /// When each rate permits the next start, in nanoseconds.
  var rates: [String: Int64] = [:]
  var texts = TextTable()
  var localities = LocalityTable()
  var systemLimit = 10
  var defaultAccountLimit = 2
  /// Live calls of all accounts.
  var liveCalls = 0
}

/// An account and what is kept with it.
struct AccountRecord: Sendable {
  var account: Account
  var liveCalls = 0
  var oldestLive = noRow
  var newestLive = noRow
  var events = EventRing()
  var rollups = RollupSeries()
}

/// A campaign and what is kept with it.
struct CampaignRecord: Sendable {
  var campaign: Campaign
  let account: UInt32
  var isDeleted = false
  var counts = LeadCounts()
  var segments: [UInt32] = []
  /// The ordinal of the next lead.
  var nextOrdinal: UInt32 = 0
  var liveCalls = 0
  /// Live calls that no agent has yet.
  var unassigned = 0
  var leaseOwner: String?
  var leaseToken: UInt64 = 0
  /// When it was taken or renewed last.
  var leaseStart: Int64 = 0
  var leaseEnd: Int64 = 0
  /// When the delay between calls, and the calls per second, permit the next start, in nanoseconds.
  var delayUntil: Int64 = 0
  var rateUntil: Int64 = 0
  var rollups = RollupSeries()
}

/// An agent and what is kept with it.
struct AgentRecord: Sendable {
  var agent: Agent
  let account: UInt32
  var isDeleted = false
  var currentCalls = 0
  var calls = 0
  var talkTime: Int64 = 0
  var lastActiveAt: Int64 = 0
  var rollups = RollupSeries()

  /// Whether they can take another call now.
  var hasRoom: Bool {
    !isDeleted && agent.isActive && agent.status == .available && currentCalls < agent.maximumConcurrentCalls
  }

  /// Notes that a call began or ended; carriers tell of ends late, and in any order.
  mutating func wasActive(at moment: Int64) { lastActiveAt = max(lastActiveAt, moment) }

  /// Adds the talk time of a call, as far as 64 bits go; below zero is none.
  mutating func addTalkTime(_ milliseconds: Int64) {
    let (sum, overflow) = talkTime.addingReportingOverflow(max(0, milliseconds))
    talkTime = overflow ? .max : sum
  }
}

/// A list of contacts.
struct ListRecord: Sendable {
  var list: ContactList
  let account: UInt32
  var isDeleted = false
  var members: [UInt32] = []
}

/// Short texts that recur, kept once. Number 0 stands for none.
struct TextTable: Sendable {
  private(set) var texts: [String] = [""]
  private var numbers: [String: UInt32] = [:]
  private var latest: UInt32 = 0

  init() {}

  init(texts: [String]) {
    self.texts = texts.isEmpty ? [""] : texts
    for (number, text) in self.texts.enumerated().dropFirst() { numbers[text] = UInt32(number) }
  }

  /// The number of a text; quick for one that was asked for just before, as the name of a carrier is.
  mutating func number(of text: String?) -> UInt32 {
    guard let text else { return 0 }
    if latest != 0, texts[Int(latest)] == text { return latest }
    if let number = numbers[text] {
      latest = number
      return number
    }
    latest = UInt32(texts.count)
    texts.append(text)
    numbers[text] = latest
    return latest
  }

  func known(_ text: String) -> UInt32? { numbers[text] }

  subscript(number: UInt32) -> String? { number == 0 || Int(number) >= texts.count ? nil : texts[Int(number)] }
}

/// The localities of all leads, each kept once.
struct LocalityTable: Sendable {
  private(set) var localities: [Locality] = []
  private var numbers: [Locality: UInt32] = [:]
  private var latest: UInt32 = 0
  /// The first few as they are written in changes, by which they are known without being read.
  private var written: [[UInt8]] = []

  init() {}

  init(localities: [Locality]) {
    self.localities = localities
    for (number, locality) in localities.enumerated() { numbers[locality] = UInt32(number) }
  }

  /// The number of a locality; quick for one that was asked for just before, as in an import.
  mutating func number(of locality: Locality) -> UInt32 {
    if Int(latest) < localities.count, localities[Int(latest)] == locality { return latest }
    if let number = known(locality) {
      latest = number
      return number
    }
    latest = UInt32(localities.count)
    localities.append(locality)
    numbers[locality] = latest
    return latest
  }

  /// Few are found by looking at all, which is quicker than hashing.
  func known(_ locality: Locality) -> UInt32? {
    localities.count <= 16 ? localities.firstIndex(of: locality).map { UInt32($0) } : numbers[locality]
  }

  /// The numbers of the localities of a change.
  mutating func numbers(from reader: inout ByteReader) throws(StoreError) -> [UInt32] {
    let count = try reader.elements().count
    var numbers: [UInt32] = []
    numbers.reserveCapacity(min(count, 16))
    for _ in 0..<count { numbers.append(try number(ofWritten: Locality.bytes(from: &reader))) }
    return numbers
  }

  private mutating func number(ofWritten bytes: UnsafeRawBufferPointer) throws(StoreError) -> UInt32 {
    for known in written.indices where written[known].count == bytes.count {
      if written[known].withUnsafeBytes({ $0.elementsEqual(bytes) }) { return UInt32(known) }
    }
    var reader = ByteReader(bytes)
    let number = number(of: try Locality(from: &reader))
    if Int(number) == written.count, number < 16 { written.append(Array(bytes)) }
    return number
  }

  subscript(number: UInt32) -> Locality {
    Int(number) < localities.count ? localities[Int(number)] : .unknown
  }
}
