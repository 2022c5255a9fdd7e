extension PhoneNumber {
  /// How near this number is to another: the greater, the nearer.
  ///
  /// It is 0 for numbers with different calling codes and 1 for those with the same. Where they share the digits behind
  /// it as well, the three of an area code in North America and at least two elsewhere, it is how many they share from
  /// the first on. Fewer say nothing: `+1 41` is San Francisco and Toronto.
  public func nearness(to other: PhoneNumber) -> Int { PhoneNeighbor(digits).nearness(to: PhoneNeighbor(other.digits)) }
}

/// A number that is compared with many others.
struct PhoneNeighbor: Hashable {
  /// The digits, with zeros behind them up to ``length``.
  private let digits: UInt64
  private let count: Int
  /// How many digits the calling code has.
  private let code: Int

  private static let length = 15
  private static let powers: [UInt64] = (0...length).map { (0..<$0).reduce(1) { power, _ in power * 10 } }

  /// The calling codes of two digits, which no other begins with. Besides them there are 1 and 7; all others have three.
  private static let twoDigits: Set<UInt64> = [
    20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54, 55, 56, 57, 58, 60, 61, 62,
    63, 64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98,
  ]

  /// - Parameter number: Up to 15 digits.
  init(_ number: UInt64) {
    count = Self.powers.firstIndex { number < $0 } ?? Self.length
    digits = number &* Self.powers[Self.length - count]
    let first = digits / Self.powers[Self.length - 1]
    code = first == 1 || first == 7 ? 1 : Self.twoDigits.contains(digits / Self.powers[Self.length - 2]) ? 2 : 3
  }

  func nearness(to other: PhoneNeighbor) -> Int {
    let most = min(count, other.count)
    guard code <= most, shares(code, with: other) else { return 0 }
    // Only in North America does a calling code of one digit stand before area codes of one length.
    let least = digits / Self.powers[Self.length - 1] == 1 ? 4 : code + 2
    guard least <= most, shares(least, with: other) else { return 1 }
    var shared = least
    while shared < most, shares(shared + 1, with: other) { shared += 1 }
    return shared
  }

  private func shares(_ first: Int, with other: PhoneNeighbor) -> Bool {
    let power = Self.powers[Self.length - first]
    return digits / power == other.digits / power
  }
}
