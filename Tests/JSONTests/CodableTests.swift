import Foundation
import JSON
import Testing

@Suite struct CodableTests {
  private struct Lead: Codable, Equatable {
    var id: Int
    var fields: JSONObject
    var extra: JSONValue
    var score: JSONNumber
  }

  @Test func isPlainJSONForCoders() throws {
    let lead = Lead(
      id: 1, fields: ["b": [1, 2.5, true, nil], "a": ["x": "y", "e": [], "o": [:]]], extra: "text", score: 18)
    let data = try JSONEncoder().encode(lead)
    let plain = try JSONValue(parsing: data)
    #expect(
      plain == [
        "id": 1, "fields": ["b": [1, 2.5, true, nil], "a": ["x": "y", "e": [], "o": [:]]], "extra": "text", "score": 18,
      ])
    let decoded = try JSONDecoder().decode(Lead.self, from: data)
    #expect(decoded == lead)
    #expect(decoded.fields.keys == ["a", "b"])
  }

  @Test(arguments: [
    "null", "true", "1", "-5", "1.5", "\"a\"", "[]", "{}", "18446744073709551615", "9223372036854775807", "1e300",
  ])
  func survivesFoundation(_ text: String) throws {
    let value = try JSONValue(parsing: text)
    let decoded = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    #expect(decoded == value)
    #expect(try JSONValue(parsing: JSONEncoder().encode(value)) == value)
  }

  @Test func refusesNumbersBeyondDouble() throws {
    let value = try JSONValue(parsing: "[1e400]")
    #expect(throws: EncodingError.self) { try JSONEncoder().encode(value) }
  }

  @Test func refusesOtherKinds() {
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(JSONObject.self, from: Data("[]".utf8)) }
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(JSONNumber.self, from: Data("\"1\"".utf8)) }
  }

  @Test func boundsDepth() throws {
    func nested(_ depth: Int) -> Data {
      Data((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
    }
    #expect(throws: Never.self) { try JSONDecoder().decode(JSONValue.self, from: nested(JSONLimits.depthCeiling)) }
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(JSONValue.self, from: nested(JSONLimits.depthCeiling + 1))
    }
  }

  @Test func readsFoundationData() throws {
    let data = Data("x[1]".utf8)
    #expect(try JSONValue(parsing: data.dropFirst()) == [1])
    #expect(try JSONValue(parsing: Array("x[1]".utf8)[1...]) == [1])
    #expect(try JSONValue(parsing: [UInt8("]"), 0x31, UInt8("[")].reversed() as ReversedCollection) == [1])
  }
}

extension UInt8 {
  fileprivate init(_ scalar: Unicode.Scalar) { self.init(ascii: scalar) }
}
