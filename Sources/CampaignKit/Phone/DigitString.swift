/// Up to 32 decimal digits, leading zeros included, four bits each; the first digit has the highest bits.
struct DigitString: Hashable {
  private var bits: UInt128 = 0
  private(set) var count = 0

  static let capacity = 32

  init() {}

  /// The digits of a number, without leading zeros; none for 0.
  init(_ value: UInt64) {
    var rest = value
    while rest > 0 {
      bits = bits &>> 4 | UInt128(rest % 10) &<< 124
      rest /= 10
      count += 1
    }
  }

  /// The last `count` digits of a number, with its leading zeros.
  init(_ value: UInt64, count: Int) {
    self.init()
    var rest = value
    for _ in 0..<min(count, Self.capacity) {
      bits = bits &>> 4 | UInt128(rest % 10) &<< 124
      rest /= 10
      self.count += 1
    }
  }

  var isEmpty: Bool { count == 0 }

  /// The first digit; 0 if there is none.
  var first: Int { Int(truncatingIfNeeded: bits &>> 124) }

  /// Adds a digit; false, and nothing is added, if there are as many as there can be.
  @inline(__always)
  mutating func append(_ digit: UInt8) -> Bool {
    guard count < Self.capacity else { return false }
    bits |= UInt128(digit & 15) &<< (124 - 4 * UInt128(truncatingIfNeeded: count))
    count += 1
    return true
  }

  /// Removes the first digit and returns it; nil if there is none.
  @inline(__always)
  mutating func popFirst() -> Int? {
    guard count > 0 else { return nil }
    let digit = first
    bits &<<= 4
    count -= 1
    return digit
  }

  func dropFirst(_ dropped: Int) -> DigitString {
    var rest = self
    guard dropped < count else { return DigitString() }
    rest.bits &<<= 4 * UInt128(truncatingIfNeeded: max(0, dropped))
    rest.count -= max(0, dropped)
    return rest
  }

  func prefix(_ length: Int) -> DigitString {
    guard length < count else { return self }
    guard length > 0 else { return DigitString() }
    var start = self
    let unused = 128 - 4 * UInt128(truncatingIfNeeded: length)
    start.bits = (bits &>> unused) &<< unused
    start.count = length
    return start
  }

  /// These digits and others behind them; nil if they are too many.
  func appending(_ other: DigitString) -> DigitString? {
    guard count + other.count <= Self.capacity else { return nil }
    guard count > 0 else { return other }
    var joined = self
    if other.count > 0 { joined.bits |= other.bits &>> (4 * UInt128(truncatingIfNeeded: count)) }
    joined.count += other.count
    return joined
  }

  /// The digits as one number, if there are at most 18.
  var value: UInt64? {
    guard count <= 18 else { return nil }
    var rest = self
    var value: UInt64 = 0
    while let digit = rest.popFirst() { value = value &* 10 &+ UInt64(digit) }
    return value
  }
}
