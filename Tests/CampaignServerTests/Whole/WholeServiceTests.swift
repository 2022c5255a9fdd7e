import CampaignKit
import JSON
import Testing
import WebServer

@testable import CampaignServer

/// What holds for every route of every dialect.
@Suite struct WholeServiceTests {
  static let json: Fields = ["Content-Type": "application/json"]

  @Test(
    "X-01, X-13: an unknown route is told in the shape of its dialect",
    arguments: [
      ("/api/nothing", ["error", "success"]), ("/api/v1/nothing", ["details", "error", "success"]),
      ("/voice/api/nothing", ["error", "message", "success"]),
      ("/plivo/nothing", ["code", "message", "success", "timestamp"]),
    ]) func tellsOfUnknownRoutes(path: String, names: [String]) async throws
  {
    let bench = try await ServiceBench.whole()
    for method in [.get, .post, .put, .delete] as [WebServer.Method] {
      let answer = try await bench.say(method, path)
      #expect(answer.response.status == .notFound)
      #expect(answer.response.contentType == "application/json")
      let body = try JSONValue(parsing: answer.content)
      #expect(body.object?.keys.sorted() == names)
      #expect(body["success"] == false)
    }
  }

  @Test(
    "X-02: an unknown route elsewhere", arguments: ["/elsewhere", "/apis", "/voice", "/API/campaigns", "/api%2Fv1"])
  func tellsOfUnknownPlaces(path: String) async throws {
    let bench = try await ServiceBench.whole()
    let answer = try await bench.say(.get, path)
    #expect(answer.response.status == .notFound)
    #expect(answer.response.contentType == "application/json")
    #expect(try JSONValue(parsing: answer.content)["success"] == false)
  }

  @Test(
    "X-03, X-04, X-07: bodies that are no JSON, or no object",
    arguments: [
      #"{"name":"a""#, #"{"name":"a"} x"#, #"{"name":"a"/* no */}"#, #"{"name":"a",}"#, "{name:1}", "[]", "\"a\"", "3",
      "null", "true", "",
    ]) func refusesBodies(text: String) async throws
  {
    let bench = try await ServiceBench.whole()
    for operation in bench.operations {
      guard case .json(_, let mayBeEmpty) = operation.operation.body else { continue }
      let path = operation.path { _, _ in unknownID }
      let fields: Fields = ["Content-Type": "application/json; charset=utf-8"]
      let answer = try await bench.say(operation.method, path, Array(text.utf8), fields: fields)
      if text.isEmpty, mayBeEmpty {
        #expect(answer.response.status.code < 500, "\(operation.name)")
      } else {
        #expect(answer.response.status == .badRequest, "\(operation.name): \(text)")
      }
      #expect(answer.response.contentType == "application/json", "\(operation.name)")
    }
  }

  @Test("X-05: bodies above the bound") func refusesLongBodies() async throws {
    let bench = try await ServiceBench.whole { $0.maximumJSONBytes = 1000 }
    let long = Array(#"{"name":"\#(String(repeating: "x", count: 1000))"}"#.utf8)
    let fitting = Array(#"{"x":"\#(String(repeating: "x", count: 900))"}"#.utf8)
    for operation in bench.operations where operation.takesJSON {
      let path = operation.path { _, _ in unknownID }
      #expect(
        try await bench.say(operation.method, path, long, fields: Self.json).response.status.code == 413,
        "\(operation.name)")
      #expect(
        try await bench.say(operation.method, path, fitting, fields: Self.json).response.status.code != 413,
        "\(operation.name)")
    }
  }

  @Test(
    "X-06: other kinds of bodies", arguments: ["text/plain", "application/xml", "application/x-www-form-urlencoded"])
  func refusesOtherKinds(type: String) async throws {
    let bench = try await ServiceBench.whole()
    for operation in bench.operations where operation.takesJSON {
      let path = operation.path { _, _ in unknownID }
      let status = try await bench.say(
        operation.method, path, Array("name=a".utf8), fields: ["Content-Type": type]
      ).response.status.code
      #expect(status == 400 || status == 415, "\(operation.name): \(status)")
    }
  }

  @Test("X-08: a method that a route has not") func tellsMethods() async throws {
    let bench = try await ServiceBench.whole()
    for operation in bench.operations {
      let answer = try await bench.say(.init("PATCH"), operation.path { _, _ in unknownID })
      #expect(answer.response.status == .methodNotAllowed, "\(operation.name)")
      let allowed = answer.response.fields["Allow"]?.split(separator: ", ").map(String.init) ?? []
      #expect(allowed.contains(operation.method.name), "\(operation.name): \(allowed)")
      #expect(answer.response.contentType == "application/json", "\(operation.name)")
    }
  }

  @Test(
    "X-09: HEAD is GET without content",
    arguments: [
      "/api/campaigns", "/api/v1/campaigns", "/voice/api/campaigns", "/plivo/dashboard/campaigns", "/openapi.json",
      "/api-docs", "/api/leads/template/csv", "/api/nothing",
    ]) func answersHead(path: String) async throws
  {
    let bench = try await ServiceBench.whole()
    let fields: Fields = ["Authorization": "Bearer one"]
    let get = try await bench.router.send(.get, path, fields: fields)
    let head = try await bench.router.send(.head, path, fields: fields)
    #expect(head.status == get.status)
    #expect(head.fields["Content-Type"] == get.fields["Content-Type"])
    #expect(head.bytes.isEmpty)
    #expect(!get.bytes.isEmpty)
    #expect(head.fields["Content-Length"] == "\(get.bytes.count)")
  }

  static let hostile: [[UInt8]] = [
    [0x22, 0xFF, 0xFE, 0x22], [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], Array(#""\u0000""#.utf8),
    Array(#""\ud800""#.utf8), Array(#""\udc00\ud800""#.utf8), [0x22, 0x00, 0x22], Array("1e999999".utf8),
    Array("-1e999999".utf8), Array(String(repeating: "9", count: 5000).utf8),
    Array(String(repeating: "[", count: 100_000).utf8),
    Array((String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)).utf8),
    Array((String(repeating: #"{"a":"#, count: 100_000) + "1" + String(repeating: "}", count: 100_000)).utf8),
  ]

  @Test("X-10: hostile texts and numbers", arguments: hostile) func bearsHostility(value: [UInt8]) async throws {
    let bench = try await ServiceBench.whole()
    for operation in bench.operations where operation.takesJSON {
      let names = [
        "name", "campaign_name", "campaignName", "email", "password", "phoneNumber", "contacts", "leads", "csv_data",
        "concurrent_calls_limit", "priority", "metadata",
      ]
      // What is refused while it is read is refused whatever its name.
      for name in value.count > 1000 ? ["name"] : names {
        let body = Array("{\"\(name)\":".utf8) + value + Array("}".utf8)
        let answer = try await bench.say(
          operation.method, operation.path { _, _ in unknownID }, body, fields: Self.json)
        #expect(answer.response.status.code < 500, "\(operation.name) \(name)")
        if value.first == 0x22, value.contains(where: { $0 >= 0x80 }) || value.contains(0) {
          #expect(answer.response.status == .badRequest, "\(operation.name) \(name)")
        }
      }
    }
  }

  @Test(
    "X-11: odd paths",
    arguments: [
      "/api//campaigns", "/api/campaigns/", "/api/campaigns/../leads", "/api/campaigns/%2e%2e/leads",
      "/api/campaigns/%00", "/api/campaigns/%zz", "/api/campaigns/%ff", "/api/./campaigns", "/api;x=1/campaigns",
      "/api/campaigns/" + String(repeating: "a", count: 5000), "//api/campaigns", "/api/campaigns\\x",
    ]) func refusesOddPaths(path: String) async throws
  {
    let bench = try await ServiceBench.whole()
    do {
      let code = try await bench.say(.get, path).response.status.code
      #expect((300..<500).contains(code) || path.hasSuffix("/"), "\(path): \(code)")
    } catch let error as HTTPError {
      // What is no target at all does not come as far as the routes.
      #expect((400..<500).contains(error.status.code))
    }
  }

  @Test(
    "X-12: odd identifiers",
    arguments: [
      "0", "x", "-1", "null", "undefined", "%20", "%00", "'%20OR%201=1", "%F0%9F%98%80", "1e9", "%2e%2e",
      String(repeating: "a", count: 300), "00000000-0000-0000-0000-000000000000",
    ]) func refusesOddIdentifiers(id: String) async throws
  {
    let bench = try await ServiceBench.whole()
    for operation in bench.operations where !operation.operation.pathNames.isEmpty && !operation.isLasting {
      let answer = try await bench.say(operation.method, operation.path { _, _ in id })
      let code = answer.response.status.code
      #expect(code == 400 || code == 404 || code == 415, "\(operation.name): \(id): \(code)")
    }
  }

  @Test("X-14: the longest mount has the path") func findsTheLongestMount() async throws {
    let bench = try await ServiceBench.whole()
    let inner = try JSONValue(parsing: try await bench.say(.get, "/api/v1/campaigns").content)
    let outer = try JSONValue(parsing: try await bench.say(.get, "/api/campaigns").content)
    #expect(inner["pagination"] == ["total": 0, "page": 1, "limit": 10, "pages": 0])
    #expect(outer["campaigns"] == [] && outer["count"] == 0 && outer["pagination"] == nil)
    #expect(bench.service.dialect(of: "/api/v1/campaigns")?.name == "v1")
    #expect(bench.service.dialect(of: "/api/v10")?.name == "tenant")
  }

  @Test("X-15, X-16: other origins may ask, and read every answer") func admitsOtherOrigins() async throws {
    let bench = try await ServiceBench.whole()
    for operation in bench.operations where !operation.isLasting {
      let asked: Fields = [
        "Origin": "https://app.example.com", "Access-Control-Request-Method": operation.method.name,
        "Access-Control-Request-Headers": "authorization, content-type",
      ]
      let path = operation.path { _, _ in unknownID }
      let preflight = try await bench.say(.options, path, as: nil, fields: asked).response
      #expect(preflight.status == .noContent, "\(operation.name)")
      #expect(preflight.fields["Access-Control-Allow-Origin"] == "*", "\(operation.name)")
      #expect(preflight.fields["Access-Control-Allow-Headers"] == "authorization, content-type", "\(operation.name)")
      #expect(
        preflight.fields["Access-Control-Allow-Methods"]?.contains(operation.method.name) == true, "\(operation.name)")
    }
    let cases: [(WebServer.Method, String, String?, Int)] = [
      (.get, "/api/campaigns", "one", 200), (.get, "/api/campaigns", nil, 401), (.get, "/api/nothing", nil, 404),
      (.post, "/api/campaigns", "one-agent", 403), (.delete, "/plivo/dashboard/stats", "one", 405),
      (.post, "/api/v1/campaigns", "one", 400),
    ]
    for (method, path, token, status) in cases {
      let answer = try await bench.say(method, path, as: token, fields: ["Origin": "https://app.example.com"]).response
      #expect(answer.status.code == status, "\(path)")
      #expect(answer.fields["Access-Control-Allow-Origin"] == "*", "\(path)")
    }
  }

  @Test(
    "X-17, X-18: fields that protect browsers", arguments: ["/api/campaigns", "/api/nothing", "/health", "/api-docs"])
  func protectsBrowsers(path: String) async throws {
    let bench = try await ServiceBench.whole()
    let fields = try await bench.say(.get, path).response.fields
    #expect(fields["X-Content-Type-Options"] == "nosniff")
    #expect(fields["X-Frame-Options"] == "SAMEORIGIN")
    #expect(fields["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains")
    #expect(fields["Content-Security-Policy"]?.hasPrefix("default-src 'self'") == true)
    #expect(fields["Referrer-Policy"] == "no-referrer")
    #expect(fields["X-DNS-Prefetch-Control"] == "off")
    #expect(fields["X-Download-Options"] == "noopen")
    #expect(fields["X-Permitted-Cross-Domain-Policies"] == "none")
    #expect(fields["X-XSS-Protection"] == "0")
    #expect(fields["Cross-Origin-Opener-Policy"] == "same-origin")
    #expect(fields["Cross-Origin-Resource-Policy"] == "same-origin")
    #expect(fields["Origin-Agent-Cluster"] == "?1")
    #expect(fields["X-Powered-By"] == nil)
  }

  @Test("X-19, X-20: compression where it is wanted") func compresses() async throws {
    let bench = try await ServiceBench.whole()
    let plain = try await bench.say(.get, "/openapi.json")
    let packed = try await bench.say(.get, "/openapi.json", fields: ["Accept-Encoding": "gzip"])
    #expect(packed.response.fields["Content-Encoding"] == "gzip")
    #expect(packed.response.fields["Vary"]?.contains("Accept-Encoding") == true)
    #expect(packed.content.prefix(2) == [0x1F, 0x8B] && packed.content.count < plain.content.count / 4)
    let refused = try await bench.say(.get, "/openapi.json", fields: ["Accept-Encoding": "gzip;q=0"])
    #expect(refused.response.fields["Content-Encoding"] == nil)
    #expect(refused.content == plain.content)
  }
}
