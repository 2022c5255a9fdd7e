public import JSON

/// Keeps the leads of campaigns.
public protocol LeadStore: Sendable {
  /// Adds leads to a campaign, links them to contacts, and creates the contacts that are missing.
  ///
  /// All that can be added is added in one step, together with the progress of an import. A lead whose number is
  /// in the campaign already, or comes a second time, is a duplicate. A lead whose number is on the do-not-call
  /// list is not added. Neither stops the others.
  ///
  /// - Returns: What became of each lead, in the order given.
  /// - Throws: ``StoreError/Code/notFound`` for an unknown campaign or import, ``StoreError/Code/notPermitted``
  ///   for a campaign that is over, ``StoreError/Code/conflict`` when the import has gone on meanwhile;
  ///   then nothing is added.
  func insert(
    _ leads: [NewLead], into campaign: Campaign.ID, options: LeadInsertion
  ) async throws(StoreError) -> LeadInsertion.Result

  /// The lead of that name, in whatever campaign.
  func lead(_ id: Lead.ID) async throws(StoreError) -> Lead?

  /// The lead of a campaign that has that ordinal.
  func lead(ordinal: Int, of campaign: Campaign.ID) async throws(StoreError) -> Lead?

  /// The leads that match.
  func leads(_ query: LeadQuery, page: PageRequest) async throws(StoreError) -> Page<Lead>

  /// How many leads a campaign has in each status; nil for an unknown campaign.
  func leadCounts(of campaign: Campaign.ID) async throws(StoreError) -> LeadCounts?

  /// Changes what a person may change of a lead; the rest stays as it is.
  ///
  /// - Returns: The lead as it is stored now.
  /// - Throws: ``StoreError/Code/notFound``.
  func update(_ lead: Lead.ID, with changes: LeadChanges) async throws(StoreError) -> Lead

  /// Sets when a waiting lead is called next.
  ///
  /// - Throws: ``StoreError/Code/notPermitted`` unless the lead waits, ``StoreError/Code/notFound``.
  func reschedule(_ lead: Lead.ID, at moment: Timestamp?, isCallback: Bool) async throws(StoreError) -> Lead

  /// Ends a lead without a further attempt.
  ///
  /// A lead that waits ends at once. One with a live call ends with the call: suppressed whatever comes of it,
  /// cancelled unless it was reached. The campaign completes if this was its last open lead.
  ///
  /// - Parameters:
  ///   - lead: The lead.
  ///   - trigger: ``Lead/Trigger/cancel`` or ``Lead/Trigger/suppress``.
  /// - Returns: The lead as it is stored now.
  /// - Throws: ``StoreError/Code/notPermitted`` when it has ended, ``StoreError/Code/notFound``.
  func end(_ lead: Lead.ID, on trigger: Lead.Trigger) async throws(StoreError) -> Lead

  /// Removes a lead. Its calls stay.
  ///
  /// - Throws: ``StoreError/Code/notPermitted`` while it has a live call, ``StoreError/Code/notFound``.
  func delete(_ lead: Lead.ID) async throws(StoreError)

  /// Removes all leads of a campaign.
  ///
  /// - Returns: How many there were.
  /// - Throws: ``StoreError/Code/notPermitted`` while the campaign is active or has live calls,
  ///   ``StoreError/Code/notFound``.
  func deleteLeads(of campaign: Campaign.ID) async throws(StoreError) -> Int
}

/// How leads are added.
public struct LeadInsertion: Hashable, Sendable {
  /// The import they belong to, and how far it has come with them.
  public struct Step: Hashable, Sendable {
    /// The import.
    public var batch: ImportBatch.ID
    /// Where the import stood before; it must be so still.
    public var from: Int64
    /// Where it stands with these leads.
    public var to: Int64
    /// Rows that were read for these leads and refused before they came here; 0 or more.
    public var invalid: Int

    /// Creates a step.
    public init(batch: ImportBatch.ID, from: Int64, to: Int64, invalid: Int = 0) {
      self.batch = batch
      self.from = from
      self.to = to
      self.invalid = invalid
    }
  }

  /// What became of one lead.
  public enum Outcome: Hashable, Sendable {
    /// It was added.
    case inserted(Lead.ID, contactCreated: Bool)
    /// Its number is in the campaign already, with this lead.
    case duplicate(of: Lead.ID)
    /// Its contact is a lead of another campaign of the account that was added not long ago.
    case recent(Lead.ID)
    /// Its number is on the do-not-call list.
    case suppressed
  }

  /// What became of all leads.
  public struct Result: Hashable, Sendable {
    /// What became of each, in the order given.
    public var outcomes: [Outcome]
    /// How many leads were added.
    public var inserted: Int
    /// How many contacts were created.
    public var contactsCreated: Int
    /// How many were there already, in this campaign or lately in another.
    public var duplicates: Int
    /// How many are not to be called.
    public var suppressed: Int

    /// Creates a result.
    public init(
      outcomes: [Outcome] = [], inserted: Int = 0, contactsCreated: Int = 0, duplicates: Int = 0,
      suppressed: Int = 0
    ) {
      self.outcomes = outcomes
      self.inserted = inserted
      self.contactsCreated = contactsCreated
      self.duplicates = duplicates
      self.suppressed = suppressed
    }
  }

  /// The import they belong to.
  public var step: Step?
  /// Contacts that became a lead of another campaign at this moment or later count as duplicates; nil for none.
  public var duplicatesSince: Timestamp?

  /// Creates options; without arguments, leads that belong to no import.
  public init(step: Step? = nil, duplicatesSince: Timestamp? = nil) {
    self.step = step
    self.duplicatesSince = duplicatesSince
  }
}

/// What a person may change of a lead. What is nil stays as it is.
public struct LeadChanges: Hashable, Sendable {
  /// What is known of the person.
  public var person: Person?
  /// What kind of lead it is; an inner nil removes it.
  public var type: String??
  /// What the calls are about; an inner nil removes it.
  public var subject: String??
  /// Its place in the order of calls.
  public var priority: Int32?
  /// Whatever else is known. Together with the texts of the lead it takes 1 MiB at most.
  public var fields: JSONObject?
  /// What somebody wrote about it; an inner nil removes it.
  public var notes: String??
  /// Where the person is.
  public var locality: Locality?

  /// Creates changes; without arguments, none.
  public init(
    person: Person? = nil, type: String?? = nil, subject: String?? = nil, priority: Int32? = nil,
    fields: JSONObject? = nil, notes: String?? = nil, locality: Locality? = nil
  ) {
    self.person = person
    self.type = type
    self.subject = subject
    self.priority = priority
    self.fields = fields
    self.notes = notes
    self.locality = locality
  }
}
