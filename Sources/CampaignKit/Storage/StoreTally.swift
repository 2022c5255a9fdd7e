/// How many records of each kind an export holds.
public struct StoreTally: Hashable, Sendable, Codable {
  /// Limits of the system; 1 in a whole export.
  public var limits = 0
  /// Accounts.
  public var accounts = 0
  /// Users.
  public var users = 0
  /// Keys.
  public var keys = 0
  /// Agents.
  public var agents = 0
  /// Do-not-call entries.
  public var suppressions = 0
  /// Contacts.
  public var contacts = 0
  /// Lists of contacts.
  public var lists = 0
  /// Campaigns.
  public var campaigns = 0
  /// Imports.
  public var importBatches = 0
  /// Leads.
  public var leads = 0
  /// Calls.
  public var calls = 0

  /// Creates a tally of nothing.
  public init() {}

  /// Counts a record.
  public mutating func count(_ record: StoreRecord) {
    switch record {
    case .limits: limits += 1
    case .account: accounts += 1
    case .user: users += 1
    case .key: keys += 1
    case .agent: agents += 1
    case .suppression: suppressions += 1
    case .contact: contacts += 1
    case .list: lists += 1
    case .campaign: campaigns += 1
    case .importBatch: importBatches += 1
    case .lead: leads += 1
    case .call: calls += 1
    }
  }
}
