extension Substring.UTF8View {
  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard let first, first == UInt8(truncatingIfNeeded: character.value) else { return false }
    removeFirst()
    return true
  }

  /// Takes exactly so many decimal digits; takes nothing when they are not there or too large.
  mutating func takeDecimal(digits: Int, upTo limit: Int) -> Int? {
    var value = 0
    var rest = self
    for _ in 0..<digits {
      guard let digit = rest.popFirst(), (48...57).contains(digit) else { return nil }
      value = value * 10 + Int(digit - 48)
    }
    guard value <= limit else { return nil }
    self = rest
    return value
  }
}

extension [UInt8] {
  /// Appends a number that is not negative, with zeros in front up to `width`.
  mutating func appendDecimal(_ value: Int, width: Int) {
    var divisor = 1
    for _ in 1..<Swift.max(width, 1) { divisor *= 10 }
    while value / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      append(48 + UInt8(truncatingIfNeeded: value / divisor % 10))
      divisor /= 10
    }
  }
}
