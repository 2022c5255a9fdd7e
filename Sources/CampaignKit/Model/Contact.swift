public import JSON

/// What is known of a person apart from their numbers.
public struct Person: Hashable, Sendable, Codable {
  /// The first name, or the whole name where it came as one.
  public var firstName: String?
  /// The last name.
  public var lastName: String?
  /// The e-mail address.
  public var email: String?
  /// The company.
  public var company: String?
  /// The country, as it was given.
  public var country: String?

  /// Creates a person.
  public init(
    firstName: String? = nil, lastName: String? = nil, email: String? = nil, company: String? = nil,
    country: String? = nil
  ) {
    self.firstName = firstName
    self.lastName = lastName
    self.email = email
    self.company = company
    self.country = country
  }

  /// The first and the last name, as far as they are known.
  public var fullName: String? {
    guard let firstName else { return lastName }
    return lastName.map { "\(firstName) \($0)" } ?? firstName
  }

  /// Whether nothing is known.
  public var isEmpty: Bool { self == Person() }
}

/// A person in an account's address book, found by any of their numbers.
public struct Contact: Hashable, Sendable, Codable, Identifiable {
  /// The name of a contact.
  public typealias ID = Identifier<Contact>

  /// One of a person's numbers.
  public struct Number: Hashable, Sendable, Codable {
    /// The number.
    public var number: PhoneNumber
    /// What to dial after the number was answered.
    public var phoneExtension: String?
    /// What the person calls it, such as `work`.
    public var label: String?

    /// Creates a number.
    public init(_ number: PhoneNumber, phoneExtension: String? = nil, label: String? = nil) {
      self.number = number
      self.phoneExtension = phoneExtension
      self.label = label
    }
  }

  /// The name of this contact.
  public var id: ID
  /// The account.
  public var account: Account.ID
  /// The main number, by which the contact is found; unique in the account.
  public var number: PhoneNumber
  /// What to dial after the main number was answered.
  public var phoneExtension: String?
  /// What the person calls the main number.
  public var numberLabel: String?
  /// Further numbers, in the order in which they are tried; at most ``maximumFurtherNumbers``.
  public var furtherNumbers: [Number]
  /// What is known of the person.
  public var person: Person
  /// What somebody wrote about them.
  public var notes: String?
  /// The time zone the person is in, where they said so, as an IANA name.
  public var timeZone: String?
  /// What the person agreed to.
  public var consents: [Consent]
  /// Whatever else is known. Together with the texts of the contact it takes 1 MiB at most.
  public var fields: JSONObject
  /// When the contact was created.
  public var createdAt: Timestamp
  /// When the contact was last changed.
  public var updatedAt: Timestamp

  /// Creates a contact.
  public init(id: ID, account: Account.ID, number: PhoneNumber, createdAt: Timestamp) {
    self.id = id
    self.account = account
    self.number = number
    furtherNumbers = []
    person = Person()
    consents = []
    fields = [:]
    self.createdAt = createdAt
    updatedAt = createdAt
  }

  /// The most numbers that a contact has beside the main one.
  public static let maximumFurtherNumbers = 100

  /// All numbers in the order in which they are tried.
  public var numbers: [Number] {
    [Number(number, phoneExtension: phoneExtension, label: numberLabel)] + furtherNumbers
  }
}

/// Something that a person agreed to.
public struct Consent: Hashable, Sendable, Codable {
  /// What was agreed to, such as `marketing.prerecorded`.
  public var kind: String
  /// Where the agreement comes from.
  public var source: String
  /// When it was given.
  public var givenAt: Timestamp
  /// When it ends, if ever.
  public var expiresAt: Timestamp?
  /// When it was taken back.
  public var revokedAt: Timestamp?

  /// Creates a consent.
  public init(
    kind: String, source: String, givenAt: Timestamp, expiresAt: Timestamp? = nil, revokedAt: Timestamp? = nil
  ) {
    self.kind = kind
    self.source = source
    self.givenAt = givenAt
    self.expiresAt = expiresAt
    self.revokedAt = revokedAt
  }

  /// Whether it holds at a moment.
  public func holds(at moment: Timestamp) -> Bool {
    givenAt <= moment && expiresAt.map { moment < $0 } ?? true && revokedAt.map { moment < $0 } ?? true
  }
}

/// A named list of contacts, from which campaigns are made.
public struct ContactList: Hashable, Sendable, Codable, Identifiable {
  /// The name of a list.
  public typealias ID = Identifier<ContactList>

  /// The name of this list.
  public var id: ID
  /// The account.
  public var account: Account.ID
  /// What people call it.
  public var name: String
  /// When it was created.
  public var createdAt: Timestamp
  /// How many contacts it has.
  public var count: Int

  /// Creates an empty list.
  public init(id: ID, account: Account.ID, name: String, createdAt: Timestamp) {
    self.id = id
    self.account = account
    self.name = name
    self.createdAt = createdAt
    count = 0
  }
}
