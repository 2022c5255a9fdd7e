import CampaignKit

/// Which trunk has, or may have, which call, as far as this process knows. The oldest entries are forgotten.
struct TrunkBook: Sendable {
  /// How an order stands.
  enum Standing: Hashable, Sendable {
    /// It is being placed.
    case underWay
    /// This trunk has it, or may have it; no other does.
    case at(Int)
  }

  private var standings: [Call.ID: Standing] = [:]
  /// The calls in the order in which they were noted.
  private var calls: [Call.ID] = []
  private var forgotten = 0
  private let capacity: Int

  init(capacity: Int = 65_536) {
    self.capacity = capacity
  }

  /// Notes that an order is being placed, unless it is known; then returns how it stands.
  mutating func begin(_ call: Call.ID) -> Standing? {
    if let standing = standings[call] { return standing }
    note(.underWay, of: call)
    return nil
  }

  /// Notes where a call is, or that nobody has it.
  mutating func note(_ standing: Standing?, of call: Call.ID) {
    let old = standings[call]
    standings[call] = standing
    if old == nil, standing != nil { calls.append(call) }
    while calls.count - forgotten > capacity {
      standings[calls[forgotten]] = nil
      forgotten += 1
    }
    if forgotten > 4096, forgotten * 2 > calls.count {
      calls.removeFirst(forgotten)
      forgotten = 0
    }
  }

  /// The trunk that has a call, or may have it.
  func trunk(of call: Call.ID) -> Int? {
    if case .at(let index) = standings[call] { index } else { nil }
  }
}
