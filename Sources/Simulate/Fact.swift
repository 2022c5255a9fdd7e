import CampaignKit

/// Something that a store keeps and that only one writer changes, so that its value can be foretold.
struct Fact: Hashable, Comparable, Sendable, CustomStringConvertible {
  enum Kind: String, CaseIterable, Sendable {
    case account, user, key, agent, campaign, lease, contact, list, suppression, batch, lead, call, reserved, limit
  }

  var kind: Kind
  var id: String

  static let absent = "-"

  init(_ kind: Kind, _ id: some CustomStringConvertible) {
    self.kind = kind
    self.id = id.description
  }

  var description: String { "\(kind.rawValue) \(id)" }

  static func < (left: Self, right: Self) -> Bool { left.description < right.description }

  /// What the store says now.
  func value(in store: any CampaignStorage) async throws -> String {
    switch kind {
    case .account: return describe(try await look { try await store.account($0) }) { Self.value($0) }
    case .user: return describe(try await look { try await store.user($0) }) { Self.value($0) }
    case .key: return try await store.key(digest: id).map { Self.value($0) } ?? Self.absent
    case .campaign: return describe(try await look { try await store.campaign($0) }) { Self.value($0) }
    case .lease: return describe(try await look { try await store.lease(of: $0) }) { Self.value($0) }
    case .batch: return describe(try await look { try await store.importBatch($0) }) { Self.value($0) }
    case .lead: return describe(try await look { try await store.lead($0) }) { Self.value($0) }
    case .call: return describe(try await look { try await store.call($0) }) { Self.value($0) }
    case .agent: return describe(try await lookOwned { try await store.agent($0, of: $1) }) { Self.value($0) }
    case .contact: return describe(try await lookOwned { try await store.contact($0, of: $1) }) { Self.value($0) }
    case .list: return describe(try await lookOwned { try await store.list($0, of: $1) }) { Self.value($0) }
    case .suppression:
      let parts = id.split(separator: "/")
      guard parts.count == 2, let account = Account.ID(String(parts[0])) else { return Self.absent }
      let entry: Suppression?
      if let number = PhoneNumber(e164: parts[1]) {
        entry = try await store.suppression(of: number, for: account)
      } else {
        entry = try await store.suppressions(of: account, page: PageRequest(limit: 100_000)).elements.first {
          $0.pattern.description == parts[1]
        }
      }
      guard entry?.pattern.description == String(parts[1]) else { return Self.absent }
      return entry.map { Self.value($0) } ?? Self.absent
    case .reserved:
      guard let account = Account.ID(id) else { return Self.absent }
      let query = CallQuery(account: account, isLive: true)
      let live = try await store.calls(query, page: PageRequest(limit: 0, countsTotal: true)).total ?? 0
      return "\(try await store.slots(of: account).accountActive - live)"
    case .limit:
      guard let account = Account.ID(id) else { return Self.absent }
      return "\(try await store.slots(of: account).systemLimit)"
    }
  }

  private func look<Entity, Value>(_ read: (Identifier<Entity>) async throws -> Value?) async throws -> Value? {
    guard let id = Identifier<Entity>(id) else { return nil }
    return try await read(id)
  }

  private func lookOwned<Entity, Value>(
    _ read: (Identifier<Entity>, Account.ID) async throws -> Value?
  ) async throws -> Value? {
    let parts = id.split(separator: "/").map(String.init)
    guard parts.count == 2, let account = Account.ID(parts[0]), let id = Identifier<Entity>(parts[1]) else {
      return nil
    }
    return try await read(id, account)
  }

  private func describe<Value>(_ value: Value?, _ text: (Value) -> String) -> String {
    value.map(text) ?? Self.absent
  }
}

// How values are told, by who changes them and by who checks.
extension Fact {
  static func value(_ account: Account) -> String {
    "\(account.name) limit \(text(account.concurrencyLimit)) revision \(account.revision)"
  }
  static func value(_ user: User) -> String { "\(user.email) \(user.role) revision \(user.revision)" }
  static func value(_ key: APIKey) -> String { "\(key.id) \(key.name)" }
  static func value(_ agent: Agent) -> String {
    "\(agent.name) \(agent.status) since \(agent.statusSince) revision \(agent.revision)"
  }
  /// A campaign completes by itself, so its status is left out.
  static func value(_ campaign: Campaign) -> String { "\(campaign.name) revision \(campaign.revision)" }
  static func value(_ lease: CampaignLease) -> String { "\(lease.owner) \(lease.token) until \(lease.expiresAt)" }
  static func value(_ contact: Contact) -> String {
    "\(contact.number) \(text(contact.notes)) numbers \(contact.numbers.count)"
  }
  static func value(_ list: ContactList) -> String { "\(list.name) with \(list.count)" }
  static func value(_ entry: Suppression) -> String { "\(entry.source) \(text(entry.reason))" }
  static func value(_ batch: ImportBatch) -> String {
    "\(batch.status) at \(batch.progress) inserted \(batch.tally.inserted)"
  }
  /// What becomes of a lead depends on others as well, so only what it is and what a person changes is told.
  static func value(_ lead: Lead) -> String { "\(lead.ordinal) of \(lead.contact) priority \(lead.priority)" }
  static func value(_ call: Call) -> String {
    """
    \(call.to) \(call.status) \(text(call.disposition)) \(text(call.carrierReference)) \
    cost \(text(call.costMicros)) agent \(text(call.agent)) notes \(text(call.notes)) ended \(text(call.endedAt))
    """
  }

  private static func text(_ value: (some CustomStringConvertible)?) -> String { value?.description ?? "none" }
  private static func text(_ value: Disposition?) -> String { value?.rawValue ?? "none" }
}
