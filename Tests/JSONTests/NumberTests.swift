import JSON
import Testing

@Suite struct NumberTests {
  private static func number(_ literal: String) throws -> JSONNumber {
    try #require(JSONNumber(literal: literal), "\(literal)")
  }

  @Test(arguments: [
    ["0", "-0", "0.0", "-0.0", "0e9", "0e99999999999999999999", "-0.000e-5"],
    ["1", "1.0", "1e0", "1.00", "10e-1", "0.1e1", "0.001E+3", "1000000000000000000000e-21"],
    ["-15", "-15.0", "-1.5e1", "-150e-1"],
    ["0.1", "0.10", "1e-1", "0.01e1"],
    ["9007199254740993", "9007199254740993.0", "9007199254740993e0", "900719925474099.3e1"],
    ["9223372036854775807", "9223372036854775807.0", "9.223372036854775807e18"],
    ["-9223372036854775808", "-9223372036854775808.0"],
    ["18446744073709551615", "1844674407370955161.5e1"], ["12345678901234567890", "1234567890123456789e1"],
    ["1e400", "10e399", "0.1e401"], ["1e-400", "0.1e-399"], ["1e23", "1e+23", "100000000000000000000000"],
    ["1152921504606847000", "1.152921504606847e+18", "1152921504606847000.0"],
    ["1e99999999999999999999", "1e99999999999999999999"],
  ])
  func equalByDecimalValue(_ literals: [String]) throws {
    let numbers = try literals.map(Self.number)
    for (number, literal) in zip(numbers, literals) {
      #expect(number.literal == literal)
      #expect(number == numbers[0], "\(literal)")
      #expect(number.hashValue == numbers[0].hashValue, "\(literal)")
      #expect(number.int64 == numbers[0].int64, "\(literal)")
      #expect(number.uint64 == numbers[0].uint64, "\(literal)")
      #expect(number.double == numbers[0].double, "\(literal)")
    }
  }

  @Test func differentValuesDiffer() throws {
    let numbers = try [
      "0", "1", "-1", "10", "0.1", "0.10000000000000001", "9007199254740993", "9007199254740992", "9007199254740992.5",
      "1152921504606846976", "1.152921504606847e+18", "1e400", "-1e400", "1e401", "1e-400", "1e99999999999999999999",
      "1e99999999999999999998", "-1e99999999999999999999", "12345678901234567890", "12345678901234567891",
    ].map(Self.number)
    #expect(Set(numbers).count == numbers.count)
  }

  @Test(
    arguments: [
      ("0", 0), ("-0", 0), ("1.0", 1), ("1e2", 100), ("1.5", nil), ("1e30", nil), ("-1e2", -100),
      ("9223372036854775807", .max), ("9223372036854775808", nil), ("-9223372036854775808", .min),
      ("-9223372036854775809", nil), ("-9223372036854775808.0", .min), ("1e18", 1_000_000_000_000_000_000),
      ("1e19", nil),
      ("1e400", nil), ("1e-1", nil), ("1e99999999999999999999", nil), ("0e99999999999999999999", 0),
    ] as [(String, Int64?)])
  func givesIntegers(_ literal: String, _ value: Int64?) throws {
    let number = try Self.number(literal)
    #expect(number.int64 == value)
    #expect(number.int == value.map(Int.init))
  }

  @Test func givesUnsignedIntegers() throws {
    #expect(try Self.number("18446744073709551615").uint64 == .max)
    #expect(try Self.number("18446744073709551616").uint64 == nil)
    #expect(try Self.number("1.8446744073709551615e19").uint64 == .max)
    #expect(try Self.number("-1").uint64 == nil)
    #expect(try Self.number("-1.0").uint64 == nil)
    #expect(try Self.number("-0").uint64 == 0)
    #expect(JSONNumber(UInt64.max).uint64 == .max)
    #expect(JSONNumber(UInt64.max).literal == "18446744073709551615")
  }

  @Test func givesDoubles() throws {
    #expect(try Self.number("1e400").double == nil)
    #expect(try Self.number("-1e99999999999999999999").double == nil)
    #expect(try Self.number("1e-400").double == 0)
    #expect(try Self.number("1e-99999999999999999999").double == 0)
    #expect(try Self.number("1.7976931348623157e308").double == .greatestFiniteMagnitude)
    #expect(try Self.number("4.9406564584124654e-324").double == .leastNonzeroMagnitude)
    #expect(try Self.number("0.30000000000000004").double == 0.1 + 0.2)
    #expect(try Self.number("-0").double?.sign == .minus)
    #expect(JSONNumber(Double.nan) == nil)
    #expect(JSONNumber(-Double.infinity) == nil)
  }

  @Test(arguments: [
    "", " 1", "1 ", "+1", "01", "1.", ".1", "0x1", "inf", "nan", "NaN", "1e", "--1", "\"1\"", "[1]", "1\u{0}",
  ])
  func refusesOtherLiterals(_ literal: String) {
    #expect(JSONNumber(literal: literal) == nil)
  }

  /// Goal: the quick ways of reading and writing decimals agree with the standard library's.
  @Test func quickWaysAgreeWithTheSlow() throws {
    let seed: UInt64 = 0xDEC1
    var generator = SeededGenerator(seed: seed)
    for round in 0..<60_000 {
      let digits = Int.random(in: 1...17, using: &generator)
      let mantissa = UInt64.random(in: 0..<UInt64(1) << UInt64(digits * 3), using: &generator)
      var text = String(mantissa)
      let point = Int.random(in: 0...(text.utf8.count + 4), using: &generator)
      if point >= text.utf8.count { text = String(repeating: "0", count: point - text.utf8.count + 1) + text }
      text.insert(".", at: text.index(text.endIndex, offsetBy: -max(1, point)))
      while text.hasPrefix("0"), !text.hasPrefix("0.") { text.removeFirst() }
      if text.hasPrefix(".") { text = "0" + text }
      let number = try #require(JSONNumber(literal: text), "\(text), seed \(seed)")
      let expected = try #require(Double(text))
      if number.literal != text || number.double != expected {
        Issue.record("\(text) reads as \(number), round \(round), seed \(seed)")
      }
      for value in [expected, -expected, Double(Int64.random(in: -1_000_000...1_000_000, using: &generator))] {
        let written = JSONValue(value)?.serialized()
        if written != value.description { Issue.record("\(value) is written as \(written ?? "-"), seed \(seed)") }
      }
    }
  }

  @Test(arguments: [
    0.0, -0.0, 0.1, 0.001, 0.0009999, 0.000001, 1, 1e9, 999_999_999, 999_999_999.999999, 1e15, 1e16, 123_456_789.123456,
    .leastNonzeroMagnitude, .greatestFiniteMagnitude, .pi, 1 / 3, 4.35, 0.285, 1.005, 1e22, 1e23, 9_007_199_254_740_992,
    100, -2.5e-8,
  ])
  func writesTheShortestForm(_ value: Double) {
    #expect(JSONValue(value)?.serialized() == value.description)
  }
}
