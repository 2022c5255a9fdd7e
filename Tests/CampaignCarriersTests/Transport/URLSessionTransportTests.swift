import CampaignCarriers
import CampaignKit
import CampaignTesting
import Foundation
import Locks
import Testing
import WebServer

@Suite struct URLSessionTransportTests {
  /// A server that counts requests with their whole content, by path.
  private final class Counter: Sendable {
    private let counts = Locked<[String: Int]>([:])

    func count(_ path: String) { counts.withLock { $0[path, default: 0] += 1 } }

    subscript(path: String) -> Int { counts.withLock { $0[path, default: 0] } }
  }

  /// Serves for as long as a function runs.
  private static func serving(
    _ build: (inout Router) -> Void, _ body: (_ base: String) async throws -> Void
  ) async throws {
    var router = Router()
    build(&router)
    var configuration = WebServer.Configuration()
    configuration.addresses = [.loopback(port: 0)]
    configuration.loops = 1
    // However slow the machine is, no connection ends but where a test ends it.
    for time in [
      \WebServer.Configuration.headTimeout, \.idleTimeout, \.handlerTimeout, \.slowTolerance,
    ] { configuration[keyPath: time] = URLSessionTransport.never }
    configuration.shutdownTimeout = .milliseconds(100)
    configuration.shutdownIdleTimeout = .milliseconds(10)
    let server = Server(configuration: configuration, router: router)
    let addresses = try server.start()
    let port = try #require(addresses.first?.port)
    do {
      try await body("http://127.0.0.1:\(port)")
    } catch {
      await server.shutdown()
      throw error
    }
    await server.shutdown()
  }

  private static func post(_ url: String) -> HTTPRequest {
    HTTPRequest(.post, url, fields: ["Authorization": "Basic secret"], body: Array("a=b".utf8))
  }

  private static func status(_ transport: URLSessionTransport, _ request: HTTPRequest) async -> Int? {
    try? await transport.send(request).status
  }

  private static func failure(
    _ transport: URLSessionTransport, _ request: HTTPRequest
  ) async -> HTTPTransportError.Kind? {
    do throws(HTTPTransportError) {
      _ = try await transport.send(request)
      return nil
    } catch {
      return error.kind
    }
  }

  @Test("An answer comes with its status, fields and content, whatever the status")
  func answers() async throws {
    try await Self.serving({ router in
      router.post("/echo") { request in
        let body = try await request.body.collect()
        let fields: Fields = ["X-Seen": request["Authorization"] ?? ""]
        return Response(.created, contentType: "text/plain", fields: fields, body: .bytes(body))
      }
      for (path, status) in [("/401", Status.unauthorized), ("/500", .internalServerError)] {
        router.post(path) { _ in
          Response(status, fields: ["WWW-Authenticate": "Basic realm=\"Twilio API\""], body: .bytes([65]))
        }
      }
    }) { base in
      let transport = URLSessionTransport.patient()
      let response = try await transport.send(Self.post(base + "/echo"))
      #expect(response.status == 201)
      #expect(response.fields["x-seen"] == "Basic secret")
      #expect(response.fields["date"] != nil)
      #expect(response.body == Array("a=b".utf8))
      #expect(await Self.status(transport, Self.post(base + "/401")) == 401)
      #expect(await Self.status(transport, Self.post(base + "/500")) == 500)
    }
  }

  @Test("A redirect is an answer, and nothing is sent to where it points")
  func redirects() async throws {
    let counter = Counter()
    try await Self.serving({ router in
      for status in [Status(302), Status(307)] {
        router.post("/\(status.code)") { _ in .redirect(to: "/target", status: status) }
      }
      for method in [WebServer.Method.get, .post] {
        router.on(
          method, "/target",
          Handler { _ in
            counter.count("/target")
            return .text("")
          })
      }
    }) { base in
      let transport = URLSessionTransport.patient()
      #expect(await Self.status(transport, Self.post(base + "/302")) == 302)
      #expect(await Self.status(transport, Self.post(base + "/307")) == 307)
      #expect(counter["/target"] == 0)
    }
  }

  @Test("What was lost on a connection that was kept open is not sent again")
  func lostConnections() async throws {
    let counter = Counter()
    try await Self.serving({ router in
      router.post("/fine") { request in
        _ = try await request.body.collect()
        return .text("")
      }
      router.post("/cut/:n") { request in
        _ = try await request.body.collect()
        counter.count(request.path)
        throw ConnectionCut()
      }
    }) { base in
      let transport = URLSessionTransport.patient()
      #expect(await Self.failure(transport, Self.post(base + "/cut/new")) == .uncertain)
      #expect(counter["/cut/new"] == 1)
      for round in 0..<20 {
        #expect(await Self.status(transport, Self.post(base + "/fine")) == 200)
        #expect(await Self.failure(transport, Self.post(base + "/cut/\(round)")) == .uncertain)
        #expect(await Self.status(transport, Self.post(base + "/fine")) == 200)
        #expect(counter["/cut/\(round)"] == 1)
      }
    }
  }

  @Test("A request is not sent for certain only where there is no connection, no address, and no time")
  func notSent() async throws {
    let transport = URLSessionTransport.patient()
    // A port that was free a moment ago.
    var closed = ""
    try await Self.serving({ _ in }) { closed = $0 }
    #expect(await Self.failure(transport, Self.post(closed)) == .notSent)
    #expect(await Self.failure(transport, Self.post("http://carrier.invalid")) == .notSent)
    #expect(await Self.failure(transport, Self.post("ftp://127.0.0.1/")) == .notSent)
    var late = Self.post(closed)
    late.sendBy = .distantPast
    #expect(await Self.failure(transport, late) == .tooLate)
  }

  @Test("An answer that is too long, too slow or cut off leaves one in doubt")
  func doubts() async throws {
    try await Self.serving({ router in
      router.post("/long") { _ in Response(body: .bytes(Array(repeating: 65, count: 20_000))) }
      router.post("/never") { _ in
        try await Task.sleep(for: URLSessionTransport.never)
        return .text("")
      }
      router.post("/part") { _ in
        Response(
          body: .stream(length: 100) { writer in
            try await writer.write("half")
            throw ConnectionCut()
          })
      }
    }) { base in
      let transport = URLSessionTransport.patient { $0.maximumResponseBytes = 10_000 }
      for path in ["/long", "/part"] {
        #expect(await Self.failure(transport, Self.post(base + path)) == .uncertain, "\(path)")
      }
      let impatient = URLSessionTransport.patient { $0.timeout = .milliseconds(100) }
      #expect(await Self.failure(impatient, Self.post(base + "/never")) == .uncertain)
    }
  }

  @Test("Many requests share few connections, and each gets its own answer")
  func sharing() async throws {
    let most = Locked((now: 0, most: 0))
    try await Self.serving({ router in
      router.post("/:n") { request in
        most.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
        _ = try await request.body.collect()
        most.withLock { $0.now -= 1 }
        return .text(request.parameters["n"] ?? "")
      }
    }) { base in
      let transport = URLSessionTransport.patient { $0.maximumConnections = 4 }
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for index in 0..<200 {
          group.addTask {
            let response = try await transport.send(Self.post("\(base)/\(index)"))
            return String(decoding: response.body, as: UTF8.self) == "\(index)"
          }
        }
        for try await isRight in group { #expect(isRight) }
      }
      #expect(most.withLock { $0.most } <= 4)
    }
  }

  @Test("No request waits for a connection for ever, and what is urgent has one of its own")
  func waiting() async throws {
    let counter = Counter()
    try await Self.serving({ router in
      router.post("/held/:n") { request in
        counter.count("/held")
        try await Task.sleep(for: URLSessionTransport.never)
        return .text("")
      }
      router.post("/urgent") { _ in .text("") }
    }) { base in
      let transport = URLSessionTransport.patient {
        $0.maximumConnections = 10
        $0.longestWait = .milliseconds(50)
      }
      let held = (0..<9).map { index in Task { await Self.failure(transport, Self.post("\(base)/held/\(index)")) } }
      while counter["/held"] < 9 { await Task.yield() }
      #expect(await Self.failure(transport, Self.post(base + "/urgent")) == .notSent)
      var order = Self.post(base + "/urgent")
      order.sendBy = SystemTime().now() + .milliseconds(50)
      #expect(await Self.failure(transport, order) == .tooLate)
      var urgent = Self.post(base + "/urgent")
      urgent.isUrgent = true
      #expect(await Self.status(transport, urgent) == 200)
      for task in held {
        task.cancel()
        #expect(await task.value == .uncertain)
      }
    }
  }

  @Test("What could not be sent by its time is given up, and what was sent is waited for")
  func sendBy() async throws {
    try await Self.serving({ router in
      router.post("/slow") { request in
        _ = try await request.body.collect()
        try await Task.sleep(for: .milliseconds(1500))
        return .text("")
      }
    }) { base in
      let transport = URLSessionTransport.patient()
      // On a busy machine it may not be sent in time; once it is, the answer comes after that time and is had.
      var request = Self.post(base + "/slow")
      var status: Int?
      for _ in 0..<20 where status == nil {
        request.sendBy = SystemTime().now() + .milliseconds(700)
        status = try? await transport.send(request).status
      }
      #expect(status == 200)
      // One who takes connections and says nothing on them: there is no secure connection.
      let silent = try SilentListener()
      request = Self.post("https://127.0.0.1:\(silent.port)/")
      request.sendBy = SystemTime().now() + .milliseconds(200)
      let failure = await Self.failure(transport, request)
      #expect(failure == .uncertain || failure == .tooLate, "the latter where the machine was too busy to begin")
    }
  }

  @Test("Whoever gives up while waiting for a connection has sent nothing")
  func cancelling() async throws {
    let counter = Counter()
    try await Self.serving({ router in
      router.post("/:n") { request in
        counter.count(request.path)
        try await Task.sleep(for: URLSessionTransport.never)
        return .text("")
      }
    }) { base in
      let transport = URLSessionTransport.patient { $0.maximumConnections = 1 }
      let first = Task { await Self.failure(transport, Self.post(base + "/first")) }
      while counter["/first"] == 0 { await Task.yield() }
      let second = Task { await Self.failure(transport, Self.post(base + "/second")) }
      second.cancel()
      #expect(await second.value == .notSent)
      first.cancel()
      #expect(await first.value == .uncertain)
      #expect(counter["/second"] == 0)
    }
  }
}
