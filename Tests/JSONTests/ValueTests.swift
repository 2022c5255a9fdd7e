import JSON
import Testing

@Suite struct ValueTests {
  private static let lead: JSONValue = [
    "name": "Ada", "age": 36, "score": 4.5, "vip": true, "note": nil, "tags": ["a", "b"], "address": ["city": "Berlin"],
  ]

  @Test func givesWhatItHolds() {
    let lead = Self.lead
    #expect(lead["name"]?.string == "Ada")
    #expect(lead["age"]?.int == 36)
    #expect(lead["age"]?.double == 36)
    #expect(lead["score"]?.double == 4.5)
    #expect(lead["score"]?.int == nil)
    #expect(lead["score"]?.number?.literal == "4.5")
    #expect(lead["vip"]?.bool == true)
    #expect(lead["note"]?.isNull == true)
    #expect(lead["tags"]?.array?.count == 2)
    #expect(lead["tags"]?[1]?.string == "b")
    #expect(lead["tags"]?[2] == nil)
    #expect(lead["tags"]?[-1] == nil)
    #expect(lead["address"]?["city"] == "Berlin")
    #expect(lead["nothing"] == nil)
    #expect(lead["name"]?["x"] == nil)
    #expect(lead[0] == nil)
    #expect(lead["name"]?.int == nil)
    #expect(lead["age"]?.string == nil)
  }

  @Test func writesCompactPrettyAndSorted() {
    #expect(
      Self.lead.serialized()
        == #"{"name":"Ada","age":36,"score":4.5,"vip":true,"note":null,"tags":["a","b"],"address":{"city":"Berlin"}}"#)
    let value: JSONValue = ["b": [1, [], ["x": [:]]], "a": "\u{1}", "é": 1, "z": 2]
    #expect(value.serialized(sortedKeys: true) == #"{"a":"\u0001","b":[1,[],{"x":{}}],"z":2,"é":1}"#)
    #expect(
      value.serialized(sortedKeys: true, pretty: true) == """
        {
          "a": "\\u0001",
          "b": [
            1,
            [],
            {
              "x": {}
            }
          ],
          "z": 2,
          "é": 1
        }
        """)
    #expect(value.bytes == Array(value.serialized().utf8))
    #expect(value.description == value.serialized())
  }

  @Test func equalityIsAboutMeaning() throws {
    let one = try JSONValue(parsing: #"{"a":1,"b":[1.0,2]}"#)
    let two = try JSONValue(parsing: #"{"b":[1,2.00],"a":1e0}"#)
    #expect(one == two)
    #expect(one.hashValue == two.hashValue)
    #expect(one != [:])
    #expect(one != ["a": 1, "c": [1, 2]])
    #expect(JSONValue.bool(true) != 1)
    #expect(JSONValue.string("1") != 1)
    #expect(JSONValue.null != false)
    #expect(([1, 2] as JSONValue) != [2, 1])
  }

  @Test func makesValues() {
    #expect(JSONValue(UInt64.max).serialized() == "18446744073709551615")
    #expect(JSONValue(Int8(-3)) == -3)
    #expect(JSONValue(Double.nan) == nil)
    let text = "x"
    #expect(JSONValue(text) == "x")
    #expect(JSONValue(text == "x") == true)
    #expect(("a\(1)" as JSONValue) == "a1")
  }

  /// Goal: an object behaves as a list of pairs that is searched from its start, with and without an index.
  @Test(arguments: [UInt64(1), 2, 3])
  func objectsAgreeWithAPlainList(_ seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var object = JSONObject()
    var list: [(key: String, value: JSONValue)] = []
    for step in 0..<3000 {
      // Sizes drift to and fro over the bound between searching and indexing.
      let key = "k\(Int.random(in: 0..<(step % 600 < 300 ? 40 : 14), using: &generator))"
      let position = list.firstIndex { $0.key == key }
      if Int.random(in: 0..<3, using: &generator) > 0 {
        let value = JSONValue(step)
        let old = object.updateValue(value, forKey: key)
        #expect(old == position.map { list[$0].value })
        if let position { list[position].value = value } else { list.append((key, value)) }
      } else {
        let old = position.map { list.remove(at: $0).value }
        if Bool.random(using: &generator) {
          #expect(object.removeValue(forKey: key) == old)
        } else {
          object[key] = nil
        }
      }
      guard object.keys == list.map(\.key), object.values == list.map(\.value), object.count == list.count,
        object[key] == list.first(where: { $0.key == key })?.value
      else {
        Issue.record("Differs at step \(step), seed \(seed)")
        return
      }
    }
    #expect(JSONObject(list.reversed()) == object)
    #expect(JSONObject(list.reversed()).hashValue == object.hashValue)
  }

  @Test func objectsAreCollections() {
    let object: JSONObject = ["a": 1, "b": 2, "a": 3]
    #expect(object.map(\.key) == ["a", "b"])
    #expect(object.first?.value == 3)
    #expect(object[1].key == "b")
    #expect(object.description == #"{"a":3,"b":2}"#)
    #expect(JSONObject().isEmpty)
  }

  /// Goal: objects of many members keep order and the last value of a key, whether or not they end with few members.
  @Test func membersFromAnArray() {
    for distinct in [1, 15, 16, 17, 40] {
      let members = (0..<80).map { (key: "k\($0 % distinct)", value: JSONValue.number(JSONNumber($0))) }
      let object = JSONObject(members)
      #expect(object.keys == (0..<distinct).map { "k\($0)" })
      for position in 0..<distinct {
        let last = (0..<80).last { $0 % distinct == position }
        #expect(object["k\(position)"] == last.map { .number(JSONNumber($0)) })
      }
      #expect(object["other"] == nil)
      #expect(object == JSONObject(members.lazy.map { $0 }))
    }
  }
}
