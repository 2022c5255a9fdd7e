import JSON
import Testing

/// What does not fit, and what is missing.
@Suite struct BridgeErrorTests {
  private struct Item: Codable, Equatable {
    var count: Int8
    var name: String
    var ratio: Float?
  }

  private struct Order: Codable, Equatable {
    var id: Int
    var items: [Item]
    var byKey: [String: Item]
  }

  private static func context(_ error: any Error) -> (path: [String], message: String)? {
    let context: DecodingError.Context
    switch error as? DecodingError {
    case .typeMismatch(_, let found), .valueNotFound(_, let found), .keyNotFound(_, let found),
      .dataCorrupted(let found):
      context = found
    default: return nil
    }
    return (context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }, context.debugDescription)
  }

  private static let whole = #"{"id":1,"items":[{"count":1,"name":"a"}],"byKey":{"k":{"count":2,"name":"b"}}}"#

  @Test(arguments: [
    (#""id":1"#, #""id":"1""#, "id", "Expected an integer, found a string."),
    (#""id":1"#, #""id":null"#, "id", "Expected an integer, found null."),
    (#""id":1"#, #""id":true"#, "id", "Expected an integer, found true or false."),
    (#""id":1"#, #""no":1"#, "", "Expected the member “id”, found none."),
    (#""id":1"#, #""id":1.5"#, "id", "found a number with a fraction."),
    (#""id":1"#, #""id":1e-400"#, "id", "found a number with a fraction."),
    (#""id":1"#, #""id":9223372036854775808"#, "id", "to 9223372036854775807, found a number outside of it."),
    (#""id":1"#, #""id":1e400"#, "id", "found a number that is none."),
    (#""count":1"#, #""count":128"#, "items 0 count", "integer from -128 to 127, found a number outside of it."),
    (#""name":"a""#, #""name":5"#, "items 0 name", "Expected a string, found a number."),
    (#""name":"a""#, #""name":"a","ratio":1e39"#, "items 0 ratio", "range of Float, found a number outside of it."),
    (#""count":2"#, #""count":[]"#, "byKey k count", "Expected an integer, found an array."),
    (#"{"count":1,"name":"a"}"#, "7", "items 0", "Expected an object, found a number."),
    (#"[{"count":1,"name":"a"}]"#, "{}", "items", "Expected an array, found an object."),
    (#"{"count":2,"name":"b"}"#, "null", "byKey k", "Expected an object, found null."),
  ])
  func tellsWhere(_ old: String, _ new: String, _ path: String, _ message: String) throws {
    let (before, after) = try #require(Self.split(Self.whole, at: old))
    let value = try JSONValue(parsing: before + new + after)
    let error = try #require(throws: DecodingError.self) { try value.decode(Order.self) }
    let context = try #require(Self.context(error))
    #expect(context.path.joined(separator: " ") == path)
    #expect(context.message.hasSuffix(message), "\(context.message)")
  }

  private static func split(_ text: String, at part: String) -> (String, String)? {
    guard let range = text.firstRange(of: part) else { return nil }
    return (String(text[..<range.lowerBound]), String(text[range.upperBound...]))
  }

  @Test func takesOnlyExactIntegers() throws {
    #expect(try JSONValue(parsing: "[1.0, 1e2, 10e-1, -0, -0.0]").decode([Int].self) == [1, 100, 1, 0, 0])
    #expect(try JSONValue(parsing: "[1.0, 18446744073709551615.0]").decode([UInt64].self) == [1, .max])
    #expect(try JSONValue(parsing: "[1, 2.50]").decode([Double].self) == [1, 2.5])
    for text in ["1.1", "\"1\"", "true", "-1", "256", "1e99", "null", "[1]"] {
      let value = try JSONValue(parsing: text)
      #expect(throws: DecodingError.self, "\(text)") { try value.decode(UInt8.self) }
    }
    #expect(throws: DecodingError.self) { try JSONValue("true").decode(Bool.self) }
    #expect(throws: DecodingError.self) { try JSONValue(1).decode(Bool.self) }
    #expect(throws: DecodingError.self) { try JSONValue(1).decode(String.self) }
    #expect(throws: DecodingError.self) { try JSONValue("1").decode(JSONNumber.self) }
    #expect(throws: DecodingError.self) { try JSONValue.array([]).decode(JSONObject.self) }
    #expect(throws: DecodingError.self) { try JSONValue(parsing: "1e400").decode(Double.self) }
  }

  // MARK: Encoding

  private struct Fractions: Encodable {
    var list: [[String: Double]]
    var single: Float = 1
  }

  @Test func refusesNumbersThatAreNotFinite() throws {
    func path(_ value: some Encodable) throws -> String {
      let error = try #require(throws: EncodingError.self) { try JSONValue(encoding: value) }
      guard case .invalidValue(_, let context) = error else { return "" }
      #expect(context.debugDescription.hasPrefix("Expected a finite number, found "))
      return context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: " ")
    }
    #expect(try path(Fractions(list: [[:], ["x": .nan]])) == "list 1 x")
    #expect(try path(Fractions(list: [], single: -.infinity)) == "single")
    #expect(try path(Double.infinity) == "")
    #expect(try path([Float.nan]) == "0")
    #expect(try path(["a": [Double.infinity]]) == "a 0")
  }

  private struct Nothing: Encodable {
    func encode(to encoder: any Encoder) {}
  }

  private struct Both: Encodable {
    func encode(to encoder: any Encoder) throws {
      var list = encoder.unkeyedContainer()
      try list.encode(1)
      var single = encoder.singleValueContainer()
      try single.encode(2)
    }
  }

  private final class Endless: Encodable {
    private enum CodingKeys: CodingKey { case me }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(self, forKey: .me)
    }
  }

  private indirect enum Chain: Codable, Equatable {
    case end
    case link(Chain)
  }

  @Test func refusesWhatHasNoForm() throws {
    #expect(throws: EncodingError.self) { try JSONValue(encoding: Nothing()) }
    #expect(try JSONValue(encoding: [Nothing()]) == [[:]])
    #expect(throws: EncodingError.self) { try JSONValue(encoding: Both()) }
    #expect(throws: EncodingError.self) { try JSONValue(encoding: ["a": Both()]) }
    #expect(throws: EncodingError.self) { try JSONValue(encoding: Endless()) }
    var chain = Chain.end
    for _ in 0..<60 { chain = .link(chain) }
    #expect(try JSONValue(encoding: chain).decode(Chain.self) == chain)
    for _ in 0..<10 { chain = .link(chain) }
    #expect(throws: EncodingError.self) { try JSONValue(encoding: chain) }
  }

  private struct Twice: Encodable {
    private enum CodingKeys: CodingKey { case a, b }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      var first = container.nestedContainer(keyedBy: CodingKeys.self, forKey: .a)
      try first.encode(1, forKey: .a)
      var same = container.nestedContainer(keyedBy: CodingKeys.self, forKey: .a)
      try same.encode(2, forKey: .b)
      _ = container.nestedUnkeyedContainer(forKey: .b)
      try container.encode(3, forKey: .b)
    }
  }

  @Test func takesTheLastValueOfAKey() throws {
    #expect(try JSONValue(encoding: Twice()).description == #"{"a":{"a":1,"b":2},"b":3}"#)
  }
}
