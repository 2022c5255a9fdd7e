/// Keeps the numbers that are not to be called.
public protocol SuppressionStore: Sendable {
  /// Adds entries, as many as there are: a whole list in one call costs least, and entries that have their account,
  /// source, reason and times in common take the least room. An entry for the same numbers and the same account takes
  /// the place of the old one.
  ///
  /// From the next claim on, none of these numbers is called. In the same step, leads that wait on one of them
  /// are suppressed, and so are, with the end of their call and whatever came of it, those that have one; campaigns
  /// complete if these were their last open leads. For a prefix the leads follow at their claim.
  ///
  /// - Returns: The calls that are live on one of the numbers, so that they can be hung up.
  func suppress(_ entries: [Suppression]) async throws(StoreError) -> [Call.ID]

  /// Removes entries; leads that were suppressed stay so.
  ///
  /// - Returns: How many there were.
  func unsuppress(_ patterns: [Suppression.Pattern], of account: Account.ID?) async throws(StoreError) -> Int

  /// The entry that holds for a number now, of the account or of all accounts.
  ///
  /// Where several hold it is one for the number itself before one for a prefix, a longer prefix before a shorter one,
  /// and then one of the account before one for all.
  func suppression(of number: PhoneNumber, for account: Account.ID) async throws(StoreError) -> Suppression?

  /// The entries of an account, or those for all accounts, in the order of their patterns.
  func suppressions(of account: Account.ID?, page: PageRequest) async throws(StoreError) -> Page<Suppression>

  /// The entries for exactly these patterns, of the account or for all accounts, also those that have ended. The others
  /// are not in it. A store that does nothing about it reads its whole list.
  func suppressions(
    for patterns: [Suppression.Pattern], of account: Account.ID?
  ) async throws(StoreError) -> [Suppression.Pattern: Suppression]
}

extension SuppressionStore {
  /// Reads the whole list.
  public func suppressions(
    for patterns: [Suppression.Pattern], of account: Account.ID?
  ) async throws(StoreError) -> [Suppression.Pattern: Suppression] {
    let sought = Set(patterns)
    var found: [Suppression.Pattern: Suppression] = [:]
    var request = PageRequest(limit: 1000)
    while found.count < sought.count {
      let page = try await suppressions(of: account, page: request)
      for entry in page.elements where sought.contains(entry.pattern) { found[entry.pattern] = entry }
      guard let next = page.next else { break }
      request.start = .cursor(next)
    }
    return found
  }
}
