import Foundation
import Testing
import WebSocketFrames

@testable import WebServer

/// WebSockets over pairs of sockets, with a client that is made of frames.
@Suite(.ownThreads) struct WebSocketTests {
  static let handshake =
    "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

  static let patient: WebSocketConfiguration = {
    var configuration = WebSocketConfiguration()
    configuration.closeTimeout = .never
    configuration.idleTimeout = .never
    configuration.pingInterval = .never
    return configuration
  }()

  static func fixture(
    _ configuration: WebSocketConfiguration = patient,
    _ handler: @escaping @Sendable (WebSocket) async throws -> Void = { socket in
      for try await message in socket { try await socket.send(message) }
    }
  ) throws -> LoopFixture {
    var router = Router()
    router.get("/ws") { request in
      try .webSocket(for: request, configuration: configuration, protocols: ["b", "c"], handler)
    }
    return try LoopFixture(router: router)
  }

  static func frame(_ opcode: WebSocketOpcode, _ payload: [UInt8], isFinal: Bool = true) -> [UInt8] {
    var bytes: [UInt8] = []
    WebSocketFrame.append(opcode, payload, isFinal: isFinal, mask: 0x0102_0304, to: &bytes)
    return bytes
  }

  /// A client that has been let in.
  static func open(_ fixture: LoopFixture, and first: [UInt8] = []) throws -> Peer {
    let peer = try fixture.connect()
    try peer.send(Array((handshake + "\r\n").utf8) + first)
    let answer = try peer.answer()
    #expect(answer.status == 101)
    #expect(answer.fields["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    #expect(answer.fields["connection"] == "Upgrade")
    return peer
  }

  /// Reads everything up to the end as events.
  static func events(_ peer: Peer) throws -> [WebSocketReader.Event] {
    let bytes = try peer.receiveAll()
    var reader = WebSocketReader(role: .client, maximumMessageBytes: 1 << 24)
    var start = 0
    var events: [WebSocketReader.Event] = []
    while let event = try reader.next(bytes, from: &start, to: bytes.count) { events.append(event) }
    return events
  }

  @Test("T-93, T-99: let in, messages in fragments, pings, and the close that is echoed") func echoesAndCloses() throws
  {
    let large = [UInt8](repeating: 7, count: 100_000)
    // The first frame comes together with the handshake.
    let peer = try Self.open(try Self.fixture(), and: Self.frame(.text, Array("first".utf8)))
    try peer.send(Self.frame(.ping, [1, 2]))
    try peer.send(Self.frame(.text, Array("se".utf8), isFinal: false) + Self.frame(.continuation, Array("cond".utf8)))
    try peer.send(Self.frame(.binary, large))
    try peer.send(Self.frame(.close, [0x0F, 0xA0]))
    let events = try Self.events(peer)
    #expect(events.contains(.ping([])) == false)
    #expect(
      events.filter { $0 != .pong([1, 2]) } == [
        .text("first"), .text("second"), .binary(large), .close(WebSocketCloseCode(4000), reason: ""),
      ])
    #expect(events.contains(.pong([1, 2])))
  }

  @Test("T-100: frames that are wrong close with their code") func errorsCloseWithTheirCode() throws {
    let fixture = try Self.fixture()
    for (bytes, code) in [([0x81, 0x00], 1002), (Self.frame(.text, [0xFF]), 1007), ([0x83, 0x80, 0, 0, 0, 0], 1002)]
      as [([UInt8], UInt16)]
    {
      let peer = try Self.open(fixture)
      try peer.send(bytes)
      guard case .close(let closing, _) = try Self.events(peer).last else {
        Issue.record("no close frame")
        continue
      }
      #expect(closing?.code == code)
    }
  }

  @Test func messagesHaveABound() throws {
    var configuration = Self.patient
    configuration.maximumMessageBytes = 10
    let peer = try Self.open(try Self.fixture(configuration))
    try peer.send(
      Self.frame(.text, [UInt8](repeating: 65, count: 10)) + Self.frame(.text, [UInt8](repeating: 65, count: 11)))
    let events = try Self.events(peer)
    #expect(events.first == .text("AAAAAAAAAA"))
    guard case .close(.some(.messageTooBig), _) = events.last else { return #expect(Bool(false), "\(events)") }
  }

  @Test func theEndOfTheHandlerIsTheEndOfTheSocket() throws {
    struct Oops: Error {}
    let normal = try Self.open(try Self.fixture { try await $0.send("bye") })
    try normal.send(Self.frame(.close, []))
    #expect(try Self.events(normal) == [.text("bye"), .close(.normal, reason: "")])
    let failing = try Self.open(try Self.fixture { _ in throw Oops() })
    try failing.send(Self.frame(.close, []))
    #expect(try Self.events(failing) == [.close(.internalError, reason: "")])
    let refused = try Self.open(try Self.fixture { $0.close(.policyViolation, reason: "no") })
    try refused.send(Self.frame(.close, []))
    #expect(try Self.events(refused) == [.close(.policyViolation, reason: "no")])
  }

  @Test func silentClientsAreAskedAndGivenUp() async throws {
    var configuration = Self.patient
    configuration.idleTimeout = .never * 2
    let fixture = try Self.fixture(configuration)
    let peer = try Self.open(fixture)
    await fixture.look(ahead: .never * 0.9)
    await fixture.look(ahead: .never)
    // Once, and not before its time.
    #expect(try peer.take(2) == [0x89, 0])
    await fixture.look(ahead: .never * 2)
    #expect(try peer.receiveAll().isEmpty)
  }

  @Test func theClientOfASlowHandlerIsNotSilent() async throws {
    var configuration = Self.patient
    configuration.idleTimeout = .never * 2
    configuration.receivedBytes = 10
    let (starts, start) = AsyncStream.makeStream(of: Void.self)
    let (turns, turn) = AsyncStream.makeStream(of: Void.self)
    let fixture = try Self.fixture(configuration) { socket in
      var turns = turns.makeAsyncIterator()
      for try await message in socket {
        start.yield()
        await turns.next()
        try await socket.send(message)
      }
    }
    let peer = try Self.open(fixture)
    // The handler has one message and leaves the others, which are all that is read ahead.
    for _ in 0..<3 { try peer.send(Self.frame(.text, [UInt8](repeating: 65, count: 10))) }
    for await _ in starts { break }
    await fixture.reads { $0.webSocket?.hasRoom == false }
    for _ in 0..<3 { await fixture.look(ahead: .never * 3) }
    for _ in 0..<3 { turn.yield() }
    try peer.send(Self.frame(.close, [0x03, 0xE8]))
    #expect(
      try Self.events(peer)
        == [.text("AAAAAAAAAA"), .text("AAAAAAAAAA"), .text("AAAAAAAAAA"), .close(.normal, reason: "")])
  }

  @Test func clientsThatDoNotReadMissOffersOrAreClosed() async throws {
    for policy in [WebSocketConfiguration.SlowReader.misses, .isClosed] {
      var configuration = Self.patient
      configuration.queuedBytes = 100_000
      configuration.slowReader = policy
      let (refusals, refused) = AsyncStream.makeStream(of: Int.self)
      let fixture = try Self.fixture(configuration) { socket in
        var taken = 0
        while socket.offer(.binary([UInt8](repeating: 1, count: 10_000))) {
          taken += 1
          await Task.yield()
        }
        refused.yield(taken)
        for try await _ in socket {}
      }
      let peer = try Self.open(fixture)
      var iterator = refusals.makeAsyncIterator()
      let taken = try #require(await iterator.next())
      #expect(taken >= 9)
      try peer.send(Self.frame(.close, []))
      let events = try Self.events(peer)
      #expect(events.filter { if case .binary = $0 { true } else { false } }.count == taken)
      if policy == .isClosed {
        guard case .close(.some(.policyViolation), _) = events.last else {
          return #expect(Bool(false), "\(events.last as Any)")
        }
      }
    }
  }

  @Test func shutdownSaysGoingAway() async throws {
    let fixture = try Self.fixture()
    let peer = try Self.open(fixture)
    try peer.send(Self.frame(.text, [65]))
    _ = try peer.take(3)
    let worker = fixture.worker
    worker.loop.execute { worker.drain() }
    #expect(try peer.take(4) == [0x88, 2, 3, 0xE9])
    try peer.send(Self.frame(.close, [3, 0xE9]))
    #expect(try peer.receiveAll().isEmpty)
    peer.close()
    await fixture.census.isEmpty()
  }

  @Test("T-93: handshakes are checked") func handshakesAreChecked() throws {
    let fixture = try Self.fixture()
    func status(_ change: (inout String) -> Void) throws -> Answer? {
      var text = Self.handshake
      change(&text)
      return try fixture.answers(to: text + "\r\n").first
    }
    func replace(_ old: String, _ new: String) -> (inout String) -> Void {
      { text in
        if let range = text.range(of: old) { text.replaceSubrange(range, with: new) }
      }
    }
    let version = try status(replace("Version: 13", "Version: 8"))
    #expect(version?.status == 426)
    #expect(version?.fields["sec-websocket-version"] == "13")
    #expect(try status(replace("Upgrade: websocket\r\n", ""))?.status == 426)
    #expect(try status(replace("keep-alive, Upgrade", "keep-alive"))?.status == 426)
    #expect(try status(replace("HTTP/1.1", "HTTP/1.0"))?.status == 426)
    #expect(try status(replace("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZQ=="))?.status == 400)
    #expect(try status(replace("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZR=="))?.status == 400)
    #expect(try status { $0 += "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" }?.status == 400)
    #expect(try status { $0 += "Origin: http://evil\r\n" }?.status == 403)
    #expect(try status { $0 += "Origin: null\r\n" }?.status == 403)
    #expect(try status { $0 += "Origin: http://a\r\n" }?.status == 101)
    let chosen = try status {
      $0 += "Sec-WebSocket-Protocol: x, c, b\r\nSec-WebSocket-Extensions: permessage-deflate\r\n"
    }
    #expect(chosen?.fields["sec-websocket-protocol"] == "c")
    #expect(chosen?.fields["sec-websocket-extensions"] == nil)
  }
}
