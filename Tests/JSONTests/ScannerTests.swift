import JSON
import Testing

@Suite struct ScannerTests {
  private static func end(_ text: String, from start: Int = 0, limits: JSONLimits = .default) throws(JSONError) -> Int {
    try JSONScanner.end(ofValueAt: start, in: Array(text.utf8), limits: limits)
  }

  @Test(arguments: [
    ("{\"a\":[1,2]},next", 0, 11), ("x,[1, \"]\"],y", 2, 10), ("12,3", 0, 2), ("-1.5e3;", 0, 6), ("\"a\\\"b\" c", 0, 6),
    ("null,", 0, 4), ("[]]", 0, 2), ("{}\n", 0, 2), ("1-2", 0, 1), ("truefalse", 0, 4), ("[1] trailing \u{0}", 0, 3),
    ("{\"a\":1,\"a\":2}x", 0, 13),
  ])
  func findsTheEnd(_ text: String, _ start: Int, _ end: Int) throws {
    #expect(try Self.end(text, from: start) == end)
  }

  @Test(arguments: [
    (" 1", 0, JSONError.Code.unexpectedByte), ("", 0, .unexpectedEnd), ("1", 1, .unexpectedEnd),
    ("1", -1, .unexpectedEnd),
    ("1", .max, .unexpectedEnd), ("x,{\"a\":", 2, .unexpectedEnd), ("x,[1,]", 2, .trailingComma),
    (",01", 1, .invalidNumber),
    ("a,\"\u{1}\"", 2, .controlCharacter),
  ])
  func refuses(_ text: String, _ start: Int, _ code: JSONError.Code) {
    let error = #expect(throws: JSONError.self) { try Self.end(text, from: start) }
    #expect(error?.code == code)
  }

  /// The bound is on the value alone; cut anywhere, a value that is too long is called so.
  @Test(arguments: ["[1,{\"é\":\"\\ud83d\\ude00x\"},true]", "1234567", "-1.25e10", "\"€uro\"", "null"])
  func boundsBytes(_ value: String) throws {
    let count = value.utf8.count
    for maximum in 0...(count + 2) {
      let limits = JSONLimits(maximumBytes: maximum)
      if maximum >= count {
        #expect(try Self.end("ab" + value + ",rest", from: 2, limits: limits) == 2 + count)
      } else {
        let error = #expect(throws: JSONError.self) { try Self.end("ab" + value + ",rest", from: 2, limits: limits) }
        #expect(error?.code == .tooManyBytes, "\(maximum)")
        #expect(error?.offset == 2)
      }
    }
  }

  @Test func agreesWithReading() {
    let seed: UInt64 = 0x5CA7
    var generator = SeededGenerator(seed: seed)
    for round in 0..<300 {
      let bytes = JSONValue.random(depth: 3, using: &generator).bytes
      // A number goes on into digits that follow, so a comma ends it.
      let end = try? JSONScanner.end(ofValueAt: 3, in: Array("\"x,".utf8) + bytes + [0x2C, 0x22])
      #expect(end == 3 + bytes.count, "round \(round), seed \(seed)")
    }
  }
}
