import JSON

/// One change of the state: everything that has to be known to make it again.
///
/// A change says what came of a decision, never what was asked, so that making it again does not depend on how
/// decisions are made. Rows are named by their numbers, which are the same whenever the same changes are made
/// in the same order.
///
/// The large ones are kept apart, so that those that come by the million are not moved around in a large frame.
enum Change {
  indirect case account(Account)
  indirect case user(User)
  case userDeleted(User.ID)
  indirect case key(APIKey)
  case keyDeleted(APIKey.ID)
  indirect case campaign(Campaign)
  case transition(campaign: UInt32, trigger: Campaign.Trigger, reason: String?)
  case campaignDeleted(UInt32)
  indirect case contact(Contact)
  case contactDeleted(UInt32)
  indirect case list(ContactList)
  case listed(list: UInt32, contacts: [UInt32])
  case listDeleted(UInt32)
  indirect case leads(LeadRecords)
  indirect case leadChanged(UInt32, LeadChanges)
  case leadRescheduled(UInt32, due: Int64, isCallback: Bool)
  case leadEnded(UInt32, Lead.Trigger)
  case leadDeleted(UInt32)
  case leadsDeleted(campaign: UInt32)
  indirect case agent(Agent)
  case agentStatus(UInt32, Agent.Status)
  case agentDeleted(UInt32)
  case suppressed([Suppression])
  case unsuppressed([Suppression.Pattern], account: Account.ID?)
  indirect case batch(ImportBatch)
  case batchCompleted(UInt32)
  case batchUndone(UInt32)
  case leased(campaign: UInt32, owner: String?, token: UInt64, end: Int64)
  case claimed(ClaimRecord)
  indirect case began(CallRecord)
  case news(UInt32, CallNews)
  case assigned(call: UInt32, agent: UInt32)
  case finished(UInt32, CallEnding)
  case annotated(UInt32, notes: String?, metadata: JSONObject?)
  case limits(system: Int, account: Int)
  indirect case reserved(SlotReservation)
  case released(SlotReservation.ID)
  indirect case restored(StoreRecord)
}

/// Leads that were added together, in the form in which they are kept.
struct LeadRecords {
  var campaign: UInt32
  /// The import, how far it has come, and the rows it refused.
  var batch: UInt32
  var progress: Int64
  var invalid: Int
  var duplicates: Int
  var suppressed: Int
  var count: Int
  var contactsCreated: Int
  /// The localities that occur in ``bytes``, which name them by their places here.
  var localities: [Locality]
  var bytes: [UInt8]
}

/// What came of a claim.
struct ClaimRecord {
  var campaign: UInt32
  var from: UInt64
  var placeBy: Int64
  var expiresAt: Int64
  var rule: String?
  var delayUntil: Int64
  var rateUntil: Int64
  var rates: [(name: String, until: Int64)]
  var items = ClaimItems()
}

/// A call outside a campaign.
struct CallRecord {
  var id: RawID
  var account: UInt32
  var to: UInt64
  var from: UInt64
  var placeBy: Int64
  var expiresAt: Int64
  var rates: [(name: String, until: Int64)]
  var metadata: JSONObject
}
