/// The orders of a campaign that its carrier has refused in a row, without one that it took between.
///
/// What is refused may be at fault itself, or as all the others are. One number alone does not tell: it would pause its
/// campaign again after each resume. Several in a row do.
struct RefusedOrders: Hashable, Sendable {
  /// What a refusal says about the campaign.
  enum Judgement: Hashable, Sendable {
    /// The number is at fault.
    case number
    /// So are all the others: so many were refused in a row.
    case campaign(Int)
  }

  /// How many numbers in a row whose orders are at fault are too many.
  static let mostAtFault = 2
  /// How many numbers in a row that the carrier does not call are too many: it may be the account, or the country.
  static let mostBlocked = 5

  private var atFault: Set<PhoneNumber> = []
  private var blocked: Set<PhoneNumber> = []
  /// Whether there are too many, until the campaign is resumed.
  private var areTooMany = false
  /// Whether the campaign is being paused for them.
  private(set) var isPausing = false

  /// Notes that the order to a number was refused.
  mutating func note(_ code: DialerError.Code, to number: PhoneNumber) -> Judgement {
    if code.fault == .order {
      atFault.insert(number)
    } else if code == .blocked {
      blocked.insert(number)
    } else {
      return .number
    }
    areTooMany = areTooMany || atFault.count >= Self.mostAtFault || blocked.count >= Self.mostBlocked
    return areTooMany ? .campaign(code.fault == .order ? atFault.count : blocked.count) : .number
  }

  /// Notes that an order was taken. What was sent before a pause may still be taken after it.
  mutating func accept() {
    if !areTooMany { self = RefusedOrders() }
  }

  /// Begins to pause the campaign; false if that was begun already.
  mutating func beginPause() -> Bool {
    defer { isPausing = true }
    return !isPausing
  }

  /// Notes that the campaign could not be paused, or was paused by then.
  mutating func endPause() { isPausing = false }
}
