import JSON
import Locks
import Synchronization
import Testing

@testable import WebServer

@Suite struct MiddlewareTests {
  private func respond(
    _ middleware: Middleware, _ request: Request, _ handler: Handler = .inline { _ in .text("ok") }
  ) async -> Response {
    await handler.wrapped(in: [middleware]).respond(to: request)
  }

  private let waiting = Handler { _ in
    await Task.yield()
    return .text("ok")
  }

  @Test("X-17: security headers leave what is set") func securityHeadersLeaveWhatIsSet() async throws {
    let response = await respond(
      .securityHeaders, try Request(.get, "/"),
      .inline { _ in Response(fields: ["x-frame-options": "DENY"]) })
    #expect(response.fields["X-Content-Type-Options"] == "nosniff")
    #expect(response.fields["X-Frame-Options"] == "DENY")
    #expect(response.fields.count == 12)
    #expect(Middleware.securityHeaders.wrap(.inline { _ in .text("") }).isInline)
  }

  @Test("X-15, X-16: preflights are answered") func crossOriginAnswersPreflights() async throws {
    var policy = CrossOriginPolicy(origins: ["https://a"])
    policy.allowsCredentials = true
    policy.responseFields = ["X-Total"]
    let asked: Fields = [
      "Origin": "https://a", "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "x-one",
    ]
    let preflight = await respond(.crossOrigin(policy), try Request(.options, "/", fields: asked))
    #expect(preflight.status == .noContent)
    #expect(preflight.fields["Access-Control-Allow-Origin"] == "https://a")
    #expect(preflight.fields["Access-Control-Allow-Credentials"] == "true")
    #expect(preflight.fields["Access-Control-Allow-Headers"] == "x-one")
    #expect(preflight.fields["Access-Control-Allow-Methods"]?.contains("PUT") == true)
    #expect(preflight.fields["Vary"] == "Origin, Access-Control-Request-Headers")

    let plain = await respond(.crossOrigin(policy), try Request(.get, "/", fields: ["Origin": "https://a"]), waiting)
    #expect(plain.fields["Access-Control-Allow-Origin"] == "https://a")
    #expect(plain.fields["Access-Control-Expose-Headers"] == "X-Total")
    let foreign = await respond(.crossOrigin(policy), try Request(.get, "/", fields: ["Origin": "https://b"]))
    #expect(foreign.fields["Access-Control-Allow-Origin"] == nil)
    #expect(foreign.fields["Vary"] == "Origin")

    policy.origins = ["*"]
    let any = await respond(.crossOrigin(policy), try Request(.get, "/", fields: ["Origin": "https://b"]))
    #expect(any.fields["Access-Control-Allow-Origin"] == nil, "any origin and credentials exclude each other")
    policy.allowsCredentials = false
    let open = await respond(.crossOrigin(policy), try Request(.get, "/", fields: ["Origin": "https://b"]))
    #expect(open.fields["Access-Control-Allow-Origin"] == "*")
    #expect(open.fields["Vary"] == nil)
  }

  @Test func identifiersAreTakenOrMade() async throws {
    let echo = Handler.inline { .text($0[RequestIdentifier.self] ?? "") }
    let given = await respond(.requestIdentifier(), try Request(.get, "/", fields: ["X-Request-Id": "abc-1"]), echo)
    #expect(given.fields["X-Request-Id"] == "abc-1")
    #expect(given.bytes == Array("abc-1".utf8))
    for bad in ["a b", "\"", String(repeating: "a", count: 129)] {
      let made = await respond(.requestIdentifier(), try Request(.get, "/", fields: ["X-Request-Id": bad]), echo)
      #expect(made.fields["X-Request-Id"]?.utf8.count == 16)
    }
    let untrusted = await respond(
      .requestIdentifier(trustsClients: false), try Request(.get, "/", fields: ["X-Request-Id": "abc-1"]), waiting)
    #expect(untrusted.fields["X-Request-Id"]?.utf8.count == 16)
  }

  @Test func identifiersDiffer() async throws {
    let middleware = Middleware.requestIdentifier()
    var made: Set<String> = []
    for _ in 0..<1000 {
      let answer = await respond(middleware, try Request(.get, "/"), .inline { _ in Response(.noContent) })
      made.insert(try #require(answer.fields["X-Request-Id"]))
    }
    #expect(made.count == 1000)
    #expect(made.allSatisfy { $0.utf8.count == 16 })
  }

  @Test("X-39, V-83: the access log is JSON and keeps secrets") func theAccessLogIsJSONAndKeepsSecrets() async throws {
    final class Lines: AccessLogger {
      let entries = Locked<[AccessEntry]>([])
      func log(_ entry: AccessEntry) { entries.withLock { $0.append(entry) } }
    }
    let lines = Lines()
    var router = Router()
    router.use(.accessLog(lines), .requestIdentifier())
    router.get("/a\"b", .inline { _ in .text("four") })
    router.get("/fail") { _ in throw HTTPError(.conflict) }
    let fields: Fields = ["User-Agent": "test \"x\""]
    _ = await router.respond(to: try Request(.get, "/a\"b?token=secret", fields: fields))
    _ = await router.respond(to: try Request(.get, "/fail"))
    let entries = lines.entries.withLock { $0 }
    #expect(entries.map(\.status) == [200, 409])
    let value = try JSONValue(parsing: try #require(entries.first).jsonLine)
    #expect(value["path"]?.string == "/a\"b")
    #expect(value["bytes"]?.int == 4)
    #expect(value["agent"]?.string == "test \"x\"")
    #expect(value["peer"]?.string == "127.0.0.1")
    #expect(value["id"]?.string?.utf8.count == 16)
    #expect(!entries.map { String(decoding: $0.jsonLine, as: UTF8.self) }.joined().contains("secret"))
  }

  @Test("X-34, X-35: the rate is limited exactly") func theRateIsLimitedExactly() async throws {
    let now = Atomic<Int64>(0)
    var limit = RateLimit(3, per: .seconds(10))
    limit.key = { $0["X-Key"] }
    let middleware = Middleware.rateLimit(limit) { now.load(ordering: .relaxed) }
    let handlers = [Handler.inline { _ in .text("ok") }, waiting].map { $0.wrapped(in: [middleware]) }
    for (index, handler) in handlers.enumerated() {
      now.store(0, ordering: .relaxed)
      let request = try Request(.get, "/", fields: ["X-Key": "k\(index)"])
      var statuses: [Int] = []
      for second in [0, 4, 8, 9, 10, 11, 14] as [Int64] {
        now.store(second * 1_000_000_000, ordering: .relaxed)
        let response = await handler.respond(to: request)
        statuses.append(response.status.code)
        if second == 9 {
          #expect(response.fields["Retry-After"] == "1")
          #expect(response.fields["RateLimit"] == "\"default\";r=0;t=1")
          #expect(response.fields["RateLimit-Policy"] == "\"default\";q=3;w=10")
        }
        if second == 0 { #expect(response.fields["RateLimit"] == "\"default\";r=2;t=10") }
      }
      #expect(statuses == [200, 200, 200, 429, 200, 429, 200])
    }
    let free = await handlers[0].respond(to: try Request(.get, "/"))
    #expect(free.fields["RateLimit"] == nil)
  }

  @Test("X-19, X-20: answers are compressed where it is worth it") func answersAreCompressedWhereItIsWorthIt()
    async throws
  {
    let long = String(repeating: "campaign ", count: 1000)
    func respond(_ accept: String?, _ response: Response) async throws -> Response {
      let fields: Fields = accept.map { ["Accept-Encoding": $0] } ?? [:]
      return await self.respond(.gzip(), try Request(.get, "/", fields: fields), .inline { _ in response })
    }
    for accept in ["gzip", "br, GZIP;q=0.5", "*", "deflate, *;q=0.1"] {
      let response = try await respond(accept, .text(long))
      #expect(response.fields["Content-Encoding"] == "gzip", "\(accept)")
      #expect(response.fields["Vary"] == "Accept-Encoding")
      #expect((response.bytes?.count ?? .max) < 200)
    }
    for accept in [nil, "br", "gzip;q=0", "gzip;q=0.0, *", "identity"] as [String?] {
      let response = try await respond(accept, .text(long))
      #expect(response.fields["Content-Encoding"] == nil, "\(accept ?? "")")
      #expect(response.fields["Vary"] == "Accept-Encoding")
      #expect(response.bytes?.count == long.utf8.count)
    }
    var encoded = Response.text(long)
    encoded.fields["Content-Encoding"] = "br"
    var part = Response.text(long)
    part.status = .partialContent
    for response in [.text("short"), Response(contentType: "image/png", body: .bytes(Array(long.utf8))), encoded, part]
    {
      #expect(try await respond("gzip", response).bytes == response.bytes)
    }
    var tagged = Response.text(long)
    tagged.fields["ETag"] = "\"a\""
    #expect(try await respond("gzip", tagged).fields["ETag"] == "W/\"a\"")
  }

  @Test func slowHandlersAreCancelled() async throws {
    let response = await respond(
      .timeLimit(.milliseconds(20)), try Request(.get, "/"),
      Handler { _ in
        try await Task.sleep(for: .never)
        return .text("late")
      })
    #expect(response.status == .serviceUnavailable)
    let quick = await respond(.timeLimit(.never), try Request(.get, "/"), waiting)
    #expect(quick.status == .ok)
  }

  /// A signature is checked over the bytes that a handler reads as a form behind it.
  @Test func aWholeBodyIsReadMoreThanOnce() throws {
    var router = Router()
    router.group("", through: [.wholeBody(upTo: 8)]) { group in
      group.post("/hook") { request in
        let bytes = try await request.body.collect()
        let again = try await request.body.collect()
        let pairs = try FormValues(decoding: again).pairs.map { "\($0.name)>\($0.value)" }
        return .text("\(bytes == again) " + pairs.joined(separator: " "))
      }
    }
    let fixture = try LoopFixture(router: router)
    let head = "POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: "
    #expect(try fixture.answers(to: head + "7\r\n\r\na=2&a=+", in: 1).map(\.text) == ["true a>2 a> "])
    #expect(try fixture.answers(to: head + "9\r\n\r\na=2&a=%20", in: 1).map(\.status) == [413])
  }

  @Test func bodyLimitsAreTheHandlersOwn() async throws {
    var router = Router()
    router.group("", through: [.bodyLimit(10)]) {
      $0.on(.post, "/small", .inline { _ in .text("ok") })
    }
    router.on(.post, "/usual", .inline { _ in .text("ok") })
    let fixture = try LoopFixture(router: router)
    for (path, count, status) in [("/small", 10, 200), ("/small", 11, 413), ("/usual", 11, 200)] {
      let body = String(repeating: "a", count: count)
      let input = "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: \(count)\r\n\r\n\(body)"
      #expect(try fixture.answers(to: input).map(\.status) == [status])
      let chunked = "POST \(path) HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      #expect(
        try fixture.answers(to: "\(chunked)\(String(count, radix: 16))\r\n\(body)\r\n0\r\n\r\n").map(\.status) == [
          status
        ])
    }
  }
}

@Suite struct SlidingWindowTests {
  /// Every event of every key, counted again each time.
  private struct Oracle {
    var events: [String: [Int64]] = [:]

    mutating func ask(_ key: String, at now: Int64, limit: Int, window: Int64) -> Bool {
      let used = events[key, default: []].filter { $0 > now - window }.count
      if used < limit { events[key, default: []].append(now) }
      return used < limit
    }
  }

  @Test("X-34: the window slides as counting again says", arguments: 0..<20)
  func agreesWithCountingAgain(_ seed: UInt64) {
    var generator = SplitMix(state: seed)
    let limit = Int.random(in: 1...50, using: &generator)
    let window = Int64.random(in: 10...1000, using: &generator)
    var tested = SlidingWindow(limit: limit, window: window, maximumKeys: 1000)
    var oracle = Oracle()
    var now: Int64 = 0
    for _ in 0..<5000 {
      now += Int64.random(in: 0...8, using: &generator)
      let key = "\(Int.random(in: 0..<4, using: &generator))"
      let verdict = tested.ask(key, at: now)
      let expected = oracle.ask(key, at: now, limit: limit, window: window)
      #expect(verdict.isAllowed == expected, "seed \(seed)")
      #expect(verdict.reset > 0 && verdict.reset <= window)
      guard verdict.isAllowed == expected else { return }
    }
  }

  @Test func whatIsTakenBackDoesNotCount() {
    var window = SlidingWindow(limit: 2, window: 1000, maximumKeys: 3)
    _ = window.ask("a", at: 0)
    _ = window.ask("a", at: 1)
    window.takeBack("a")
    #expect(window.ask("a", at: 2).isAllowed)
    #expect(window.ask("a", at: 3) == .init(isAllowed: false, remaining: 0, reset: 997))
    window.takeBack("a")
    window.takeBack("a")
    window.takeBack("a")
    #expect(window.keyCount == 0)
  }

  @Test func keysAreBoundedAndTheQuietestGoesFirst() {
    var window = SlidingWindow(limit: 1, window: 1000, maximumKeys: 3)
    for (time, key) in ["a", "b", "c", "a", "d"].enumerated() { _ = window.ask(key, at: Int64(time)) }
    #expect(window.keyCount == 3)
    #expect(window.ask("a", at: 10).isAllowed == false)
    #expect(window.ask("c", at: 11).isAllowed == false)
    #expect(window.ask("b", at: 12).isAllowed, "forgotten")
    for key in 0..<10_000 { _ = window.ask("\(key)", at: 13) }
    #expect(window.keyCount <= 4)
    _ = window.ask("x", at: 5000)
    _ = window.ask("y", at: 5000)
    #expect(window.keyCount <= 3)
  }
}

struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
