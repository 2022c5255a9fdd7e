import Foundation
import JSON
import Testing

/// Values of Swift types as JSON and back.
@Suite struct BridgeTests {
  private struct Point: Codable, Equatable {
    var x: Int
    var y: Double
  }

  private enum Shape: Codable, Equatable {
    case empty
    case circle(center: Point, radius: Double)
    case line(Point, Point)
  }

  private enum Level: String, Codable, CodingKeyRepresentable {
    case low, high
  }

  @propertyWrapper private struct Kept<Value: Codable & Equatable>: Codable, Equatable {
    var wrappedValue: Value?

    init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      wrappedValue = container.decodeNil() ? nil : try container.decode(Value.self)
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      try container.encode(wrappedValue)
    }
  }

  private struct Everything: Codable, Equatable {
    var points = [Point(x: 1, y: 0.5), Point(x: -2, y: 3)]
    var shapes: [Shape] = [
      .empty, .circle(center: Point(x: 0, y: 0), radius: 1.5), .line(.init(x: 1, y: 1), .init(x: 2, y: 2)),
    ]
    var byName = ["a": [1, 2], "b": []]
    var byNumber = [7: "seven", -1: "minus one"]
    var byLevel = [Level.low: Point(x: 1, y: 1), .high: Point(x: 2, y: 2)]
    var levels: Set<Level> = [.low, .high]
    var pairs = [Point(x: 1, y: 1).y: true]
    var missing: String?
    var present: String? = "here"
    var nested: [[Int?]] = [[1, nil], []]
    @Kept var kept: Point? = Point(x: 3, y: 4)
    @Kept var lost: Point?
    var truth = true
    var single: Float = 0.1
    var bytes: [UInt8] = [0, 255]
    var range = 1..<5
    var text = "é\n\"😀"
  }

  @Test func roundTripsNestedTypes() throws {
    let value = Everything()
    let json = try JSONValue(encoding: value)
    #expect(try json.decode() == value)
    #expect(try JSONValue(parsing: json.bytes).decode(Everything.self) == value)
    #expect(json["missing"] == nil)
    #expect(json["lost"] == .null)
    #expect(json["single"]?.description == "0.1")
    #expect(json["byLevel"]?["low"] == ["x": 1, "y": 1])
    #expect(json["byNumber"]?["-1"] == "minus one")
    #expect(json["shapes"]?[0] == ["empty": [:]])
    #expect(json["shapes"]?[2]?["line"]?["_1"] == ["x": 2, "y": 2])
  }

  @Test func keepsTheOrderOfEncoding() throws {
    let json = try JSONValue(encoding: Everything())
    #expect(
      json.object?.keys == [
        "points", "shapes", "byName", "byNumber", "byLevel", "levels", "pairs", "present", "nested", "kept", "lost",
        "truth", "single", "bytes", "range", "text",
      ])
  }

  // MARK: Containers by hand

  private class Base: Codable {
    var id: Int
    init(id: Int) { self.id = id }
  }

  private final class Derived: Base {
    var name: String
    private enum CodingKeys: CodingKey { case name, rest }

    init(id: Int, name: String) {
      self.name = name
      super.init(id: id)
    }

    required init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      name = try container.decode(String.self, forKey: .name)
      let rest = try container.superDecoder(forKey: .rest)
      #expect(rest.codingPath.last?.stringValue == "rest")
      try super.init(from: container.superDecoder())
    }

    override func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try super.encode(to: container.superEncoder())
      _ = container.superEncoder(forKey: .rest)
      try container.encode(name, forKey: .name)
    }
  }

  private final class Shared: Base {
    var extra = 0
    private enum CodingKeys: CodingKey { case extra }

    init(extra: Int) {
      self.extra = extra
      super.init(id: 1)
    }

    required init(from decoder: any Decoder) throws {
      extra = try decoder.container(keyedBy: CodingKeys.self).decode(Int.self, forKey: .extra)
      try super.init(from: decoder)
    }

    override func encode(to encoder: any Encoder) throws {
      try super.encode(to: encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(extra, forKey: .extra)
    }
  }

  @Test func encodesSuperclasses() throws {
    let json = try JSONValue(encoding: Derived(id: 5, name: "Ada"))
    #expect(json.description == #"{"super":{"id":5},"rest":{},"name":"Ada"}"#)
    let back = try json.decode(Derived.self)
    #expect(back.id == 5 && back.name == "Ada")
    let shared = try JSONValue(encoding: Shared(extra: 2))
    #expect(shared.description == #"{"id":1,"extra":2}"#)
    #expect(try shared.decode(Shared.self).extra == 2)
  }

  private struct ByHand: Codable {
    private enum Keys: CodingKey { case list, object, again }

    init() {}

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Keys.self)
      var list = container.nestedUnkeyedContainer(forKey: .list)
      try list.encode(1)
      var inner = list.nestedContainer(keyedBy: Keys.self)
      var deepest = list.nestedUnkeyedContainer()
      try list.encodeNil()
      try Point(x: 1, y: 2).encode(to: list.superEncoder())
      try container.encode(true, forKey: .again)
      var object = container.nestedContainer(keyedBy: Keys.self, forKey: .object)
      // What was opened before is still open.
      try deepest.encode("deep")
      try inner.encode(Int8.min, forKey: .again)
      try object.encodeNil(forKey: .list)
      #expect(list.count == 5)
      #expect(inner.codingPath.map(\.stringValue) == ["list", "Index 1"])
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Keys.self)
      #expect(Set(container.allKeys.map(\.stringValue)) == ["list", "object", "again"])
      var list = try container.nestedUnkeyedContainer(forKey: .list)
      #expect(list.count == 5)
      #expect(try list.decodeNil() == false)
      #expect(try list.decode(Int.self) == 1)
      let inner = try list.nestedContainer(keyedBy: Keys.self)
      #expect(try inner.decode(Int8.self, forKey: .again) == .min)
      var deepest = try list.nestedUnkeyedContainer()
      #expect(try deepest.decode(String.self) == "deep")
      #expect(throws: DecodingError.self) { try deepest.decode(String.self) }
      #expect(try list.decodeNil())
      #expect(try Point(from: list.superDecoder()) == Point(x: 1, y: 2))
      #expect(list.isAtEnd)
      let object = try container.nestedContainer(keyedBy: Keys.self, forKey: .object)
      #expect(try object.decodeNil(forKey: .list))
      #expect(try object.decodeIfPresent(Int.self, forKey: .again) == nil)
    }
  }

  @Test func encodesNestedContainers() throws {
    let json = try JSONValue(encoding: ByHand())
    #expect(
      json.description
        == #"{"list":[1,{"again":-128},["deep"],null,{"x":1,"y":2.0}],"again":true,"object":{"list":null}}"#)
    _ = try json.decode(ByHand.self)
  }

  // MARK: JSON inside

  private struct Holder: Codable, Equatable {
    var value: JSONValue
    var object: JSONObject
    var number: JSONNumber
    var list: [JSONValue]
    var byKey: [String: JSONObject]
    var optional: JSONNumber?
  }

  @Test(arguments: [UInt64(51), 52, 53])
  func leavesJSONUntouched(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let numbers = ["1.10", "-0", "1e400", "12345678901234567890", "10e-1", "1E5", "0.1000"].compactMap {
      JSONNumber(literal: $0)
    }
    for round in 0..<100 {
      let odd = numbers[round % numbers.count]
      var object = JSONObject()
      object["z"] = .random(depth: 3, using: &generator)
      object["a"] = [.number(odd), .random(depth: 3, using: &generator)]
      let value = Holder(
        value: .random(depth: 4, using: &generator), object: object, number: odd,
        list: [.random(depth: 2, using: &generator)], byKey: ["k": object],
        optional: round.isMultiple(of: 2) ? odd : nil)
      let text = try JSONValue(encoding: value).serialized()
      let back = try JSONValue(parsing: text).decode(Holder.self)
      let isSame =
        try back == value && JSONValue(encoding: back).serialized() == text
        && back.value.bytes == value.value.bytes && back.object.description == object.description
        && back.number.literal == odd.literal && back.byKey["k"]?.description == object.description
      if !isSame {
        Issue.record("Changed: round \(round), seed \(seed)")
        return
      }
    }
  }

  private struct Flat: Codable {
    var id: Int
    var rest: JSONObject
    private enum CodingKeys: CodingKey { case id }

    init(id: Int, rest: JSONObject) {
      self.id = id
      self.rest = rest
    }

    init(from decoder: any Decoder) throws {
      id = try decoder.container(keyedBy: CodingKeys.self).decode(Int.self, forKey: .id)
      rest = try JSONObject(from: decoder)
      rest["id"] = nil
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(id, forKey: .id)
      try rest.encode(to: encoder)
    }
  }

  @Test func joinsMembersOfOneObject() throws {
    let text = #"{"id":1,"z":1.10,"a":[]}"#
    let flat = try JSONValue(parsing: text).decode(Flat.self)
    #expect(flat.rest.keys == ["z", "a"])
    #expect(try JSONValue(encoding: flat).description == text)
  }

  // MARK: Foundation

  private func agrees<T: Codable & Equatable>(_ value: T) throws {
    let ours = try JSONValue(encoding: value)
    let theirs = try JSONEncoder().encode(value)
    #expect(try JSONValue(parsing: theirs) == ours)
    #expect(try JSONDecoder().decode(T.self, from: Data(ours.bytes)) == value)
    #expect(try JSONValue(parsing: theirs).decode(T.self) == value)
  }

  @Test func agreesWithFoundation() throws {
    try agrees(Everything())
    try agrees([Int64.min, -1, 0, .max])
    try agrees([UInt64.max, 0])
    try agrees([Int8.min, .max])
    try agrees([UInt16.max])
    try agrees([Int32.min, .max])
    try agrees([0.1, -1e-7, 1e300, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 3])
    try agrees([Float(0.1), .greatestFiniteMagnitude, .leastNonzeroMagnitude, 16_777_216])
    try agrees(["a": true])
    try agrees([Int?.none, 1])
    try agrees("text")
    try agrees(42)
    try agrees(Shape.empty)
    try agrees([Shape.line(.init(x: 1, y: 2), .init(x: 3, y: 4))])
    try agrees([Level.low: [Level.high: 1]])
    try agrees(Set(["a", "b"]))
    try agrees(ClosedRange(uncheckedBounds: (1, 2)))
    try agrees(["": [String: Int]()])
    try agrees(UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)))
  }

  @Test func keepsIntegersOfEveryWidth() throws {
    func check<T: FixedWidthInteger & Codable>(_ type: T.Type) throws {
      let json = try JSONValue(encoding: [T.min, T.max])
      #expect(json.description == "[\(T.min),\(T.max)]")
      #expect(try JSONValue(parsing: json.bytes).decode([T].self) == [T.min, T.max])
      #expect(try JSONValue(encoding: T.max).decode(T.self) == T.max)
      #expect(try JSONValue(encoding: ["k": T.min]).decode([String: T].self) == ["k": T.min])
    }
    try check(Int.self)
    try check(Int8.self)
    try check(Int16.self)
    try check(Int32.self)
    try check(Int64.self)
    try check(Int128.self)
    try check(UInt.self)
    try check(UInt8.self)
    try check(UInt16.self)
    try check(UInt32.self)
    try check(UInt64.self)
    try check(UInt128.self)
  }

  @Test func keepsFloatingPointValues() throws {
    var generator = SeededGenerator(seed: 61)
    for _ in 0..<2000 {
      let single = Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
      let double = Double(bitPattern: generator.next())
      guard single.isFinite, double.isFinite else { continue }
      let bytes = try JSONValue(encoding: [single]).bytes
      #expect(try JSONValue(parsing: bytes).decode([Float].self) == [single])
      #expect(try JSONValue(parsing: JSONValue(encoding: double).bytes).decode(Double.self) == double)
    }
  }
}
