/// Reads the roll-ups, which are kept in the same step as the calls they count.
public protocol ReportStore: Sendable {
  /// Everything that was ever counted for a campaign, an account or an agent; empty for an unknown one.
  ///
  /// It costs the same however many calls there were.
  func total(of scope: RollupScope) async throws(StoreError) -> Rollup

  /// What was counted, by quarters of an hour; those without a call are absent.
  ///
  /// - Parameters:
  ///   - scope: What to read.
  ///   - from: The first quarter is the one that contains this moment; nil for the first there is.
  ///   - until: The last quarter is the last that begins before this moment; nil for the last there is.
  /// - Returns: The quarters that have calls, in order.
  /// - Throws: ``StoreError/Code/closed``.
  func quarters(
    of scope: RollupScope, from: Timestamp?, until: Timestamp?
  ) async throws(StoreError) -> [QuarterRollup]

  /// What was counted of the calls from each number of an account, those in campaigns and single ones.
  ///
  /// A call belongs to the quarter of an hour in which it was created, and the quarters are those of
  /// ``quarters(of:from:until:)``.
  ///
  /// - Returns: The numbers in their order; those without a call are absent. None for an unknown account.
  /// - Throws: ``StoreError/Code/closed``.
  func callerNumbers(
    of account: Account.ID, from: Timestamp?, until: Timestamp?
  ) async throws(StoreError) -> [CallerNumberCounts]
}

/// What a roll-up is of.
public enum RollupScope: Hashable, Sendable, Codable {
  /// All calls of an account, single ones among them.
  case account(Account.ID)
  /// The calls of a campaign.
  case campaign(Campaign.ID)
  /// The calls that were given to an agent.
  case agent(Agent.ID)
}
