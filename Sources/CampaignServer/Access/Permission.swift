public import CampaignKit

/// Something that a role permits.
public enum Permission: Hashable, Sendable, CaseIterable {
  /// To see what the account has.
  case read
  /// To set the status of agents.
  case setAgentStatus
  /// To change campaigns, leads, lists, agents, do-not-call entries and settings, and to start and stop calls.
  case change
  /// To change users, keys and the account.
  case administer
}

extension User.Role {
  /// Everything that the role permits; an owner may do everything, whatever the role.
  public var permissions: Set<Permission> {
    switch self {
    case .admin: Set(Permission.allCases)
    case .manager: [.read, .setAgentStatus, .change]
    case .agent: [.read, .setAgentStatus]
    }
  }
}

extension Principal {
  /// Whether whoever asks may do something in their account.
  public func has(_ permission: Permission) -> Bool { isOwner || role.permissions.contains(permission) }
}
