/// The exact value of a number, in the one form that equal numbers share.
struct JSONDecimal: Equatable {
  private var isNegative = false
  /// The values of the digits, without zeros at either end; empty for zero.
  private var digits: [UInt8] = []
  /// The power of ten that the digits, taken as an integer, are multiplied by; 0 for zero.
  private var exponent: Int64 = 0

  /// Exponents beyond this are not worked with, so sums with lengths of texts cannot overflow.
  private static let exponentBound: Int64 = 100_000_000_000_000_000

  init(_ value: Int64) {
    isNegative = value < 0
    digits = String(value.magnitude).utf8.map { $0 &- 0x30 }
    normalize()
  }

  /// Takes apart a literal that the grammar allows; gives nothing when its exponent is out of bounds.
  init?(literal: String) {
    var isInFraction = false
    var written: Int64 = 0
    var isExponentNegative = false
    var isOutOfBounds = false
    var bytes = literal.utf8.makeIterator()
    scan: while let byte = bytes.next() {
      switch byte {
      case 0x2D: isNegative = true
      case 0x2E: isInFraction = true
      case 0x65, 0x45: break scan
      default:
        digits.append(byte &- 0x30)
        if isInFraction { exponent -= 1 }
      }
    }
    while let byte = bytes.next() {
      switch byte {
      case 0x2D: isExponentNegative = true
      case 0x2B: break
      default:
        written = written * 10 + Int64(byte &- 0x30)
        if written > Self.exponentBound {
          isOutOfBounds = true
          written = Self.exponentBound
        }
      }
    }
    exponent += isExponentNegative ? -written : written
    normalize()
    // Zero is zero at any exponent.
    if isOutOfBounds, !digits.isEmpty { return nil }
  }

  private mutating func normalize() {
    while digits.last == 0 {
      digits.removeLast()
      exponent += 1
    }
    if let first = digits.firstIndex(where: { $0 != 0 }), first > 0 { digits.removeFirst(first) }
    if digits.isEmpty {
      isNegative = false
      exponent = 0
    }
  }

  /// Sign and magnitude when the value is an integer whose magnitude fits into 64 bits.
  var integer: (isNegative: Bool, magnitude: UInt64)? {
    guard exponent >= 0, exponent <= 19, digits.count <= 20 else { return nil }
    var magnitude: UInt64 = 0
    for index in 0..<(digits.count + Int(exponent)) {
      let digit = index < digits.count ? UInt64(digits[index]) : 0
      let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(digit)
      if overflow || carry { return nil }
      magnitude = sum
    }
    return (isNegative, magnitude)
  }
}
