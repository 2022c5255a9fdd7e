public import JSON

/// The owner of everything: a tenant, a client, or a person with a limit of their own.
public struct Account: Hashable, Sendable, Codable, Identifiable {
  /// The name of an account.
  public typealias ID = Identifier<Account>

  /// The name of this account.
  public var id: ID
  /// What people call it.
  public var name: String
  /// The name it has in another system, such as a tenant's UUID; unique where it is there.
  public var externalID: String?
  /// How many calls it may have at once; nil for the store's default.
  public var concurrencyLimit: Int?
  /// Its share when accounts compete for calls, relative to the others; 1 by default.
  public var weight: Int
  /// The time zone of campaigns that state none, as an IANA name; `UTC` by default.
  public var timeZone: String
  /// The daily hours of campaigns that state none.
  public var callingHours: DailyHours?
  /// When the copies of do-not-call registries that the account has were made, by the names of the registries.
  /// Campaigns may require one that is not too old; see ``Compliance/requiredLists``.
  public var copiedLists: [String: Timestamp]
  /// Whatever its owner wants to keep with it.
  public var metadata: JSONObject
  /// When it was created.
  public var createdAt: Timestamp
  /// When it was last changed.
  public var updatedAt: Timestamp
  /// How often it was changed; an update states the revision it was made from.
  public var revision: Int

  /// Creates an account.
  public init(id: ID, name: String, createdAt: Timestamp) {
    self.id = id
    self.name = name
    weight = 1
    timeZone = "UTC"
    copiedLists = [:]
    metadata = [:]
    self.createdAt = createdAt
    updatedAt = createdAt
    revision = 0
  }
}

extension Account {
  /// Whether an account permits the same calls as another: its limit, its hours and its copies of lists are the same.
  ///
  /// A store tells ``CampaignEvent/Kind/limitsChanged`` where an update of an account makes it permit something else.
  public func permitsSame(as other: Account) -> Bool {
    concurrencyLimit == other.concurrencyLimit && timeZone == other.timeZone && callingHours == other.callingHours
      && copiedLists == other.copiedLists
  }

  /// Reads an account; `copiedLists` and what may be nil may be missing.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      id: try container.decode(ID.self, forKey: .id), name: try container.decode(String.self, forKey: .name),
      createdAt: try container.decode(Timestamp.self, forKey: .createdAt))
    externalID = try container.decodeIfPresent(String.self, forKey: .externalID)
    concurrencyLimit = try container.decodeIfPresent(Int.self, forKey: .concurrencyLimit)
    weight = try container.decode(Int.self, forKey: .weight)
    timeZone = try container.decode(String.self, forKey: .timeZone)
    callingHours = try container.decodeIfPresent(DailyHours.self, forKey: .callingHours)
    copiedLists = try container.decodeIfPresent([String: Timestamp].self, forKey: .copiedLists) ?? [:]
    metadata = try container.decode(JSONObject.self, forKey: .metadata)
    updatedAt = try container.decode(Timestamp.self, forKey: .updatedAt)
    revision = try container.decode(Int.self, forKey: .revision)
  }
}

/// A person who may sign in to an account.
public struct User: Hashable, Sendable, Codable, Identifiable {
  /// The name of a user.
  public typealias ID = Identifier<User>

  /// What a user may do.
  public enum Role: String, Hashable, Sendable, Codable, CaseIterable {
    /// Everything in the account.
    case admin
    /// Everything but users and keys.
    case manager
    /// Reading, and setting the status of agents.
    case agent
  }

  /// The name of this user.
  public var id: ID
  /// The account.
  public var account: Account.ID
  /// The address to sign in with, in lower case; unique over all accounts.
  public var email: String
  /// The stretched password, in the form of whoever stretched it. It never leaves the server.
  public var passwordHash: String?
  /// The first name.
  public var firstName: String?
  /// The last name.
  public var lastName: String?
  /// A phone number, as it was written.
  public var phone: String?
  /// What the user may do.
  public var role: Role
  /// Whether the user owns the account and may do everything, whatever the role.
  public var isOwner: Bool
  /// When the user was created.
  public var createdAt: Timestamp
  /// When the user was last changed.
  public var updatedAt: Timestamp
  /// How often the user was changed; an update states the revision it was made from.
  public var revision: Int

  /// Creates a user.
  public init(id: ID, account: Account.ID, email: String, role: Role, createdAt: Timestamp) {
    self.id = id
    self.account = account
    self.email = email.lowercased()
    self.role = role
    isOwner = false
    self.createdAt = createdAt
    updatedAt = createdAt
    revision = 0
  }
}

/// A key that programs send instead of signing in.
public struct APIKey: Hashable, Sendable, Codable, Identifiable {
  /// The name of a key.
  public typealias ID = Identifier<APIKey>

  /// The name of this key.
  public var id: ID
  /// The account that it opens.
  public var account: Account.ID
  /// What it is for.
  public var name: String
  /// A digest of the key; the key itself is kept nowhere. Unique.
  public var digest: String
  /// The first characters of the key, by which its owner knows it.
  public var hint: String
  /// What its bearer may do.
  public var role: User.Role
  /// When it was created.
  public var createdAt: Timestamp
  /// When it stops working, if ever.
  public var expiresAt: Timestamp?

  /// Creates a key.
  public init(
    id: ID, account: Account.ID, name: String, digest: String, hint: String, role: User.Role, createdAt: Timestamp,
    expiresAt: Timestamp? = nil
  ) {
    self.id = id
    self.account = account
    self.name = name
    self.digest = digest
    self.hint = hint
    self.role = role
    self.createdAt = createdAt
    self.expiresAt = expiresAt
  }
}
