/// Keeps the people of an account, and lists of them.
public protocol ContactStore: Sendable {
  /// Adds a contact.
  ///
  /// - Throws: ``StoreError/Code/duplicate`` when the identifier is taken, or another contact of the account has
  ///   the same main number; ``StoreError/Code/notFound`` when there is no such account.
  func insert(_ contact: Contact) async throws(StoreError)

  /// The contact of that name.
  func contact(_ id: Contact.ID, of account: Account.ID) async throws(StoreError) -> Contact?

  /// The contact of an account that has that main number.
  func contact(number: PhoneNumber, of account: Account.ID) async throws(StoreError) -> Contact?

  /// The contacts that match.
  func contacts(_ query: ContactQuery, page: PageRequest) async throws(StoreError) -> Page<Contact>

  /// Changes a contact. Its leads that wait are called on its new numbers from then on.
  ///
  /// - Returns: The contact as it is stored now.
  /// - Throws: ``StoreError/Code/notFound``, ``StoreError/Code/duplicate`` when another contact has the number.
  func update(_ contact: Contact) async throws(StoreError) -> Contact

  /// Removes a contact.
  ///
  /// - Throws: ``StoreError/Code/notPermitted`` while a campaign has a lead of it, ``StoreError/Code/notFound``.
  func delete(_ contact: Contact.ID, of account: Account.ID) async throws(StoreError)

  /// Adds an empty list.
  ///
  /// - Throws: ``StoreError/Code/duplicate``, ``StoreError/Code/notFound`` when there is no such account.
  func insert(_ list: ContactList) async throws(StoreError)

  /// The list of that name, with its count.
  func list(_ id: ContactList.ID, of account: Account.ID) async throws(StoreError) -> ContactList?

  /// The lists of an account in the order in which they were created.
  func lists(of account: Account.ID) async throws(StoreError) -> [ContactList]

  /// Puts contacts at the end of a list; those that are on it already stay where they are.
  ///
  /// - Returns: How many were added.
  /// - Throws: ``StoreError/Code/notFound`` when the list or one of the contacts is not there; then none is added.
  func add(_ contacts: [Contact.ID], to list: ContactList.ID, of account: Account.ID) async throws(StoreError) -> Int

  /// Removes a list, not its contacts.
  func delete(_ list: ContactList.ID, of account: Account.ID) async throws(StoreError)
}
