/// What becomes of a do-not-call entry that is there already when another one for the same numbers comes.
public enum KnownSuppressions: Hashable, Sendable {
  /// It stays if it holds longer than the new one.
  case stayIfTheyHoldLonger
  /// It stays if it holds as long as the new one: its source and reason are not written over.
  case stayIfTheyHoldAsLong
}

extension SuppressionStore {
  /// Adds entries as ``suppress(_:)`` does, and ends none earlier than it would have ended.
  ///
  /// That is looked up before: an entry that somebody adds in between is replaced.
  ///
  /// - Parameters:
  ///   - entries: The entries, all of one account or all for all accounts.
  ///   - known: Which of those that are there stay as they are.
  /// - Returns: The calls that are live on one of the numbers, so that they can be hung up.
  /// - Throws: What the store throws.
  public func suppress(
    _ entries: [Suppression], where known: KnownSuppressions
  ) async throws(StoreError) -> [Call.ID] {
    try await suppress(try await lasting(entries, known, of: entries.first?.account))
  }

  /// The entries, in place of which those that are there stand where they stay.
  private func lasting(
    _ entries: [Suppression], _ known: KnownSuppressions, of account: Account.ID?
  ) async throws(StoreError) -> [Suppression] {
    // Nothing holds longer than for ever.
    let doubtful = Set(
      entries.lazy.filter { $0.expiresAt != nil || known == .stayIfTheyHoldAsLong }.map(\.pattern))
    guard !doubtful.isEmpty else { return entries }
    var last = try await suppressions(for: Array(doubtful), of: account)
    return entries.map { entry in
      guard doubtful.contains(entry.pattern) else { return entry }
      if let old = last[entry.pattern], old.outlasts(entry, orEquals: known == .stayIfTheyHoldAsLong) { return old }
      last[entry.pattern] = entry
      return entry
    }
  }
}

extension Suppression {
  fileprivate func outlasts(_ other: Suppression, orEquals: Bool) -> Bool {
    let ends = (expiresAt ?? .distantFuture, other.expiresAt ?? .distantFuture)
    return ends.0 > ends.1 || orEquals && ends.0 == ends.1
  }
}
