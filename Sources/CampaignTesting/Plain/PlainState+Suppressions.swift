import CampaignKit

extension PlainState {
  /// The entry that holds for a number now, of the account or of all: the narrowest, and the account's before all's.
  func suppression(of number: PhoneNumber, for account: Account.ID) -> Suppression? {
    func width(_ entry: Suppression) -> Int {
      guard case .prefix(let prefix) = entry.pattern else { return 0 }
      return 100 - prefix.description.count
    }
    return suppressions.filter { entry in
      (entry.account == nil || entry.account == account) && entry.holds(at: now) && entry.covers(number)
    }.min { (width($0), $0.account == nil ? 1 : 0) < (width($1), $1.account == nil ? 1 : 0) }
  }

  mutating func suppress(_ entries: [Suppression]) throws(StoreError) -> [Call.ID] {
    for entry in entries {
      if let account = entry.account { _ = try index(of: account) }
      suppressions.removeAll { $0.pattern == entry.pattern && $0.account == entry.account }
      suppressions.append(entry)
    }
    for account in accounts.map(\.id) {
      let count = entries.count { $0.account == account }
      if count > 0 { tell(account, .suppressionsAdded, count: count) }
    }
    let holding = entries.filter { $0.holds(at: now) }
    func isNamed(_ number: PhoneNumber, _ account: Account.ID) -> Bool {
      holding.contains { $0.pattern == .number(number) && ($0.account == nil || $0.account == account) }
    }
    for index in leads.indices where isNamed(leads[index].number, leads[index].account) {
      switch leads[index].status {
      case .waiting: end(index, as: .suppressed)
      case .calling: marks[leads[index].id] = .suppress
      default: break
      }
    }
    for campaign in campaigns.map(\.id) { completeIfDone(campaign) }
    return liveCalls { call in
      holding.contains { ($0.account == nil || $0.account == call.account) && $0.covers(call.to) }
    }.map(\.id)
  }

  mutating func unsuppress(_ patterns: [Suppression.Pattern], of account: Account.ID?) throws(StoreError) -> Int {
    let before = suppressions.count
    suppressions.removeAll { $0.account == account && patterns.contains($0.pattern) }
    let count = before - suppressions.count
    if let account, count > 0 { tell(account, .suppressionsRemoved, count: count) }
    return count
  }
}

extension Suppression {
  /// Whether a number is one of those that the entry is about.
  func covers(_ number: PhoneNumber) -> Bool {
    switch pattern {
    case .number(let named): named == number
    case .prefix(let prefix): number.hasPrefix(prefix)
    }
  }
}
