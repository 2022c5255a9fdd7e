/// From which of a campaign's ``Campaign/callerNumbers`` each of its calls is made.
///
/// The number that is nearest to the person called comes first; of those that are equally near the one with the fewest
/// calls today, and then the one that stands first in the list. So calls go round over the numbers.
public struct CallerChoice: Hashable, Sendable, Codable {
  /// Whether a number near the person called is preferred, see ``PhoneNumber/nearness(to:)``; true by default.
  public var prefersNearby: Bool
  /// The most calls from one number in a day on the campaign's clock; nil, the default, for no limit. At least 1.
  ///
  /// All calls of the account from the number count, those of other campaigns and single ones among them. A campaign
  /// whose numbers have all made so many starts no call before the next day.
  public var maximumPerDay: Int?

  /// Creates a choice; without arguments, by nearness and in turn, with no limit.
  public init(prefersNearby: Bool = true, maximumPerDay: Int? = nil) {
    self.prefersNearby = prefersNearby
    self.maximumPerDay = maximumPerDay
  }

  /// The most numbers that a campaign calls from.
  public static let mostNumbers = 1000
}

extension KeyedDecodingContainer {
  /// Reads a choice; what was written before there was one has the default.
  func decode(_ type: CallerChoice.Type, forKey key: Key) throws -> CallerChoice {
    try decodeIfPresent(type, forKey: key) ?? CallerChoice()
  }
}

/// What was counted of the calls from a number.
public struct CallerCounts: Hashable, Sendable, Codable {
  /// Calls that were made, live ones among them.
  public var calls: Int
  /// Those of them that have ended.
  public var ended: Int
  /// Those of the ended that a person answered.
  public var answered: Int

  /// Creates counts; without arguments, of nothing.
  public init(calls: Int = 0, ended: Int = 0, answered: Int = 0) {
    self.calls = calls
    self.ended = ended
    self.answered = answered
  }

  /// Adds other counts to these.
  public mutating func add(_ other: CallerCounts) {
    calls += other.calls
    ended += other.ended
    answered += other.answered
  }

  /// Counts a call; one that was never placed is none.
  public mutating func count(_ call: Call) {
    guard call.isAttempt else { return }
    calls += 1
    guard !call.status.isLive else { return }
    ended += 1
    if call.wasAnsweredByPerson { answered += 1 }
  }
}

extension Call {
  /// Whether a person answered: somebody who was talked to, who was heard, or for whom nobody was there.
  public var wasAnsweredByPerson: Bool {
    disposition == .answered || disposition == .abandoned || answeredBy == .human
  }
}

/// A number of an account, and what was counted of the calls from it.
public struct CallerNumberCounts: Hashable, Sendable, Codable {
  /// The number.
  public var number: PhoneNumber
  /// What was counted.
  public var counts: CallerCounts

  /// Creates a description of what a number did.
  public init(number: PhoneNumber, counts: CallerCounts) {
    self.number = number
    self.counts = counts
  }
}
