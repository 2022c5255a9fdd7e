import CampaignKit
import JSON
import Testing
import WebServer

@testable import CampaignServer

@Suite struct AdmissionTests {
  /// A dialect with one operation of each kind of access, which answer with what they were given.
  static func echo(_ name: String = "echo", base: String = "/echo") -> Dialect {
    let body = Schema.object([
      .required("name", .name(10)), .optional("count", .integer(1...5).defaulting(to: 3)),
      .optional("tags", .list(of: .text(1...3), count: 0...2)),
    ])
    let answer = Operation.Success(
      .ok, .object([.required("query", .freeObject), .required("body", .freeObject)]))
    let operations = [
      ("/everybody", Operation.Access.everybody), ("/reading", .reading), ("/agentStatus", .agentStatus),
      ("/changing", .changing), ("/administering", .administering),
    ].map { path, access in
      Operation(
        .post, path, "Echoes", tag: "echo", access: access,
        query: [.optional("limit", .limit(50)), .optional("isBig", .flag)], body: .json(body), success: answer
      ) { .json(["query": .object($0.query), "body": .object($0.body)]) }
    }
    return Dialect(name: name, title: "Echo", base: base, style: .plain, operations: operations)
  }

  @Test func fillsInWhatWasLeftOutAndLeavesOutWhatIsNotDeclared() async throws {
    let bench = try await ServiceBench([Self.echo()])
    let answer = try await bench.ask(.post, "/echo/reading?isBig=true&other=1", ["name": "Ann", "colour": "red"])
    #expect(answer.status == 200)
    #expect(answer.body == ["query": ["limit": 50, "isBig": true], "body": ["name": "Ann", "count": 3]])
  }

  @Test func namesEverythingThatIsWrongAtOnce() async throws {
    let bench = try await ServiceBench([Self.echo()])
    let answer = try await bench.ask(
      .post, "/echo/reading?limit=0&isBig=1", ["name": " ", "count": "3", "tags": ["a", "long", 3]])
    #expect(answer.status == 400)
    #expect(
      answer.body["fields"]?.array?.compactMap { $0["field"]?.string } == [
        "limit", "isBig", "name", "count", "tags",
      ])
    let other = try await bench.ask(.post, "/echo/reading", ["tags": ["long", 3]])
    #expect(other.body["fields"]?.array?.compactMap { $0["field"]?.string } == ["name", "tags[0]", "tags[1]"])
  }

  @Test(arguments: [
    ("{", 400), ("{} x", 400), ("[]", 400), ("{\"a\": 1,}", 400), ("", 400), ("\"\\ud800\"", 400), ("null", 400),
  ]) func refusesWhatIsNoObject(text: String, status: Int) async throws {
    let bench = try await ServiceBench([Self.echo()])
    let response = try await bench.send(
      .post, "/echo/reading", Array(text.utf8), fields: ["Content-Type": "application/json; charset=utf-8"])
    #expect(response.status.code == status)
    #expect(response.contentType == "application/json")
  }

  @Test func refusesOtherKindsOfBodiesAndTooLongOnes() async throws {
    let bench = try await ServiceBench([Self.echo()]) { $0.maximumJSONBytes = 100 }
    let text = try await bench.send(
      .post, "/echo/reading", Array("name=Ann".utf8), fields: ["Content-Type": "text/plain"])
    #expect(text.status == .unsupportedMediaType)
    let long = try await bench.ask(.post, "/echo/reading", ["name": .string(String(repeating: "x", count: 200))])
    #expect(long.status == 413)
  }

  @Test(arguments: ["/everybody", "/reading", "/agentStatus", "/changing", "/administering"])
  func letsInWhoMay(path: String) async throws {
    let bench = try await ServiceBench([Self.echo()])
    let permitted: [String?: [String]] = [
      nil: ["/everybody"], "wrong": ["/everybody"], "one-agent": ["/everybody", "/reading", "/agentStatus"],
      "one": ["/everybody", "/reading", "/agentStatus", "/changing", "/administering"],
    ]
    for (token, paths) in permitted {
      let status = try await bench.ask(.post, "/echo" + path, ["name": "Ann"], as: token).status
      #expect(status == (paths.contains(path) ? 200 : token == "one-agent" ? 403 : 401), "\(token ?? "nobody")")
    }
  }

  @Test func shapesWhatTheWebServerSays() async throws {
    let bench = try await ServiceBench([Self.echo(), Self.echo("inner", base: "/echo/inner")])
    let missing = try await bench.ask(.get, "/echo/nothing")
    #expect(missing.status == 404)
    #expect(missing.body["success"] == false)
    let method = try await bench.send(.delete, "/echo/reading")
    #expect(method.status == .methodNotAllowed)
    #expect(method.fields["Allow"] == "OPTIONS, POST")
    #expect(method.contentType == "application/json")
    #expect(try await bench.send(.get, "/elsewhere").contentType == "application/json")
    #expect(try await bench.send(.get, "/echo/%ff").status == .badRequest)
    #expect(bench.service.dialect(of: "/echo/inner/reading")?.name == "inner")
  }

  @Test func countsRequestsByWhoAsks() async throws {
    let bench = try await ServiceBench([Self.echo()]) { $0.requestsPerMinute = 2 }
    for token in ["one", "two", "wrong"] {
      var statuses: [Int] = []
      for _ in 0..<3 {
        statuses.append(try await bench.ask(.post, "/echo/everybody", ["name": "Ann"], as: token).status)
      }
      #expect(statuses == [200, 200, 429], "\(token)")
    }
    let refused = try await bench.send(.post, "/echo/everybody")
    #expect(refused.fields["Retry-After"] != nil)
  }

  @Test(
    arguments: [
      (["Host": "localhost:3000"], 200), (["Host": "127.0.0.1:3000"], 200), (["Host": "[::1]:3000"], 200),
      (["Host": "example.com"], 401), (["Host": "127.0.0.1.example.com"], 401),
      (["Host": "localhost", "Origin": "http://localhost:8080"], 200),
      (["Host": "localhost", "Origin": "https://example.com"], 401),
      (["Host": "localhost", "X-Forwarded-For": "10.0.0.1"], 401), (["Host": "localhost", "Forwarded": "for=1"], 401),
      (["Host": "localhost", "X-Real-IP": "10.0.0.1"], 401), (["Host": "localhost", "Via": "1.1 a"], 401),
      (["Host": "localhost", "X-Forwarded-Proto": "https"], 401),
    ] as [(Fields, Int)]) func isOpenToThisMachineAlone(fields: Fields, status: Int) async throws
  {
    var dialect = Self.echo()
    dialect.isOpenToThisMachine = true
    let bench = try await ServiceBench([dialect])
    #expect(try await bench.ask(.post, "/echo/changing", ["name": "Ann"], as: nil, fields: fields).status == status)
    let public_ = try await ServiceBench([dialect]) { $0.listensOnThisMachineOnly = false }
    #expect(try await public_.ask(.post, "/echo/changing", ["name": "Ann"], as: nil, fields: fields).status == 401)
  }

  @Test("X-38: only trusted proxies say who the client is") func countsByWhatTrustedProxiesSayOfTheClient() async throws
  {
    for trusted in [[AddressRange("127.0.0.0/8")].compactMap { $0 }, []] {
      let bench = try await ServiceBench([Self.echo()]) {
        $0.requestsPerMinute = 1
        $0.trustedProxies = trusted
      }
      var statuses: [Int] = []
      for client in ["203.0.113.1", "203.0.113.2", "203.0.113.1"] {
        let fields: Fields = ["X-Forwarded-For": client]
        let answer = try await bench.ask(.post, "/echo/everybody", ["name": "Ann"], as: nil, fields: fields)
        statuses.append(answer.status)
      }
      // Nobody who is not trusted escapes by naming another address.
      #expect(statuses == (trusted.isEmpty ? [200, 429, 429] : [200, 200, 429]))
    }
  }

  @Test("T-106: the public address") func namesThePublicAddress() async throws {
    let bench = try await ServiceBench([Self.echo()]) { $0.publicURL = "https://calls.example.com" }
    #expect(bench.service.openAPI["servers"] == [["url": "https://calls.example.com"]])
  }

  @Test func refusesTwoDialectsInOnePlace() async throws {
    await #expect(throws: MountProblem.self) {
      try await ServiceBench([Self.echo("a"), Self.echo("b")])
    }
  }

  @Test func describesItself() async throws {
    let bench = try await ServiceBench([Self.echo()])
    let operation = bench.service.openAPI["paths"]?["/echo/changing"]?["post"]
    #expect(operation?["parameters"]?.array?.count == 2)
    #expect(operation?["requestBody"]?["content"]?["application/json"]?["schema"]?["required"] == ["name"])
    #expect(
      Set(operation?["responses"]?.object?.keys ?? []) == [
        "200", "400", "401", "403", "405", "413", "414", "415", "429", "431", "500", "503",
      ])
  }
}
