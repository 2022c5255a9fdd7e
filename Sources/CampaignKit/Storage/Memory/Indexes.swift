/// What follows from the tables and makes it quick to find things in them. It is built anew when a store opens.
struct Indexes: Sendable {
  var accounts: [Account.ID: UInt32] = [:]
  var externalAccounts: [String: UInt32] = [:]
  var userEmails: [String: User.ID] = [:]
  var keyDigests: [String: APIKey.ID] = [:]
  var campaigns: [Campaign.ID: UInt32] = [:]
  /// Those that were deleted, whose calls bear their names.
  var deletedCampaigns: [Campaign.ID: UInt32] = [:]
  var agents: [Agent.ID: UInt32] = [:]
  var deletedAgents: [Agent.ID: UInt32] = [:]
  var lists: [ContactList.ID: UInt32] = [:]
  var batches: [ImportBatch.ID: UInt32] = [:]

  var contacts = RowIndex()
  var contactNumbers = RowIndex()
  var leads = RowIndex()
  /// Leads by campaign and contact.
  var leadContacts = RowIndex()
  var calls = CallIndex()
  var callReferences = RowIndex()
  var numbers = RowIndex()
  /// The numbers that were called from.
  var callers = CallerIndex()
  /// Contacts by their further numbers, of all accounts.
  var furtherNumbers: [UInt64: [UInt32]] = [:]

  /// By account: its campaigns, contacts, calls, agents in the order of creation.
  var byAccount: [AccountRows] = []
  /// By campaign: its queues and its calls.
  var byCampaign: [CampaignRows] = []
  /// By agent: its calls.
  var agentCalls: [[UInt32]] = []
  /// Live calls outside campaigns, of all accounts.
  var liveSingles: Set<UInt32> = []
  /// Whether a call was ever created at an earlier moment than the one before it, because a clock went back.
  var callsAreOutOfOrder = false

  struct AccountRows: Sendable {
    var campaigns: [UInt32] = []
    var contacts: [UInt32] = []
    var calls: [UInt32] = []
    var agents: [UInt32] = []
    var lists: [UInt32] = []
    var callers: [Int] = []
  }

  struct CampaignRows: Sendable {
    var queues: [Queue] = []
    /// The locality of each queue.
    private var localities: [UInt32] = []
    private var numbers: [UInt32: Int] = [:]
    var calls: [UInt32] = []
    /// Its imports, of which there are few.
    var batches: [UInt32] = []
    /// What the last claim asked for, and the queues of that: most claims ask for the same as the one before.
    private var asked: [Locality] = []
    private var answered: [Int?] = []

    /// The number of the queue of a locality. Few are found by looking at all, which is quicker than hashing.
    @inline(__always)
    func queue(of locality: UInt32) -> Int? {
      localities.count <= 16 ? localities.firstIndex(of: locality) : numbers[locality]
    }

    /// The numbers of the queues of open localities; nil for one of which the campaign has no leads.
    mutating func queues(of open: [OpenLocality], in table: borrowing LocalityTable) -> [Int?] {
      if asked.count == open.count, open.indices.allSatisfy({ asked[$0] == open[$0].locality }) { return answered }
      let numbers = open.map { open in table.known(open.locality).flatMap { queue(of: $0) } }
      // A queue that is not there may come.
      if !numbers.contains(nil) {
        asked = open.map(\.locality)
        answered = numbers
      }
      return numbers
    }

    mutating func addQueue(of locality: UInt32) -> Int {
      numbers[locality] = queues.count
      localities.append(locality)
      queues.append(Queue(locality: locality))
      return queues.count - 1
    }

    mutating func removeQueues() {
      queues = []
      localities = []
      numbers = [:]
      asked = []
      answered = []
    }
  }

  /// The waiting leads of a campaign in one locality.
  struct Queue: Sendable {
    let locality: UInt32
    var waiting = 0
    var entries = DueQueue()
  }
}
