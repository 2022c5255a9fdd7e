/// One import of leads: a unit that can be told apart, gone on with, and undone.
public struct ImportBatch: Hashable, Sendable, Codable, Identifiable {
  /// The name of an import.
  public typealias ID = Identifier<ImportBatch>

  /// Where an import is in its life.
  public enum Status: String, Hashable, Sendable, Codable {
    /// Rows are still coming, or it was cut off and can be gone on with.
    case running
    /// All rows are in.
    case completed
    /// Its leads were taken out again.
    case undone
  }

  /// What became of the rows.
  public struct Tally: Hashable, Sendable, Codable {
    /// Rows that were read.
    public var total: Int
    /// Rows that were refused.
    public var invalid: Int
    /// Rows whose number was there already.
    public var duplicates: Int
    /// Rows whose number is not to be called.
    public var suppressed: Int
    /// Leads that were added.
    public var inserted: Int
    /// Contacts that were created.
    public var contactsCreated: Int

    /// Creates a tally; without arguments, of nothing.
    public init(
      total: Int = 0, invalid: Int = 0, duplicates: Int = 0, suppressed: Int = 0, inserted: Int = 0,
      contactsCreated: Int = 0
    ) {
      self.total = total
      self.invalid = invalid
      self.duplicates = duplicates
      self.suppressed = suppressed
      self.inserted = inserted
      self.contactsCreated = contactsCreated
    }
  }

  /// The name of this import.
  public var id: ID
  /// The account.
  public var account: Account.ID
  /// The campaign.
  public var campaign: Campaign.ID
  /// What the file was called.
  public var name: String
  /// A digest of the content, by which the same file is known again.
  public var digest: String
  /// Where it is in its life.
  public var status: Status
  /// How far it has come, in whatever the importer counts; leads and this go in together.
  public var progress: Int64
  /// What became of the rows so far.
  public var tally: Tally
  /// When it began.
  public var createdAt: Timestamp
  /// When it last went on.
  public var updatedAt: Timestamp

  /// Creates an import that has not read anything.
  public init(
    id: ID, account: Account.ID, campaign: Campaign.ID, name: String, digest: String, createdAt: Timestamp
  ) {
    self.id = id
    self.account = account
    self.campaign = campaign
    self.name = name
    self.digest = digest
    status = .running
    progress = 0
    tally = Tally()
    self.createdAt = createdAt
    updatedAt = createdAt
  }
}
