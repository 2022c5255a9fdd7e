public import JSON

/// A contact's place in one campaign.
public struct Lead: Hashable, Sendable, Codable, Identifiable {
  /// The name of a lead.
  public typealias ID = Identifier<Lead>

  /// The name of this lead.
  public var id: ID
  /// The account.
  public var account: Account.ID
  /// The campaign.
  public var campaign: Campaign.ID
  /// The contact.
  public var contact: Contact.ID
  /// Its number in the campaign, counted from 0 in the order in which leads were added, never used twice.
  public var ordinal: Int
  /// The number that is called next, or was called last.
  public var number: PhoneNumber
  /// Which of the contact's numbers that is, counted from 0.
  public var numberIndex: Int
  /// What was known of the person when the lead was added.
  public var person: Person
  /// What kind of lead it is, in its owner's words.
  public var type: String?
  /// What the calls are about; rolling limits may count by it.
  public var subject: String?
  /// Its place in the order of calls: the smaller, the earlier.
  public var priority: Int32
  /// Whatever else is known. Together with the texts of the lead it takes 1 MiB at most.
  public var fields: JSONObject
  /// What somebody wrote about it.
  public var notes: String?
  /// Where the person is, for the law and the clock.
  public var locality: Locality
  /// Where it is in its life.
  public var status: Status
  /// How many attempts were made.
  public var attempts: Int
  /// When the last attempt was made.
  public var lastAttemptAt: Timestamp?
  /// When the next attempt may be made; nil when there is none, or when it may be made at once.
  public var nextAttemptAt: Timestamp?
  /// Whether the next attempt is a callback that was agreed; it comes before the rest.
  public var isCallback: Bool
  /// How many callbacks were agreed.
  public var callbacks: Int
  /// How the last attempt ended.
  public var lastDisposition: Disposition?
  /// The call that is on now.
  public var liveCall: Call.ID?
  /// The import it came with.
  public var importBatch: ImportBatch.ID?
  /// Why it was dialled, or what held it back, when that was last decided; nil when nothing was decided since it
  /// was added or rescheduled.
  public var decision: DecisionRecord?
  /// When it was added.
  public var createdAt: Timestamp
  /// When it was last changed.
  public var updatedAt: Timestamp

  /// Creates a lead that waits for its first attempt, and may be called at once.
  public init(
    id: ID, account: Account.ID, campaign: Campaign.ID, contact: Contact.ID, ordinal: Int, number: PhoneNumber,
    createdAt: Timestamp
  ) {
    self.id = id
    self.account = account
    self.campaign = campaign
    self.contact = contact
    self.ordinal = ordinal
    self.number = number
    numberIndex = 0
    person = Person()
    priority = 0
    fields = [:]
    locality = .unknown
    status = .waiting
    attempts = 0
    isCallback = false
    callbacks = 0
    self.createdAt = createdAt
    updatedAt = createdAt
  }
}

extension Lead {
  /// Where a lead is in its life.
  public enum Status: String, Hashable, Sendable, Codable, CaseIterable {
    /// It waits for its first or next attempt.
    case waiting
    /// It has a call.
    case calling
    /// It was reached.
    case completed
    /// It was not reached and gets no further attempt.
    case failed
    /// It is on a do-not-call list.
    case suppressed
    /// It was taken out before it was done.
    case cancelled

    /// Whether nothing follows.
    public var isFinal: Bool { self != .waiting && self != .calling }
  }

  /// What changes the status of a lead.
  public enum Trigger: String, Hashable, Sendable, Codable, CaseIterable {
    /// A call is placed to it.
    case call
    /// The attempt failed and there will be another, or no call came of the claim.
    case wait
    /// It was reached.
    case complete
    /// It gets no further attempt.
    case fail
    /// Its number is not to be called.
    case suppress
    /// It is taken out.
    case cancel
  }

  /// Which status follows which.
  public static let statuses = StatusMachine<Status, Trigger>([
    (from: [.waiting], trigger: .call, to: .calling),
    (from: [.calling], trigger: .wait, to: .waiting),
    (from: [.waiting, .calling], trigger: .complete, to: .completed),
    (from: [.waiting, .calling], trigger: .fail, to: .failed),
    (from: [.waiting, .calling], trigger: .suppress, to: .suppressed),
    (from: [.waiting, .calling], trigger: .cancel, to: .cancelled),
  ])
}

/// Where a person is, as far as the law and the clock are concerned.
///
/// Leads of one campaign with the same locality wait in one queue, so that a closed one costs nothing.
public struct Locality: Hashable, Sendable, Codable {
  /// The country or state whose rules hold, such as `US` or `US-FL`; nil when it is not known.
  public var jurisdiction: String?
  /// Every time zone the person could be in, as IANA names in alphabetical order; empty when it is not known.
  public private(set) var timeZones: [String]

  /// Creates a locality.
  public init(jurisdiction: String? = nil, timeZones: [String] = []) {
    self.jurisdiction = jurisdiction
    self.timeZones = timeZones.count < 2 ? timeZones : Set(timeZones).sorted()
  }

  /// Reads a locality, whatever the order of its time zones.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      jurisdiction: try container.decodeIfPresent(String.self, forKey: .jurisdiction),
      timeZones: try container.decode([String].self, forKey: .timeZones))
  }

  /// A place of which nothing is known.
  public static let unknown = Locality()
}

/// A lead to be added to a campaign.
public struct NewLead: Hashable, Sendable, Codable {
  /// The number by which its contact is found or created.
  public var number: PhoneNumber
  /// What to dial after the number was answered.
  public var phoneExtension: String?
  /// Further numbers of the person, in the order in which they are tried; at most
  /// ``Contact/maximumFurtherNumbers``. They are added to a new contact only.
  public var furtherNumbers: [Contact.Number]
  /// What is known of the person.
  public var person: Person
  /// What kind of lead it is.
  public var type: String?
  /// What the calls are about.
  public var subject: String?
  /// Its place in the order of calls: the smaller, the earlier; 0 by default.
  public var priority: Int32
  /// Whatever else is known. Together with the texts of the lead it takes 1 MiB at most.
  public var fields: JSONObject
  /// What somebody wrote about it.
  public var notes: String?
  /// Where the person is.
  public var locality: Locality
  /// The first moment at which it may be called; nil for at once.
  public var notBefore: Timestamp?
  /// Whether it is added as one that is not to be called.
  public var isSuppressed: Bool

  /// Creates a lead to be added.
  public init(
    number: PhoneNumber, person: Person = Person(), priority: Int32 = 0, fields: JSONObject = [:],
    locality: Locality = .unknown
  ) {
    self.number = number
    furtherNumbers = []
    self.person = person
    self.priority = priority
    self.fields = fields
    self.locality = locality
    isSuppressed = false
  }
}

/// Why a lead was dialled, or what held it back.
public struct DecisionRecord: Hashable, Sendable, Codable {
  /// Whether it was dialled.
  public var isDialled: Bool
  /// The first rule that held it back, or the one that let it pass, such as `doNotCall` or `rolling.7in7`.
  public var rule: String
  /// Where the rule is written.
  public var citation: String?
  /// When it was decided.
  public var decidedAt: Timestamp
  /// The next moment at which it could pass; nil when it never will, or when it did.
  public var retryAt: Timestamp?

  /// Creates a record.
  public init(
    isDialled: Bool, rule: String, citation: String? = nil, decidedAt: Timestamp, retryAt: Timestamp? = nil
  ) {
    self.isDialled = isDialled
    self.rule = rule
    self.citation = citation
    self.decidedAt = decidedAt
    self.retryAt = retryAt
  }
}
