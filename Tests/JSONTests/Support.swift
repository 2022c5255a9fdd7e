import JSON

/// Numbers that depend on nothing but their seed.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

extension JSONValue {
  /// The code of the error that reading gives, or nothing when it succeeds.
  static func failure(
    _ bytes: [UInt8], limits: JSONLimits = .default, duplicateKeys: JSONDuplicateKeys = .refused
  ) -> JSONError? {
    do {
      _ = try JSONValue(parsing: bytes, limits: limits, duplicateKeys: duplicateKeys)
      return nil
    } catch {
      return error
    }
  }

  static func failure(
    _ text: String, limits: JSONLimits = .default, duplicateKeys: JSONDuplicateKeys = .refused
  ) -> JSONError? {
    failure(Array(text.utf8), limits: limits, duplicateKeys: duplicateKeys)
  }

  static func random(depth: Int, using generator: inout SeededGenerator) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 10 : 7), using: &generator) {
    case 0: return .null
    case 1: return .bool(.random(using: &generator))
    case 2: return .number(JSONNumber(Int64.random(in: .min ... .max, using: &generator)))
    case 3: return JSONValue(Int.random(in: -1000...1000, using: &generator))
    case 4: return .number(.randomDouble(using: &generator))
    case 5, 6: return .string(.random(using: &generator))
    case 7:
      let count = Int.random(in: 0...5, using: &generator)
      return .array((0..<count).map { _ in random(depth: depth - 1, using: &generator) })
    default:
      let count = Int.random(in: 0...20, using: &generator)
      return .object(
        JSONObject(
          (0..<count).map { _ in
            (key: String.random(using: &generator), value: random(depth: depth - 1, using: &generator))
          }))
    }
  }
}

extension JSONNumber {
  static func randomDouble(using generator: inout SeededGenerator) -> JSONNumber {
    while true {
      let value: Double =
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: Double(bitPattern: generator.next())
        case 1: Double(Int.random(in: -99_999...99_999, using: &generator)) / 100
        default: .random(in: -1e7...1e7, using: &generator)
        }
      if let number = JSONNumber(value) { return number }
    }
  }
}

extension String {
  private static let pool: [Unicode.Scalar] = Array(
    "abcdefgh 0123/\"\\\u{8}\t\n\u{C}\r\u{0}\u{1F}\u{7F}éß\u{301}\u{7FF}\u{800}\u{2028}日\u{FFFD}\u{FFFF}😀\u{10FFFF}"
      .unicodeScalars)

  static func random(using generator: inout SeededGenerator) -> String {
    var scalars = UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...24, using: &generator) {
      // Long clean runs too, as the quick path has them.
      let bound = Bool.random(using: &generator) ? 8 : pool.count
      scalars.append(pool[Int.random(in: 0..<bound, using: &generator)])
    }
    return String(scalars)
  }
}
