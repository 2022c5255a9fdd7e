import CSockets
import Foundation
import Locks
import Testing

@testable import WebServer

/// Whole servers: listening, bounds, and the end.
@Suite(.serialized, .ownThreads) struct ServerTests {
  private static func router() -> Router {
    var router = Router()
    router.get("/peer", .inline { .text($0.peer.host) })
    return router
  }

  /// Holds handlers up until it is opened.
  private final class Gate: Sendable {
    private struct State {
      var isOpen = false
      var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Locked(State())

    var count: Int { state.withLock { $0.waiting.count } }

    func pass() async {
      await withCheckedContinuation { waiter in
        let isOpen = state.withLock { state in
          if !state.isOpen { state.waiting.append(waiter) }
          return state.isOpen
        }
        if isOpen { waiter.resume() }
      }
    }

    func open() {
      let waiting = state.withLock { state in
        state.isOpen = true
        defer { state.waiting = [] }
        return state.waiting
      }
      for waiter in waiting { waiter.resume() }
    }
  }

  fileprivate static let request = "GET /peer HTTP/1.1\r\nHost: a\r\n\r\n"

  fileprivate static func server(
    _ addresses: [SocketAddress], _ router: Router = router(), _ change: (inout Configuration) -> Void = { _ in }
  ) -> Server {
    var configuration = Configuration()
    configuration.addresses = addresses
    configuration.loops = 2
    configuration.shutdownIdleTimeout = .milliseconds(50)
    configuration.lingerTimeout = .milliseconds(200)
    // Beside a thousand other tests everything takes long, and that is no test of these.
    configuration.headTimeout = .never
    configuration.idleTimeout = .never
    configuration.handlerTimeout = .never
    configuration.slowTolerance = .never
    configuration.shutdownTimeout = .never
    change(&configuration)
    return Server(configuration: configuration, router: router)
  }

  @Test func listensOnEveryKindOfAddress() async throws {
    let path = NSTemporaryDirectory() + "web-\(UInt32.random(in: 0 ... .max)).sock"
    var wanted = [SocketAddress.loopback(port: 0), .unix(path: path)]
    let hasIPv6 = access("/proc/net/if_inet6", F_OK) == 0
    if hasIPv6, let address = SocketAddress(host: "::1", port: 0) { wanted.append(address) }
    let server = Self.server(wanted)
    let addresses = try server.start()
    #expect(addresses.count == wanted.count)
    #expect(addresses[0].port != 0)
    for (address, host) in zip(addresses, ["127.0.0.1", "", "::1"]) {
      let peer = try Peer.connect(to: address)
      try peer.send(Self.request)
      #expect(try peer.answer().text == host)
    }
    await server.shutdown()
    #expect(throws: (any Error).self) {
      let late = try Peer.connect(to: addresses[0])
      try late.send(Self.request)
      _ = try late.answer()
    }
    #expect(access(path, F_OK) != 0)
    // What a process that was killed leaves behind is in nobody's way.
    let stale = csockets_open(AF_UNIX)
    #expect(SocketAddress.unix(path: path).withSystemAddress { bind(stale, $0, $1) } == 0)
    close(stale)
    let second = Self.server([.unix(path: path)])
    _ = try second.start()
    let rival = Self.server([.unix(path: path)])
    #expect(throws: SocketError.self) { try rival.start() }
    await second.shutdown()
  }

  @Test func anAddressThatIsTakenIsAnError() async throws {
    let first = Self.server([.loopback(port: 0)])
    let addresses = try first.start()
    let second = Self.server(addresses)
    let error = #expect(throws: SocketError.self) { try second.start() }
    #expect(error?.code == EADDRINUSE)
    #expect(error?.description.contains("\(addresses[0])") == true)
    await first.shutdown()
  }

  @Test("X-30: a shutdown answers what has begun") func shutdownAnswersWhatHasBegun() async throws {
    let gate = Gate()
    var router = Self.router()
    router.get("/wait") { _ in
      await gate.pass()
      return .text("waited")
    }
    // With one loop, all connections hear of the shutdown at the same time.
    let server = Self.server([.loopback(port: 0)], router) { $0.loops = 1 }
    let address = try #require(try server.start().first)
    let busy = try (0..<8).map { _ in try Peer.connect(to: address) }
    for peer in busy { try peer.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n") }
    while gate.count < busy.count { await Task.yield() }
    let idle = try Peer.connect(to: address)
    try idle.send(Self.request)
    _ = try idle.answer()
    async let down: Void = server.shutdown()
    #expect(try idle.receiveAll().isEmpty)
    gate.open()
    for peer in busy {
      let answers = Answer.all(in: try peer.receiveAll())
      #expect(answers.map(\.text) == ["waited"])
      #expect(answers.first?.fields["connection"] == "close")
    }
    await down
    #expect(server.metrics.openConnections == 0)
  }

  @Test func shutdownDoesNotWaitForEver() async throws {
    let server = Self.server([.loopback(port: 0)]) { $0.shutdownTimeout = .milliseconds(50) }
    let address = try #require(try server.start().first)
    let peer = try Peer.connect(to: address)
    try peer.send(Self.request + "GET /half")
    _ = try peer.answer()
    await server.shutdown()
    #expect(try peer.receiveAll().isEmpty)
  }

  @Test func tooManyConnectionsAreTurnedAway() async throws {
    let server = Self.server([.loopback(port: 0)]) { $0.maximumConnections = 3 }
    let address = try #require(try server.start().first)
    let welcome = try (0..<3).map { _ in try Peer.connect(to: address) }
    for peer in welcome {
      try peer.send(Self.request)
      #expect(try peer.answer().status == 200)
    }
    let surplus = try Peer.connect(to: address)
    let answers = Answer.all(in: try surplus.receiveAll())
    #expect(answers.map(\.status) == [503])
    #expect(answers.first?.fields["retry-after"] == "1")
    #expect(server.metrics.refusedConnections == 1)
    for peer in welcome {
      try peer.send(Self.request)
      #expect(try peer.answer().status == 200)
    }
    await server.shutdown()
  }

  @Test func survivesRunningOutOfDescriptors() async {
    await #expect(processExitsWith: .success) {
      var limit = rlimit(rlim_cur: 64, rlim_max: 64)
      #expect(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
      let server = ServerTests.server([.loopback(port: 0)])
      let address = try #require(try server.start().first)
      // Clients are of the same process, so they take descriptors away until nobody has any.
      var crowd: [Peer] = []
      while let peer = try? Peer.connect(to: address) { crowd.append(peer) }
      #expect(crowd.count > 10)
      // Those that were not accepted are turned away or wait; once some have left, others are served.
      crowd.removeLast(crowd.count - 3)
      // The first may come before the server has seen the others leave.
      var served = 0
      for _ in 0..<1000 where served < 10 {
        let peer = try Peer.connect(to: address)
        try peer.send(ServerTests.request)
        if (try? peer.answer())?.status == 200 { served += 1 }
      }
      #expect(served == 10)
      await server.shutdown()
    }
  }

  /// A client that reads nothing must not have much of the system's memory: a thousand of them would leave none.
  @Test func theSystemHoldsLittleForAClientThatDoesNotRead() throws {
    let listening = try ListeningSocket(.loopback(port: 0), backlog: 1)
    defer { listening.socket.close() }
    let client = csockets_open(AF_INET)
    defer { _ = close(client) }
    _ = csockets_set(client, SOL_SOCKET, SO_RCVBUF, 4096)
    _ = listening.address.withSystemAddress { connect(client, $0, $1) }
    var accepted = listening.accept()
    while case .nobody = accepted { accepted = listening.accept() }
    guard case .client(let descriptor, _) = accepted else { throw SocketError("accept a client") }
    let server = Socket(descriptor: descriptor)
    defer { server.close() }
    let bytes = [UInt8](repeating: 0, count: 16 << 10)
    var held = 0
    while case .bytes(let count) = server.send(bytes, from: 0) { held += count }
    #expect(held < 512 << 10)
  }

  @Test func metricsCount() async throws {
    let server = Self.server([.loopback(port: 0)])
    let address = try #require(try server.start().first)
    let peer = try Peer.connect(to: address)
    try peer.send(Self.request + "GET /none HTTP/1.1\r\nHost: a\r\n\r\n" + "nonsense\r\n\r\n")
    peer.finishSending()
    _ = try peer.receiveAll()
    let metrics = server.metrics
    #expect(metrics.answers[2] == 1)
    #expect(metrics.answers[4] == 2)
    #expect(metrics.malformedRequests == 1)
    #expect(metrics.acceptedConnections == 1)
    #expect(metrics.receivedBytes > 0 && metrics.sentBytes > 0)
    let text = metrics.prometheusText
    #expect(text.contains("web_responses_total{class=\"4xx\"} 2\n"))
    #expect(text.contains("web_request_duration_seconds_count 3\n"))
    await server.shutdown()
  }

  @Test func runEndsWithItsTask() async throws {
    let server = Self.server([.loopback(port: 0)])
    let (started, start) = AsyncStream.makeStream(of: SocketAddress.self)
    let task = Task { try await server.run { for address in $0 { start.yield(address) } } }
    var iterator = started.makeAsyncIterator()
    let address = try #require(await iterator.next())
    let peer = try Peer.connect(to: address)
    try peer.send(Self.request)
    #expect(try peer.answer().status == 200)
    task.cancel()
    try await task.value
    #expect(server.metrics.openConnections == 0)
  }
}
