import Foundation
import JSON
import Testing

/// Random documents, whole and damaged. Every failure names its seed.
@Suite struct RandomTests {
  @Test(arguments: [UInt64(11), 12, 13, 14])
  func roundTrips(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for round in 0..<150 {
      let value = JSONValue.random(depth: 4, using: &generator)
      for pretty in [false, true] {
        let text = value.serialized(pretty: pretty)
        let read = try JSONValue(parsing: text)
        if read != value || read.serialized(pretty: pretty) != text || read.hashValue != value.hashValue {
          Issue.record("Does not read back: round \(round), seed \(seed)")
          return
        }
      }
      let sorted = try JSONValue(parsing: value.serializedBytes(sortedKeys: true))
      #expect(sorted == value, "round \(round), seed \(seed)")
    }
  }

  @Test(arguments: [UInt64(21), 22])
  func everyPrefixIsAnError(_ seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<20 {
      let bytes = JSONValue.array([.random(depth: 3, using: &generator), "é\\\u{1}😀", 1.5e-7]).serializedBytes(
        pretty: true)
      for count in 0..<bytes.count {
        guard let error = JSONValue.failure(Array(bytes[..<count])) else {
          Issue.record("\(count) of \(bytes.count) bytes are taken for a document, seed \(seed)")
          return
        }
        if error.code != .unexpectedEnd && error.code != .invalidUTF8 || error.offset > count {
          Issue.record("\(error) at \(error.offset) for \(count) bytes, seed \(seed)")
          return
        }
      }
    }
  }

  /// Goal: damage gives an error or another document, which then reads back; never a crash.
  @Test(arguments: [UInt64(31), 32, 33])
  func survivesMutation(_ seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let pieces: [[UInt8]] = [
      "\"", "\\", "{", "}", "[", "]", ",", ":", "-", "0", "1e9", ".", "\\u", "\\ud800", "\u{0}", "true", " ",
    ]
    .map { Array($0.utf8) }
    for round in 0..<4000 {
      var bytes = JSONValue.random(depth: 2, using: &generator).bytes
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let position = Int.random(in: 0...bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0 where position < bytes.count: bytes[position] = UInt8.random(in: 0...255, using: &generator)
        case 1 where position < bytes.count: bytes.remove(at: position)
        case 2: bytes.removeSubrange(position..<min(bytes.count, position + 5))
        default: bytes.insert(contentsOf: pieces[Int.random(in: 0..<pieces.count, using: &generator)], at: position)
        }
      }
      guard let value = try? JSONValue(parsing: bytes) else {
        if let error = JSONValue.failure(bytes), 0...bytes.count ~= error.offset { continue }
        Issue.record("An error without a place: round \(round), seed \(seed)")
        return
      }
      if (try? JSONValue(parsing: value.bytes)) != value || !Self.isValidForFoundation(bytes) {
        Issue.record("Accepted wrongly: \(bytes), round \(round), seed \(seed)")
        return
      }
    }
  }

  private static func isValidForFoundation(_ bytes: [UInt8]) -> Bool {
    do {
      _ = try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
      return true
    } catch {
      // Numbers beyond Double are valid JSON that Foundation has no value for.
      return "\(error)".contains("epresent") || "\(error)".contains("umber")
    }
  }

  @Test(arguments: [UInt64(41), 42])
  func agreesWithFoundation(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for round in 0..<150 {
      let value = JSONValue.random(depth: 3, using: &generator)
      let theirs = try JSONSerialization.jsonObject(
        with: Data(value.serializedBytes(pretty: round % 2 == 0)), options: .fragmentsAllowed)
      let isEqual = Self.matches(value, theirs)
      #expect(isEqual, "round \(round), seed \(seed)")
      // And the other way: what they write, we read as the same.
      let written = try JSONSerialization.data(withJSONObject: theirs, options: .fragmentsAllowed)
      let isEqualAgain = Self.matches(try JSONValue(parsing: written), theirs)
      #expect(isEqualAgain, "round \(round), seed \(seed)")
    }
  }

  private static func matches(_ ours: JSONValue, _ theirs: Any) -> Bool {
    switch ours {
    case .null: return theirs is NSNull
    case .bool(let value): return theirs as? Bool == value
    case .number(let value):
      guard let number = theirs as? NSNumber else { return false }
      if let integer = value.int64, integer.magnitude < 1 << 53 { return integer == number.int64Value }
      // Foundation goes through a decimal of its own here and may miss the nearest double by a little.
      guard let double = value.double else { return false }
      return abs(double - number.doubleValue) <= abs(double) * 1e-14
    case .string(let value): return theirs as? String == value
    case .array(let elements):
      guard let array = theirs as? [Any], array.count == elements.count else { return false }
      return zip(elements, array).allSatisfy { matches($0, $1) }
    case .object(let members):
      guard let object = theirs as? [String: Any], object.count == members.count else { return false }
      return members.allSatisfy { key, value in object[key].map { matches(value, $0) } ?? false }
    }
  }
}
