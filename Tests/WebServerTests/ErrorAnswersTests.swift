import JSON
import Locks
import Testing

@testable import WebServer

@Suite struct ErrorAnswersTests {
  private struct Taken: Error {}
  private struct Broken: Error {}

  /// Errors in the shape of an interface of its own.
  private static let shape = Middleware.errorAnswers { error, request in
    if error is Taken { return .json(["code": 409, "path": .string(request.path)], status: .conflict) }
    guard let error = error as? HTTPError else { return .json(["code": 500], status: .internalServerError) }
    return .json(["code": .number(.init(error.status.code))], status: error.status)
  }

  private static func router() -> Router {
    var limit = RateLimit(1, per: .seconds(60))
    limit.key = { $0["X-Key"] }
    var router = Router()
    router.use(.rateLimit(limit) { 0 })
    router.use(.before { if $0["X-No"] != nil { throw HTTPError(.unauthorized) } else { nil } })
    router.use(shape)
    router.post("/json") { .json(try await $0.json()) }
    router.post("/form") { .text("\(try await $0.formValues().pairs.count)") }
    router.get("/taken") { _ in throw Taken() }
    router.get("/broken") { _ in throw Broken() }
    router.get("/taken-inline", .inline { _ in throw Taken() })
    router.on(.post, "/inline", .inline { .text("\($0.body.whole?.count ?? -1)") })
    router.group("/small", through: [.bodyLimit(4)]) { group in
      group.post("/task") { .text("\(try await $0.body.collect().count)") }
    }
    router.get("/socket") { try .webSocket(for: $0) { _ in } }
    return router
  }

  private func code(of answer: WholeResponse) throws -> Int? { try answer.json()["code"]?.int }

  @Test func everyErrorHasTheShape() async throws {
    let router = Self.router()
    let json: Fields = ["Content-Type": "application/json"]
    let cases: [(Method, String, Fields, String, Int)] = [
      (.get, "/nothing", [:], "", 404), (.put, "/json", [:], "", 405), (.get, "/%zz", [:], "", 400),
      (.post, "/json", json, "{", 400), (.post, "/json", ["Content-Type": "text/plain"], "{}", 415),
      (.post, "/form", ["Content-Type": "application/x-www-form-urlencoded"], "a=%zz", 400),
      (.get, "/taken", [:], "", 409), (.get, "/taken-inline", [:], "", 409), (.get, "/broken", [:], "", 500),
      (.get, "/taken", ["X-No": "1"], "", 401), (.post, "/small/task", [:], "12345", 413),
      (.get, "/socket", [:], "", 426),
    ]
    for (method, target, fields, body, status) in cases {
      let answer = try await router.send(method, target, fields: fields, body: Array(body.utf8))
      #expect(answer.status.code == status, "\(method) \(target)")
      #expect(try code(of: answer) == status, "\(method) \(target)")
    }
  }

  @Test func theErrorsOwnFieldsStay() async throws {
    let router = Self.router()
    _ = try await router.send(.get, "/taken", fields: ["X-Key": "k"])
    let limited = try await router.send(.get, "/taken", fields: ["X-Key": "k"])
    #expect(try code(of: limited) == 429)
    #expect(limited.fields["Retry-After"] == "60")
    #expect(limited.fields["RateLimit"]?.contains("r=0") == true)
    let refused = try await router.send(.put, "/json")
    #expect(refused.fields["Allow"] == "OPTIONS, POST")
    let socket = try await router.send(.get, "/socket")
    #expect(socket.fields["Sec-WebSocket-Version"] == "13")
  }

  /// What fails before any handler has it, on a connection.
  @Test func theConnectionsErrorsHaveTheShapeToo() throws {
    let fixture = try LoopFixture(router: Self.router())
    func post(_ path: String, _ fields: String, _ body: String) -> String {
      "POST \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n\(body)"
    }
    let cases: [(String, Int)] = [
      (post("/inline", "Content-Length: 2000000", ""), 413), (post("/small/task", "Content-Length: 5", "12345"), 413),
      (post("/small/task", "Transfer-Encoding: chunked", "5\r\n12345\r\n0\r\n\r\n"), 413),
      (post("/inline", "Transfer-Encoding: chunked", "x\r\n"), 400), (post("/inline", "Content-Length: 5", "123"), 400),
      (post("/small/task", "Content-Length: 4", "123"), 400),
    ]
    for (text, status) in cases {
      let answer = try #require(try fixture.answers(to: text).first)
      #expect(answer.status == status)
      #expect(try JSONValue(parsing: answer.body)["code"]?.int == status, "\(text)")
    }
    let unparsable = try #require(try fixture.answers(to: "GET / HTTP/1.1\r\n\r\n").first)
    #expect(unparsable.status == 400)
    #expect(unparsable.fields["content-type"] == "text/plain; charset=utf-8")
  }

  @Test func onlyWhatIsUnexpectedIsReported() throws {
    let reported = Locked<[String]>([])
    var configuration = LoopFixture.patient
    configuration.reportError = { error, _ in reported.withLock { $0.append("\(type(of: error))") } }
    let fixture = try LoopFixture(configuration, router: Self.router())
    for (path, status) in [("/taken", 409), ("/taken-inline", 409), ("/broken", 500), ("/nothing", 404)] {
      let answer = try fixture.answers(to: "GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n").first
      #expect(answer?.status == status)
    }
    #expect(reported.withLock { $0 } == ["Broken"])
  }

  @Test func theInnerOneIsAsked() async throws {
    var router = Router()
    router.use(.errorAnswers { _, _ in .text("outer", status: .badRequest) })
    router.group("/in", through: [.errorAnswers { _, _ in .text("inner", status: .badRequest) }]) {
      $0.get("/x") { _ in throw HTTPError(.badRequest) }
    }
    #expect(try await router.send(.get, "/in/x").text == "inner")
    #expect(try await router.send(.get, "/in").text == "outer")
  }

  @Test func anAnswerOfNothingLeavesTheErrorsOwn() async throws {
    var router = Router()
    router.use(.errorAnswers { _, _ in nil })
    let answer = try await router.send(.get, "/x")
    #expect(answer.status == .notFound)
    #expect(answer.text == "Not Found")
  }
}
