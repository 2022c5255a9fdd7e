/// Shares out the calls that could be started now among the campaigns that want some.
///
/// A policy only proposes. Every limit is enforced by the store when calls are claimed, whatever a policy says, so a
/// wrong one is unfair or slow and never dangerous. It is asked whenever something has changed, and is a pure
/// function: the same situation has the same answer.
public protocol ConcurrencyPolicy: Sendable {
  /// How many calls each candidate is to start now, in the order of ``PacingSituation/candidates``.
  ///
  /// Negative and missing counts mean none.
  func shares(in situation: PacingSituation) -> [Int]
}

/// What a policy is told: the room there is, and who wants it.
public struct PacingSituation: Hashable, Sendable {
  /// The room of an account.
  public struct Room: Hashable, Sendable {
    /// How many calls its limit leaves.
    public var free: Int
    /// Its share when accounts compete, relative to the others.
    public var weight: Int
    /// What it has had so far: its calls, divided by its weight. The one with the least has waited longest.
    public var served: Double
    /// How many of the free slots its campaigns have reserved and do not use.
    public var reserved: Int

    /// Creates the room of an account.
    public init(free: Int, weight: Int = 1, served: Double = 0, reserved: Int = 0) {
      self.free = free
      self.weight = weight
      self.served = served
      self.reserved = reserved
    }
  }

  /// A campaign that may have leads to call.
  public struct Candidate: Hashable, Sendable {
    /// The campaign.
    public var campaign: Campaign.ID
    /// Its account.
    public var account: Account.ID
    /// How it wants to be paced.
    public var pacing: Pacing
    /// How many calls it has now.
    public var live: Int
    /// For how long it has been calling.
    public var activeFor: Duration
    /// What it has had so far: its calls, divided by its weight. The one with the least has waited longest.
    public var served: Double

    /// Creates a candidate.
    public init(
      campaign: Campaign.ID, account: Account.ID, pacing: Pacing = Pacing(), live: Int = 0,
      activeFor: Duration = .zero, served: Double = 0
    ) {
      self.campaign = campaign
      self.account = account
      self.pacing = pacing
      self.live = live
      self.activeFor = activeFor
      self.served = served
    }
  }

  /// How many calls the limit of the whole system leaves.
  public var systemFree: Int
  /// The room of each account that has a candidate.
  public var accounts: [Account.ID: Room]
  /// The campaigns that want calls.
  public var candidates: [Candidate]

  /// Creates a situation.
  public init(systemFree: Int, accounts: [Account.ID: Room], candidates: [Candidate]) {
    self.systemFree = systemFree
    self.accounts = accounts
    self.candidates = candidates
  }
}
