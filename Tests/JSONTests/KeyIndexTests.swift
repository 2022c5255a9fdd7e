import Testing

@testable import JSON

/// Objects with so many members that they keep an index.
@Suite struct KeyIndexTests {
  @Test func equalKeysHaveEqualHashes() {
    // All scalars that are canonically equivalent to ASCII.
    for value in UInt32(0x80)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let text = String(Character(scalar))
      guard text < "\u{80}" else { continue }
      let ascii = (UInt8(0)..<0x80).map { String(Unicode.Scalar($0)) }.first { $0 == text }
      guard let ascii else { continue }
      #expect(JSONKeyIndex.hash(text) == JSONKeyIndex.hash(ascii), "\(value)")
      #expect(JSONKeyIndex.hash("some \(text) longer") == JSONKeyIndex.hash("some \(ascii) longer"), "\(value)")
    }
    for (left, right) in [("é", "e\u{301}"), ("a\u{212A}é", "aKe\u{301}"), ("Å", "\u{212B}")] {
      #expect(left == right)
      #expect(JSONKeyIndex.hash(left) == JSONKeyIndex.hash(right))
    }
  }

  @Test(arguments: [UInt64(81), 82])
  func agreesWithADictionary(_ seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var object = JSONObject()
    var model: [String: JSONValue] = [:]
    for round in 0..<20_000 {
      let key =
        Bool.random(using: &generator)
        ? "key \(Int.random(in: 0..<3000, using: &generator))" : String.random(using: &generator)
      if Int.random(in: 0..<400, using: &generator) == 0 {
        let expected = model.removeValue(forKey: key)
        #expect(object.removeValue(forKey: key) == expected)
      } else {
        let expected = model.updateValue(JSONValue(round), forKey: key)
        if object.updateValue(JSONValue(round), forKey: key) != expected {
          Issue.record("Differs in round \(round), seed \(seed)")
          return
        }
      }
    }
    #expect(object.count == model.count)
    #expect(model.allSatisfy { object[$0.key] == $0.value })
    #expect(object["not there"] == nil)
  }

  @Test(
    "An object that is made of many members at once is the same as one that grew",
    arguments: [5, 16, 17, 40, 64, 65, 200])
  func listedMembers(_ count: Int) {
    var members: [JSONObject.Element] = (0..<count).map { (key: "key \($0 % 50)", value: JSONValue($0)) }
    members += [(key: "\u{212A}é", value: 1), (key: "Ke\u{301}", value: 2)]
    var grown = JSONObject()
    for (key, value) in members { grown.updateValue(value, forKey: key) }
    var listed = JSONObject(members)
    #expect(listed.keys == grown.keys && listed.values == grown.values)
    #expect(listed["Ké"] == 2 && listed["key 3"] == grown["key 3"] && listed["none"] == nil)
    for object in [0, 1] {
      let key = "new \(object)"
      listed[key] = 3
      grown[key] = 3
    }
    listed["key 1"] = nil
    grown["key 1"] = nil
    #expect(listed == grown && listed.keys == grown.keys)
  }

  @Test func spreadsSimilarKeys() {
    let hashes = Set((0..<10_000).map { JSONKeyIndex.hash("field\($0)") & 0xFFFF })
    // As many as a random function would give, about 9,270, with room for chance.
    #expect(hashes.count > 9000)
    #expect(Set((0..<64).map { JSONKeyIndex.hash(String(repeating: "\u{0}", count: $0)) }).count == 64)
  }
}
