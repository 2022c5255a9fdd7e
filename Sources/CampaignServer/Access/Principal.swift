public import CampaignKit

/// Whoever asks, and what they may do.
public struct Principal: Hashable, Sendable {
  /// By what they are known.
  public enum Identity: Hashable, Sendable {
    /// A person who has signed in.
    case user(User.ID)
    /// A program with a key.
    case key(APIKey.ID)
    /// Somebody on this machine, where a dialect is open to it.
    case thisMachine
  }

  /// By what they are known.
  public var identity: Identity
  /// The account.
  public var account: Account.ID
  /// What they may do.
  public var role: User.Role
  /// Whether they own the account and may do everything, whatever the role.
  public var isOwner: Bool
  /// When what they came with stops working, as a token does; nil where it does not by itself.
  public var endsAt: Timestamp?

  /// Creates a principal.
  public init(
    identity: Identity, account: Account.ID, role: User.Role, isOwner: Bool = false, endsAt: Timestamp? = nil
  ) {
    self.identity = identity
    self.account = account
    self.role = role
    self.isOwner = isOwner
    self.endsAt = endsAt
  }
}
