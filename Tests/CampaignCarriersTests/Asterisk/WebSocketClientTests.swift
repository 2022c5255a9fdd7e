import Locks
import Testing
import WebServer

@testable import CampaignCarriers

/// The client's side of a WebSocket, against a server on this machine.
@Suite struct WebSocketClientTests {
  private static func serve(
    _ answer: @escaping @Sendable (Request) async throws -> Response
  ) throws -> (server: Server, base: String) {
    var listening = WebServer.Configuration()
    listening.addresses = [.loopback(port: 0)]
    listening.shutdownIdleTimeout = .milliseconds(10)
    var router = Router()
    router.get("/events", answer)
    let server = Server(configuration: listening, router: router)
    return (server, "http://127.0.0.1:\(try server.start().first?.port ?? 0)/events")
  }

  @Test("Texts arrive whole and in order, however many, and then the end")
  func texts() async throws {
    let (server, url) = try Self.serve { request in
      #expect(request["Authorization"] == "Basic x")
      return try .webSocket(for: request) { socket in
        for number in 0..<500 { try await socket.send("\(number)") }
        try await socket.send(String(repeating: "é", count: 100_000))
      }
    }
    // Fewer fit than come, so that the client stops reading now and then.
    var configuration = SocketTransport.Configuration()
    configuration.maximumUnread = 50
    let socket = try await SocketTransport(configuration).open(url, fields: ["Authorization": "Basic x"])
    for number in 0..<500 { #expect(await socket.next() == .text("\(number)")) }
    #expect(await socket.next() == .text(String(repeating: "é", count: 100_000)))
    #expect(await socket.next() == nil)
    #expect(socket.arrivals >= 501)
    await server.shutdown()
  }

  @Test("A message that is too long ends the connection")
  func tooLong() async throws {
    let (server, url) = try Self.serve { request in
      try .webSocket(for: request) { socket in
        try await socket.send(String(repeating: "x", count: 2000))
        for try await _ in socket {}
      }
    }
    var configuration = SocketTransport.Configuration()
    configuration.maximumMessageBytes = 1000
    let socket = try await SocketTransport(configuration).open(url, fields: [:])
    #expect(await socket.next() == nil)
    await server.shutdown()
  }

  @Test("A ping is answered")
  func pings() async throws {
    let (server, url) = try Self.serve { request in
      try .webSocket(for: request) { socket in
        for try await _ in socket {}
      }
    }
    let socket = try await SocketTransport().open(url, fields: [:])
    for number in [0, 1, UInt64.max] {
      socket.ping(number)
      #expect(await socket.next() == .pong(number))
    }
    // The server asks as well, when the machine is busy.
    #expect(socket.arrivals >= 3)
    socket.close()
    #expect(await socket.next() == nil)
    await server.shutdown()
  }

  @Test("A reader that is cancelled is let go")
  func cancelled() async throws {
    let (server, url) = try Self.serve { request in
      try .webSocket(for: request) { socket in
        for try await _ in socket {}
      }
    }
    let socket = try await SocketTransport().open(url, fields: [:])
    let reading = Task { await socket.next() }
    reading.cancel()
    #expect(await reading.value == nil)
    socket.close()
    await server.shutdown()
  }

  @Test("An answer that opens no WebSocket is an error without secrets, and no redirect is followed")
  func refusals() async throws {
    let visits = Locked(0)
    let (server, url) = try Self.serve { request in
      visits.withLock { $0 += 1 }
      return Response(Status(302), fields: ["Location": "/events"])
    }
    do {
      _ = try await SocketTransport().open(url, fields: ["Authorization": "Basic secret"])
      Issue.record("a redirect opened a WebSocket")
    } catch {
      #expect(!"\(error)".contains("secret"))
    }
    #expect(visits.withLock { $0 } == 1)
    await server.shutdown()
    for address in ["https://127.0.0.1/events", "ws://127.0.0.1/", "http://", "http://a:b@127.0.0.1/"] {
      await #expect(throws: HTTPTransportError.self) { try await SocketTransport().open(address, fields: [:]) }
    }
    await #expect(throws: HTTPTransportError.self) {
      try await SocketTransport().open(url, fields: ["Authorization": "a\r\nHost: elsewhere"])
    }
  }

  @Test("The proof of the handshake is that of RFC 6455, and another one is refused")
  func proof() throws {
    let key = Array("the sample nonce".utf8)
    let opening = try WebSocketOpening("http://[::1]:8088/ari/events?app=a", fields: [:], key: key)
    #expect(opening.host == "::1")
    let head = String(decoding: opening.request, as: UTF8.self)
    #expect(head.hasPrefix("GET /ari/events?app=a HTTP/1.1\r\nHost: [::1]:8088\r\n"))
    #expect(head.contains("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"))
    let answer = { (proof: String) in
      Array(
        "HTTP/1.1 101 OK\r\nupgrade: WebSocket\r\nConnection: keep-alive, Upgrade \r\nSec-WebSocket-Accept: \(proof)\r\n\r\nrest"
          .utf8)
    }
    let good = answer("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    #expect(try opening.read(good) == good.count - 4)
    #expect(try opening.read(Array(good.dropLast(6))) == nil)
    #expect(throws: HTTPTransportError.self) { try opening.read(answer("s3pPLMBiTxaQ9kYGzzhZRbK+xOO=")) }
    #expect(throws: HTTPTransportError.self) { try opening.read([UInt8](repeating: 65, count: 20_000)) }
  }

  @Test(
    "An answer that is not quite the one to the request is refused",
    arguments: [
      ("HTTP/1.1 101", "HTTP/1.0 101"), ("HTTP/1.1 101", "HTTP/1.1 +101"), ("HTTP/1.1 101", "HTTP/1.1  101"),
      ("HTTP/1.1 101", "101 101"), ("Connection: Upgrade\r\n", ""), ("Connection: Upgrade", "Connection: close"),
      ("Upgrade: websocket\r\n", ""), ("Upgrade: websocket", "Upgrade: websocket, h2c"),
      ("Upgrade: websocket", "no field"), ("Upgrade: websocket", "Sec-WebSocket-Extensions: x\r\nUpgrade: websocket"),
      ("Upgrade: websocket", "Sec-WebSocket-Protocol: ari\r\nUpgrade: websocket"),
      ("Sec-WebSocket-Accept: s", "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Accept: s"),
      ("Upgrade: websocket", "X: a\nUpgrade: websocket"),
    ])
  func strictness(_ part: String, _ other: String) throws {
    let opening = try WebSocketOpening("http://pbx/ari/events", fields: [:], key: Array("the sample nonce".utf8))
    let good =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
    #expect(try opening.read(Array(good.utf8)) == good.utf8.count)
    #expect(throws: HTTPTransportError.self) { try opening.read(Array(good.replacing(part, with: other).utf8)) }
  }

  @Test("What waits to be read is bounded by messages and by bytes, and is let go as it is read") func unread() {
    var unread = UnreadMessages(mostMessages: 4, mostBytes: 1000)
    for number in 0..<4 {
      #expect(!unread.isFull)
      unread.put(.pong(UInt64(number)))
    }
    #expect(unread.isFull)
    for number in 0..<4 { #expect(Self.take(&unread) == .pong(UInt64(number))) }
    #expect(unread.isLow && Self.take(&unread) == nil)
    unread.put(.text(String(repeating: "é", count: 500)))
    #expect(unread.isFull && !unread.isLow)
    _ = unread.take()
    #expect(unread.isLow)
  }

  private static func take(_ unread: inout UnreadMessages) -> EventSocketMessage? { unread.take() }

  @Test("A backlog that is never empty stays in order, and lets go of what was taken") func backlog() {
    var backlog = Backlog<Int>()
    backlog.append(0)
    var next = 0
    for number in 1...10_000 {
      backlog.append(number)
      let first = backlog.takeFirst()
      #expect(first == next)
      next += 1
    }
    #expect(backlog.count == 1)
    let rest = backlog.take(atMost: 5)
    #expect(rest == [10_000] && backlog.isEmpty)
  }
}
