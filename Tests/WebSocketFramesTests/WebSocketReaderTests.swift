import Testing

import WebSocketFrames

@Suite struct WebSocketReaderTests {
  struct Script: CustomTestStringConvertible, Sendable {
    let name: String
    let frames: [UInt8]
    let events: [WebSocketReader.Event]
    var error: UInt16?

    var testDescription: String { name }

    init(_ name: String, _ frames: [[UInt8]], _ events: [WebSocketReader.Event], error: UInt16? = nil) {
      self.name = name
      self.frames = frames.flatMap { $0 }
      self.events = events
      self.error = error
    }
  }

  static func frame(_ opcode: WebSocketOpcode, _ payload: [UInt8], isFinal: Bool = true) -> [UInt8] {
    var bytes: [UInt8] = []
    WebSocketFrame.append(opcode, payload, isFinal: isFinal, mask: 0x1234_5678, to: &bytes)
    return bytes
  }

  static func text(_ text: String, isFinal: Bool = true) -> [UInt8] { frame(.text, Array(text.utf8), isFinal: isFinal) }

  static let scripts: [Script] = [
    Script("text", [text("héllo")], [.text("héllo")]),
    Script("empty text", [text("")], [.text("")]),
    Script("bytes", [frame(.binary, [0, 255])], [.binary([0, 255])]),
    Script("125 bytes", [frame(.binary, .init(repeating: 7, count: 125))], [.binary(.init(repeating: 7, count: 125))]),
    Script("126 bytes", [frame(.binary, .init(repeating: 7, count: 126))], [.binary(.init(repeating: 7, count: 126))]),
    Script(
      "65536 bytes", [frame(.binary, .init(repeating: 7, count: 65_536))],
      [.binary(.init(repeating: 7, count: 65_536))]),
    Script(
      "fragments with a ping between",
      [
        text("a", isFinal: false), frame(.ping, [1]), frame(.continuation, [0x62], isFinal: false),
        frame(.continuation, []),
      ],
      [.ping([1]), .text("ab")]),
    Script(
      "character cut by fragments", [frame(.text, [0xC3], isFinal: false), frame(.continuation, [0xA9])], [.text("é")]),
    Script("ping and pong", [frame(.ping, []), frame(.pong, [2])], [.ping([]), .pong([2])]),
    Script("close without a code", [frame(.close, [])], [.close(nil, reason: "")]),
    Script("close with a reason", [frame(.close, [3, 232, 0x61])], [.close(.normal, reason: "a")]),
    Script("close with 4999", [frame(.close, [0x13, 0x87])], [.close(WebSocketCloseCode(4999), reason: "")]),
    Script("close of one byte", [frame(.close, [3])], [], error: 1002),
    Script("close with 999", [frame(.close, [3, 231])], [], error: 1002),
    Script("close with 1005, which may not be sent", [frame(.close, [3, 237])], [], error: 1002),
    Script("close with 5000", [frame(.close, [0x13, 0x88])], [], error: 1002),
    Script("close with a reason that is not UTF-8", [frame(.close, [3, 232, 0xFF])], [], error: 1007),
    Script("text that is not UTF-8", [text("ok"), frame(.text, [0x61, 0xFF, 0x61])], [.text("ok")], error: 1007),
    Script("surrogate", [frame(.text, [0xED, 0xA0, 0x80])], [], error: 1007),
    Script("overlong form", [frame(.text, [0xC0, 0xAF])], [], error: 1007),
    Script("beyond the last character", [frame(.text, [0xF4, 0x90, 0x80, 0x80])], [], error: 1007),
    Script("text that ends inside a character", [frame(.text, [0xE2, 0x82])], [], error: 1007),
    Script("unmasked", [[0x81, 0x01, 0x61]], [], error: 1002),
    Script("reserved bit", [[0xC1, 0x80, 0, 0, 0, 0]], [], error: 1002),
    Script("reserved opcode 3", [[0x83, 0x80, 0, 0, 0, 0]], [], error: 1002),
    Script("reserved opcode 11", [[0x8B, 0x80, 0, 0, 0, 0]], [], error: 1002),
    Script("fragmented ping", [[0x09, 0x80, 0, 0, 0, 0]], [], error: 1002),
    Script("ping of 126 bytes", [[0x89, 0xFE, 0, 126]], [], error: 1002),
    Script("continuation of nothing", [frame(.continuation, [])], [], error: 1002),
    Script("text inside a text", [text("a", isFinal: false), text("b")], [], error: 1002),
    Script("length in two bytes that fits one", [[0x82, 0xFE, 0, 125, 0, 0, 0, 0]], [], error: 1002),
    Script("length in eight bytes that fits two", [[0x82, 0xFF, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0]], [], error: 1002),
    Script("length beyond 63 bits", [[0x82, 0xFF, 128, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]], [], error: 1002),
    Script("too long at once", [[0x82, 0xFF, 0, 0, 0, 0, 0, 0x10, 0, 1, 0, 0, 0, 0]], [], error: 1009),
    Script(
      "too long together",
      [
        frame(.binary, .init(repeating: 0, count: 1 << 19), isFinal: false),
        frame(.continuation, .init(repeating: 0, count: (1 << 19) + 1)),
      ], [], error: 1009),
  ]

  /// Reads pieces until the end or an error.
  static func read(_ pieces: [[UInt8]], as role: WebSocketReader.Role = .server) -> ([WebSocketReader.Event], UInt16?) {
    var reader = WebSocketReader(role: role, maximumMessageBytes: 1 << 20)
    var events: [WebSocketReader.Event] = []
    for piece in pieces {
      var start = 0
      do {
        while let event = try reader.next(piece, from: &start, to: piece.count) { events.append(event) }
      } catch {
        return (events, error.code.code)
      }
    }
    return (events, nil)
  }

  @Test("T-99, T-100: reads as the standard demands", arguments: scripts)
  func readsAsTheStandardDemands(_ script: Script) {
    let (events, error) = Self.read([script.frames])
    #expect(events == script.events)
    #expect(error == script.error)
  }

  @Test(arguments: scripts.filter { $0.frames.count < 300 })
  func readsTheSameInEveryCut(_ script: Script) {
    let single = Self.read(script.frames.map { [$0] })
    #expect(single.0 == script.events)
    #expect(single.1 == script.error)
    for cut in 0...script.frames.count {
      let (events, error) = Self.read([Array(script.frames[..<cut]), Array(script.frames[cut...])])
      #expect(events == script.events, "cut at \(cut)")
      #expect(error == script.error, "cut at \(cut)")
    }
  }

  @Test func clientsReadWhatIsNotMasked() {
    var bytes: [UInt8] = []
    WebSocketFrame.append(.text, Array("hi".utf8), to: &bytes)
    #expect(bytes == [0x81, 2, 0x68, 0x69])
    #expect(Self.read([bytes], as: .client).0 == [.text("hi")])
    #expect(Self.read([Self.text("hi")], as: .client).1 == 1002)
  }

  @Test func theExampleOfTheStandardIsMaskedSo() {
    var bytes: [UInt8] = []
    WebSocketFrame.append(.text, Array("Hello".utf8), mask: 0x37FA_213D, to: &bytes)
    #expect(bytes == [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58])
  }

  @Test func maskingIsTheSameFromEveryOffset() {
    let key: UInt32 = 0xA1B2_C3D4
    let keyBytes: [UInt8] = [0xA1, 0xB2, 0xC3, 0xD4]
    for offset in 0..<9 {
      for count in 0..<40 {
        var bytes = (0..<count).map { UInt8($0) }
        WebSocketFrame.apply(key, to: &bytes, from: 0, offset: offset)
        #expect(bytes == (0..<count).map { UInt8($0) ^ keyBytes[($0 + offset) % 4] })
      }
    }
  }

  @Test func aReasonIsCutBetweenCharacters() {
    var bytes: [UInt8] = []
    WebSocketFrame.appendClose(.normal, reason: String(repeating: "é", count: 100), to: &bytes)
    #expect(bytes.count == 2 + 2 + 122)
    #expect(Self.read([bytes], as: .client).0 == [.close(.normal, reason: String(repeating: "é", count: 61))])
  }

  @Test func utf8IsWhatTheStandardLibraryTakesItFor() {
    // Every two-byte text, and every three-byte one that begins with a byte of note.
    func check(_ bytes: [UInt8]) {
      var validator = UTF8Validator()
      let isValid = validator.accept(bytes) && validator.isComplete
      #expect(isValid == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
    }
    for first in UInt8.min...UInt8.max {
      for second in UInt8.min...UInt8.max { check([first, second]) }
    }
    for first in [0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF4, 0xF5] as [UInt8] {
      for second in stride(from: UInt8(0x70), to: 0xD0, by: 1) {
        check([first, second, 0x80])
        check([first, second, 0xBF, 0x80])
      }
    }
  }
}
