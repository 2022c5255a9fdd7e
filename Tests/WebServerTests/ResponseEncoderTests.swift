import Testing

@testable import WebServer

/// Heads as bytes.
@Suite struct ResponseEncoderTests {
  private static func head(_ response: Response, _ framing: ResponseEncoder.Framing = .none) -> String? {
    var output = Array("before|".utf8)
    let isWritten = ResponseEncoder.append(
      response, framing: framing, keepsAlive: true, saysKeepAlive: false, date: Array("Date: d\r\n".utf8), to: &output)
    if !isWritten { #expect(output == Array("before|".utf8)) }
    return isWritten ? String(String(decoding: output, as: UTF8.self).dropFirst(7)) : nil
  }

  /// Goal: no character that could end a line gets through, wherever it stands in texts that are checked by words.
  @Test func charactersThatEndALineAreRefusedAnywhere() {
    for length in 1...20 {
      for place in 0..<length {
        for odd in ["\r", "\n", "\u{0}", "\u{7F}", "\u{1F}", "\t", "~", "\u{80}", "é"] {
          let text = String(repeating: "a", count: place) + odd + String(repeating: "z", count: length - 1 - place)
          let isAllowed = ["\t", "~", "\u{80}", "é"].contains(odd)
          let value = Self.head(Response(fields: ["X": text]))
          #expect(value == (isAllowed ? "HTTP/1.1 200 OK\r\nDate: d\r\nX: \(text)\r\n\r\n" : nil))
          #expect((Self.head(Response(contentType: text)) != nil) == isAllowed)
          #expect((Self.head(Response(fields: [text: "a"])) != nil) == (odd == "~"))
        }
      }
    }
    #expect(Self.head(Response(fields: ["": "a"])) == nil)
  }

  @Test func numbersAndLinesAreWrittenInFull() {
    #expect(
      Self.head(Response(Status(999), contentType: "a/b"), .length(.max))
        == "HTTP/1.1 999 \r\nDate: d\r\nContent-Type: a/b\r\nContent-Length: 9223372036854775807\r\n\r\n")
    #expect(Self.head(Response(.headerFieldsTooLarge), .length(0))?.hasSuffix("Content-Length: 0\r\n\r\n") == true)
    let many = Fields.Field(name: "X", value: String(repeating: "v", count: 5000))
    var response = Response()
    for _ in 0..<100 { response.fields.add(many.name, many.value) }
    let size = 17 + 9 + 100 * 5005 + 28 + 2
    #expect(Self.head(response, .chunked)?.utf8.count == size)
  }
}

/// Fields that answers share.
@Suite struct SharedFieldsTests {
  private static let shared = SharedFields([("Frame", "deny"), ("Sniff", "no")])

  private static func names(_ fields: Fields) -> [String] { fields.map { "\($0.name)=\($0.value)" } }

  @Test func sharedFieldsAreLikeOthers() {
    var fields: Fields = ["A": "1"]
    fields.addMissing(Self.shared)
    fields.add("B", "2")
    #expect(Self.names(fields) == ["A=1", "B=2", "Frame=deny", "Sniff=no"])
    #expect(fields["sniff"] == "no")
    #expect(fields["none"] == nil)
    var same: Fields = ["A": "1", "B": "2", "Frame": "deny", "Sniff": "no"]
    #expect(fields == same)
    #expect(fields.hashValue == same.hashValue)
    same["Frame"] = nil
    #expect(fields != same)
  }

  @Test func sharedFieldsCanBeReplacedRemovedAndRepeated() {
    var fields: Fields = [:]
    fields.addMissing(Self.shared)
    fields["FRAME"] = "allow"
    #expect(Self.names(fields) == ["FRAME=allow", "Sniff=no"])
    fields["Sniff"] = nil
    #expect(Self.names(fields) == ["FRAME=allow"])
    var repeated: Fields = [:]
    repeated.addMissing(Self.shared)
    repeated.add("frame", "second")
    #expect(Self.names(repeated) == ["Frame=deny", "Sniff=no", "frame=second"])
    #expect(repeated["Frame"] == "deny")
  }

  @Test func whatIsThereIsKept() {
    var fields: Fields = ["frame": "mine"]
    fields.addMissing(Self.shared)
    #expect(Self.names(fields) == ["frame=mine", "Sniff=no"])
    var twice: Fields = [:]
    twice.addMissing(Self.shared)
    twice.addMissing(SharedFields([("Sniff", "yes"), ("Other", "1")]))
    #expect(twice["Sniff"] == "no")
    #expect(twice["Other"] == "1")
    #expect(twice.count == 3)
  }

  @Test func sharedFieldsAreWritten() throws {
    var response = Response(fields: ["A": "1"])
    response.fields.addMissing(Self.shared)
    var output: [UInt8] = []
    #expect(
      ResponseEncoder.append(
        response, framing: .none, keepsAlive: true, saysKeepAlive: false, date: [], to: &output))
    #expect(String(decoding: output, as: UTF8.self) == "HTTP/1.1 200 OK\r\nA: 1\r\nFrame: deny\r\nSniff: no\r\n\r\n")
  }
}
