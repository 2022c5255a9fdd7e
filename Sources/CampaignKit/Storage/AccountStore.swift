/// Keeps accounts, the people who sign in to them, and the keys that programs use.
public protocol AccountStore: Sendable {
  /// Adds an account.
  ///
  /// - Throws: ``StoreError/Code/duplicate`` when the identifier or the external name is taken.
  func insert(_ account: Account) async throws(StoreError)

  /// The account of that name.
  func account(_ id: Account.ID) async throws(StoreError) -> Account?

  /// The account that has that name in another system.
  func account(externalID: String) async throws(StoreError) -> Account?

  /// The accounts in the order in which they were created.
  func accounts(_ page: PageRequest) async throws(StoreError) -> Page<Account>

  /// Changes an account. A new limit holds from the next claim on; calls that are live go on.
  ///
  /// - Returns: The account as it is stored now, with its new revision.
  /// - Throws: ``StoreError/Code/conflict`` when the stored revision is not that of `account`,
  ///   ``StoreError/Code/notFound``, ``StoreError/Code/duplicate``.
  func update(_ account: Account) async throws(StoreError) -> Account

  /// Adds a user.
  ///
  /// - Throws: ``StoreError/Code/duplicate`` when the identifier or the address is taken,
  ///   ``StoreError/Code/notFound`` when there is no such account.
  func insert(_ user: User) async throws(StoreError)

  /// The user of that name.
  func user(_ id: User.ID) async throws(StoreError) -> User?

  /// The user who signs in with that address, whatever its case.
  func user(email: String) async throws(StoreError) -> User?

  /// The users of an account in the order in which they were created.
  func users(of account: Account.ID) async throws(StoreError) -> [User]

  /// Changes a user; the same rules as for an account.
  func update(_ user: User) async throws(StoreError) -> User

  /// Removes a user.
  func delete(_ user: User.ID, of account: Account.ID) async throws(StoreError)

  /// Adds a key.
  ///
  /// - Throws: ``StoreError/Code/duplicate`` when the identifier or the digest is taken,
  ///   ``StoreError/Code/notFound`` when there is no such account.
  func insert(_ key: APIKey) async throws(StoreError)

  /// The key with that digest, expired or not.
  func key(digest: String) async throws(StoreError) -> APIKey?

  /// The keys of an account in the order in which they were created.
  func keys(of account: Account.ID) async throws(StoreError) -> [APIKey]

  /// Removes a key; it opens nothing from then on.
  func delete(_ key: APIKey.ID, of account: Account.ID) async throws(StoreError)
}
