/// A number as JSON writes it, of any size and precision.
///
/// An integer of 64 bits is held as such, and a decimal as a `Double` when the shortest form of that is exactly
/// what was written. Every other literal, such as `1e400`, `12345678901234567890`, `1.10` or `-0`, keeps its text.
/// So a number that was read is written back unchanged.
///
/// Two numbers are equal when they have the same decimal value, however they are written: 1, 1.0 and 10e-1 are
/// equal, 0 and -0 too, and no rounding takes part. A `Double` stands for its shortest form. Literals whose
/// exponent is beyond ±10^17 equal only the same text.
public struct JSONNumber: Sendable {
  enum Storage: Sendable {
    case integer(Int64)
    /// Always finite.
    case double(Double)
    /// Always a literal that the grammar allows.
    case text(String)
  }

  let storage: Storage

  private init(storage: Storage) { self.storage = storage }

  /// Creates a number from an integer of any width, exactly.
  ///
  /// - Parameter value: The integer.
  public init(_ value: some BinaryInteger) {
    if let small = Int64(exactly: value) {
      storage = .integer(small)
    } else {
      storage = .text(String(value))
    }
  }

  /// Creates a number from a floating-point value, or nothing when it is infinite or not a number.
  ///
  /// It is written in its shortest form that reads back as the same value, with `.0` when it is whole.
  ///
  /// - Parameter value: The value.
  public init?(_ value: Double) {
    guard value.isFinite else { return nil }
    storage = .double(value)
  }

  /// Creates a number from its text, or nothing when JSON does not write numbers like that.
  ///
  /// - Parameter literal: The text, without whitespace around it.
  public init?(literal: String) {
    var literal = literal
    let number: JSONNumber? = literal.withUTF8 { buffer in
      let bytes = UnsafeRawBufferPointer(buffer)
      var cursor = JSONCursor(bytes, end: bytes.count, limits: JSONLimits(maximumStringBytes: .max))
      guard cursor.current == 0x2D || cursor.current.map(JSONText.isDigit) == true,
        let token = try? cursor.number(), cursor.position == bytes.count
      else { return nil }
      return cursor.number(of: token)
    }
    guard let number else { return nil }
    self = number
  }

  /// The integer of 64 bits that equals the number, or nothing when there is none.
  ///
  /// `1.0` and `1e2` have one, `1.5` and `1e30` do not.
  public var int64: Int64? {
    if case .integer(let value) = storage { return value }
    guard let (isNegative, magnitude) = decimal?.integer else { return nil }
    if isNegative {
      return magnitude <= Int64.min.magnitude ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
    }
    return Int64(exactly: magnitude)
  }

  /// The unsigned integer of 64 bits that equals the number, or nothing when there is none.
  public var uint64: UInt64? {
    if case .integer(let value) = storage { return UInt64(exactly: value) }
    guard let (isNegative, magnitude) = decimal?.integer, !isNegative || magnitude == 0 else { return nil }
    return magnitude
  }

  /// The integer that equals the number, or nothing when there is none.
  public var int: Int? { int64.flatMap(Int.init(exactly:)) }

  /// The nearest `Double`, or nothing when the number is beyond its range.
  ///
  /// May round; a number too close to zero gives zero.
  public var double: Double? {
    let value = nearest
    return value.isFinite ? value : nil
  }

  /// The number as it is written.
  public var literal: String {
    switch storage {
    case .integer(let value): String(value)
    case .double(let value): value.description
    case .text(let text): text
    }
  }

  /// The nearest `Double`, infinite when the number is beyond its range.
  private var nearest: Double {
    switch storage {
    case .integer(let value): Double(value)
    case .double(let value): value
    // The grammar of JSON is part of what the initializer reads; it fails for no literal held here.
    case .text(let text): Double(text) ?? 0
    }
  }

  private var decimal: JSONDecimal? {
    if case .integer(let value) = storage { return JSONDecimal(value) }
    return JSONDecimal(literal: literal)
  }
}

extension JSONNumber: CustomStringConvertible {
  /// The number as it is written.
  public var description: String { literal }
}

extension JSONNumber: Hashable {
  /// Tells whether two numbers have the same decimal value.
  ///
  /// - Parameters:
  ///   - left: A number.
  ///   - right: Another number.
  /// - Returns: Whether they are equal, without rounding.
  public static func == (left: JSONNumber, right: JSONNumber) -> Bool {
    switch (left.storage, right.storage) {
    case (.integer(let a), .integer(let b)): return a == b
    // Different finite doubles have different shortest forms.
    case (.double(let a), .double(let b)): return a == b
    case (.text(let a), .text(let b)) where a == b: return true
    default:
      guard let a = left.decimal, let b = right.decimal else { return false }
      return a == b
    }
  }

  /// Feeds the number into a hasher; equal numbers feed the same.
  ///
  /// - Parameter hasher: The hasher.
  public func hash(into hasher: inout Hasher) {
    // Numbers of one decimal value have one nearest double. Some that differ share it too, which is harmless.
    hasher.combine(nearest)
  }
}

extension JSONNumber: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
  /// Creates a number from an integer literal.
  ///
  /// - Parameter value: The integer.
  public init(integerLiteral value: Int64) { storage = .integer(value) }

  /// Creates a number from a floating-point literal.
  ///
  /// - Parameter value: The value. One that is not finite, which no ordinary literal gives, stands for zero.
  public init(floatLiteral value: Double) { storage = .double(value.isFinite ? value : 0) }
}

// MARK: - Reading

extension JSONNumber {
  /// Creates a number from text that the grammar allows.
  init(checked bytes: UnsafeRawBufferPointer, isInteger: Bool) {
    if let storage = isInteger ? Self.integer(bytes) : Self.shortDecimal(bytes) {
      self.storage = storage
      return
    }
    let text = String(decoding: bytes, as: UTF8.self)
    // No double has a shortest form of more than 24 bytes, as in -2.2250738585072014e-308.
    if !isInteger, bytes.count <= 24, let value = Double(text), value.isFinite, value.description == text {
      storage = .double(value)
    } else {
      storage = .text(text)
    }
  }

  private static func integer(_ bytes: UnsafeRawBufferPointer) -> Storage? {
    let isNegative = bytes.first == 0x2D
    let digits = bytes.count - (isNegative ? 1 : 0)
    // 19 digits may or may not fit, and never overflow 64 bits without a sign.
    guard digits <= 19 else { return nil }
    var magnitude: UInt64 = 0
    for index in (isNegative ? 1 : 0)..<bytes.count {
      magnitude = magnitude &* 10 &+ UInt64(bytes[index] &- 0x30)
    }
    if !isNegative { return Int64(exactly: magnitude).map { .integer($0) } }
    // -0 is not the integer 0: it would be written without its sign.
    guard magnitude > 0, magnitude <= Int64.min.magnitude else { return nil }
    return .integer(Int64(truncatingIfNeeded: 0 &- magnitude))
  }

  /// Reads a decimal of at most 15 digits without exponent, when it is a double's shortest form.
  ///
  /// Every decimal of up to 15 digits has a double of its own, so no shorter one can name the same; and both
  /// parts of the quotient are exact, so it is rounded once, as it must be.
  private static func shortDecimal(_ bytes: UnsafeRawBufferPointer) -> Storage? {
    guard bytes.count <= 17 else { return nil }
    let isNegative = bytes.first == 0x2D
    var mantissa: UInt64 = 0
    var digits = 0
    var point: Int?
    for index in (isNegative ? 1 : 0)..<bytes.count {
      let byte = bytes[index]
      if byte == 0x2E {
        point = index
      } else if JSONText.isDigit(byte) {
        mantissa = mantissa * 10 + UInt64(byte &- 0x30)
        digits += 1
      } else {
        return nil
      }
    }
    guard digits <= 15, let point else { return nil }
    let fraction = bytes.count - point - 1
    // The shortest form ends in a zero only as “.0”.
    guard bytes[bytes.count - 1] != 0x30 || fraction == 1 else { return nil }
    let value = Double(mantissa) / JSONText.powersOfTen[fraction]
    // Below this the shortest form has an exponent.
    guard mantissa == 0 || value >= 0.001 else { return nil }
    return .double(isNegative ? -value : value)
  }
}

extension JSONText {
  /// The powers of ten that a double holds exactly, as far as they are used here.
  static let powersOfTen: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
  ]
}
