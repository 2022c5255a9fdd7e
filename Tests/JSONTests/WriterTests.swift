import JSON
import Testing

@Suite struct WriterTests {
  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test func writesEveryKindOfValue() throws {
    var writer = JSONWriter(capacity: 0)
    writer.beginObject()
    writer.member("s", "a\"\\\n\u{0}é")
    writer.member("i", Int.min)
    writer.member("l", Int64.max)
    writer.member("u", UInt64.max)
    writer.member("d", 0.1)
    writer.member("n", Double.nan)
    writer.member("b", true)
    writer.member("v", ["x": [1, nil]] as JSONValue)
    writer.member("o", ["y": 1.50] as JSONObject)
    writer.key("a")
    writer.beginArray()
    writer.value(0)
    writer.value(-7)
    writer.null()
    writer.value(false)
    writer.value(JSONNumber(12))
    writer.value("")
    writer.beginArray()
    writer.endArray()
    writer.beginObject()
    writer.endObject()
    writer.endArray()
    writer.member("a\"b", 1)
    writer.endObject()
    let expected =
      #"{"s":"a\"\\\n\u0000é","i":-9223372036854775808,"l":9223372036854775807,"u":18446744073709551615,"d":0.1,"n":null,"#
      + #""b":true,"v":{"x":[1,null]},"o":{"y":1.5},"a":[0,-7,null,false,12,"",[],{}],"a\"b":1}"#
    #expect(writer.count == expected.utf8.count)
    let bytes = writer.finish()
    #expect(Self.text(bytes) == expected)
    #expect(throws: Never.self) { try JSONValue(parsing: bytes) }
  }

  @Test func appendsToWhatIsThere() {
    var writer = JSONWriter(appendingTo: Array("head ".utf8))
    writer.value(1)
    #expect(Self.text(writer.finish()) == "head 1")
  }

  @Test func writesIntegersOfEveryLength() {
    var value: UInt64 = 1
    for _ in 0..<20 {
      for near in [value &- 1, value, value &+ 1] {
        var writer = JSONWriter()
        writer.value(near)
        #expect(Self.text(writer.finish()) == String(near))
        var signed = JSONWriter()
        signed.value(Int64(bitPattern: near))
        #expect(Self.text(signed.finish()) == String(Int64(bitPattern: near)))
      }
      value = value &* 10
    }
  }

  /// Goal: however long a string is and wherever something must be escaped, it is what the reader reads, and its
  /// neighbours stay whole; texts are written by words, and the room grows in the middle.
  @Test func writesStringsOfEveryLength() throws {
    for length in 0...40 {
      for place in 0...length {
        for odd in ["", "\"", "\\", "\n", "\u{1F}", "\u{0}", "\u{7F}", "é", "\u{1F600}"] {
          let text = String(repeating: "a", count: place) + odd + String(repeating: "z", count: length - place)
          var writer = JSONWriter(capacity: 0)
          writer.beginObject()
          writer.member("first", length)
          writer.member(text, text)
          writer.member("last", true)
          writer.endObject()
          let bytes = writer.finish()
          let expected: JSONValue = .object(
            JSONObject([("first", .number(JSONNumber(length))), (text, .string(text)), ("last", true)]))
          #expect(try JSONValue(parsing: bytes) == expected)
          #expect(bytes == expected.bytes)
          let escaped = ["\"": 1, "\\": 1, "\n": 1, "\u{1F}": 5, "\u{0}": 5][odd] ?? 0
          let around = #"{"first":,"":"","last":true}"#.utf8.count + "\(length)".utf8.count
          #expect(bytes.count == around + 2 * (text.utf8.count + escaped))
        }
      }
    }
  }

  @Test func growsWithoutEnd() throws {
    let text = String(repeating: "0123456789\n", count: 10_000)
    var writer = JSONWriter(appendingTo: Array("head".utf8))
    writer.beginArray()
    for _ in 0..<20 { writer.value(text) }
    writer.endArray()
    let size = 4 + 2 + 19 + 20 * (2 + 12 * 10_000)
    #expect(writer.count == size)
    let bytes = writer.finish()
    #expect(Self.text(Array(bytes.prefix(4))) == "head")
    let value = try JSONValue(parsing: Array(bytes.dropFirst(4)))
    #expect(value == .array(Array(repeating: .string(text), count: 20)))
  }

  /// Goal: events written one by one give the same bytes as the value as a whole, at depths beyond one word of bits.
  @Test func nestsToAnyDepth() {
    for depth in [1, 62, 63, 64, 65, 126, 127, 128, 129, 200] {
      var writer = JSONWriter()
      var expected = ""
      for level in 0..<depth {
        if level % 3 == 0 {
          writer.beginObject()
          writer.member("x", level)
          writer.key("y")
          expected += "{\"x\":\(level),\"y\":"
        } else {
          writer.beginArray()
          writer.value(level)
          expected += "[\(level),"
        }
      }
      writer.null()
      expected += "null"
      for level in (0..<depth).reversed() {
        if level % 3 == 0 {
          writer.member("z", true)
          writer.endObject()
          expected += ",\"z\":true}"
        } else {
          writer.value(false)
          writer.endArray()
          expected += ",false]"
        }
      }
      #expect(Self.text(writer.finish()) == expected)
    }
  }

  // Other systems cannot start a process to see it stop.
  #if os(macOS) || os(Linux) || os(Windows) || os(FreeBSD)
    @Test func stopsOnMistakesInTheCode() async {
      await #expect(processExitsWith: .failure) {
        var writer = JSONWriter()
        writer.beginArray()
        writer.key("a")
        _ = writer.finish()
      }
      await #expect(processExitsWith: .failure) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.value(1)
        _ = writer.finish()
      }
      await #expect(processExitsWith: .failure) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("a")
        writer.endObject()
        _ = writer.finish()
      }
      await #expect(processExitsWith: .failure) {
        var writer = JSONWriter()
        writer.value(1)
        writer.value(2)
        _ = writer.finish()
      }
      await #expect(processExitsWith: .failure) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.endArray()
        _ = writer.finish()
      }
      await #expect(processExitsWith: .failure) {
        var writer = JSONWriter()
        writer.beginObject()
        _ = writer.finish()
      }
    }
  #endif
}
