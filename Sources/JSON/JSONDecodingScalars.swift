/// Single values as the types that they are decoded to, without conversions.
extension JSONValue {
  func decoded(_ type: Bool.Type, _ path: @autoclosure () -> [any CodingKey]) throws -> Bool {
    guard case .bool(let value) = self else { throw mismatch(type, "true or false", path()) }
    return value
  }

  func decoded(_ type: String.Type, _ path: @autoclosure () -> [any CodingKey]) throws -> String {
    guard case .string(let value) = self else { throw mismatch(type, "a string", path()) }
    return value
  }

  func decoded(_ type: Double.Type, _ path: @autoclosure () -> [any CodingKey]) throws -> Double {
    guard case .number(let number) = self else { throw mismatch(type, "a number", path()) }
    guard let value = number.double else { throw Self.outOfRange("a number in the range of Double", path()) }
    return value
  }

  func decoded(_ type: Float.Type, _ path: @autoclosure () -> [any CodingKey]) throws -> Float {
    guard case .number(let number) = self else { throw mismatch(type, "a number", path()) }
    // From the text: by way of a Double it would be rounded twice.
    guard let value = Float(number.literal), value.isFinite else {
      throw Self.outOfRange("a number in the range of Float", path())
    }
    return value
  }

  @inline(__always)
  func decoded<T: FixedWidthInteger>(_ type: T.Type, _ path: @autoclosure () -> [any CodingKey]) throws -> T {
    guard case .number(let number) = self else { throw mismatch(type, "an integer", path()) }
    if case .integer(let integer) = number.storage, let value = T(exactly: integer) { return value }
    return try Self.unusual(number, type, path())
  }

  /// Integers beyond 64 bits, and those written with a point or an exponent; or the error.
  @inline(never)
  private static func unusual<T: FixedWidthInteger>(
    _ number: JSONNumber, _ type: T.Type, _ path: [any CodingKey]
  ) throws -> T {
    let expected = "an integer from \(T.min) to \(T.max)"
    // Integers are held as text only beyond Int64; `T.init(_: String)` takes no point and no exponent.
    let (signed, unsigned) = (number.int64, number.uint64)
    if let value = signed.flatMap(T.init(exactly:)) ?? unsigned.flatMap(T.init(exactly:)) ?? T(number.literal) {
      return value
    }
    guard signed == nil, unsigned == nil else { throw outOfRange(expected, path) }
    // Every whole number below this is one of 64 bits.
    if let double = number.double, double.magnitude < 0x1p53 {
      throw corrupted("Expected \(expected), found a number with a fraction.", path)
    }
    throw corrupted("Expected \(expected), found a number that is none.", path)
  }

  // MARK: Errors

  /// What the value is, without its content.
  private var kind: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }

  @inline(never)
  func mismatch(_ type: any Any.Type, _ expected: String, _ path: [any CodingKey]) -> DecodingError {
    let context = DecodingError.Context(codingPath: path, debugDescription: "Expected \(expected), found \(kind).")
    return isNull ? .valueNotFound(type, context) : .typeMismatch(type, context)
  }

  private static func outOfRange(_ expected: String, _ path: [any CodingKey]) -> DecodingError {
    corrupted("Expected \(expected), found a number outside of it.", path)
  }

  private static func corrupted(_ message: String, _ path: [any CodingKey]) -> DecodingError {
    .dataCorrupted(.init(codingPath: path, debugDescription: message))
  }
}
