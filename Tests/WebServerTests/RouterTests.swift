import Testing

@testable import WebServer

@Suite struct RouterTests {
  private func router(_ slash: Router.TrailingSlash = .ignored) -> Router {
    var router = Router()
    router.trailingSlash = slash
    func say(_ text: String) -> Handler {
      .inline { request in
        .text(
          text + (request.parameters["id"].map { " id=\($0)" } ?? "")
            + (request.parameters["rest"].map { " rest=\($0)" } ?? ""))
      }
    }
    router.get("/", say("root"))
    router.get("/leads", say("leads"))
    router.get("/leads/new", say("new"))
    router.get("/leads/:id", say("lead"))
    router.on(.delete, "/leads/:id", say("delete"))
    router.get("/leads/:id/calls", say("calls"))
    router.get("/leads/new/*rest", say("anything"))
    router.get("/files/*rest", say("file"))
    router.get("/slash/", say("slash"))
    router.group("/api", through: [.after { _, response in response.fields["X-Api"] = "1" }]) { api in
      api.get("/ping", say("pong"))
      api.group("/v1") { $0.get("/ping", say("pong 1")) }
    }
    return router
  }

  private func answer(_ method: Method, _ target: String, _ slash: Router.TrailingSlash = .ignored) async throws
    -> Response
  {
    await router(slash).respond(to: try Request(method, target))
  }

  @Test(arguments: [
    ("/", "root"), ("/leads", "leads"), ("/leads?a=b", "leads"), ("/leads/new", "new"), ("/leads/7", "lead id=7"),
    ("/leads/a%2Fb", "lead id=a/b"), ("/leads/%C3%A9", "lead id=é"), ("/leads/a+b", "lead id=a+b"),
    ("/leads/%2541", "lead id=%41"), ("/leads/7/calls", "calls id=7"), ("/leads/new/calls", "anything rest=calls"),
    ("/files/a/b.txt", "file rest=a/b.txt"), ("/files/", "file rest="), ("/files/a/", "file rest=a/"),
    ("/api/ping", "pong"), ("/api/v1/ping", "pong 1"), ("/leads/", "leads"), ("/slash", "slash"),
    ("http://elsewhere/leads/7?x", "lead id=7"), ("http://elsewhere", "root"),
  ])
  func findsTheRoute(_ target: String, _ text: String) async throws {
    let response = try await answer(.get, target)
    #expect(response.status == .ok)
    #expect(String(decoding: try #require(response.bytes), as: UTF8.self) == text)
  }

  @Test(arguments: ["/nothing", "/leads/7/nothing", "//leads", "/leads//calls", "/api", "/LEADS"])
  func answers404(_ target: String) async throws {
    #expect(try await answer(.get, target).status == .notFound)
  }

  @Test(arguments: [
    "/leads/%", "/leads/%4", "/leads/%zz", "/leads/%00", "/leads/%FF", "/leads/..", "/leads/%2e%2E/x", "/./leads",
  ])
  func answers400(_ target: String) async throws {
    #expect(try await answer(.get, target).status == .badRequest)
  }

  @Test func tellsWhichMethodsThereAre() async throws {
    let wrong = try await answer(.post, "/leads/7")
    #expect(wrong.status == .methodNotAllowed)
    #expect(wrong.fields["Allow"] == "DELETE, GET, HEAD, OPTIONS")
    let options = try await answer(.options, "/leads/7")
    #expect(options.status == .noContent)
    #expect(options.fields["Allow"] == "DELETE, GET, HEAD, OPTIONS")
    #expect(try await answer(.options, "*").status == .noContent)
    #expect(try await answer(.head, "/leads").status == .ok)
  }

  @Test func slashesAtTheEndFollowThePolicy() async throws {
    #expect(try await answer(.get, "/leads/", .strict).status == .notFound)
    #expect(try await answer(.get, "/slash", .strict).status == .notFound)
    let redirection = try await answer(.get, "/leads/?a=b", .redirected)
    #expect(redirection.status == .permanentRedirect)
    #expect(redirection.fields["Location"] == "/leads?a=b")
    #expect(try await answer(.get, "/slash", .redirected).fields["Location"] == "/slash/")
    // Never to another host.
    var open = Router()
    open.trailingSlash = .redirected
    open.get("/:a/:b") { _ in .text("") }
    open.get("//x") { _ in .text("") }
    let foreign = await open.respond(to: try Request(.get, "//x/"))
    #expect(foreign.fields["Location"]?.hasPrefix("//") != true)
  }

  @Test func parametersHaveTypes() async throws {
    var router = Router()
    router.get("/n/:n", .inline { .text("\(try $0.parameters.require("n", as: Int.self) + 1)") })
    #expect(await router.respond(to: try Request(.get, "/n/41")).bytes == Array("42".utf8))
    let wrong = await router.respond(to: try Request(.get, "/n/x"))
    #expect(wrong.status == .badRequest)
    #expect(String(decoding: wrong.bytes ?? [], as: UTF8.self).contains("n: not a valid Int"))
  }

  @Test func middlewareStandsInOrderAndInItsPlace() async throws {
    func mark(_ name: String) -> Middleware {
      .after { _, response in response.fields["Trace"] = (response.fields["Trace"] ?? "") + name }
    }
    var router = Router()
    router.use(mark("a"), mark("b"))
    router.get("/x", .inline { _ in .text("") })
    router.group("", through: [mark("c")]) { group in
      group.use(mark("d"))
      group.get("/y") { _ in throw HTTPError(.conflict) }
    }
    #expect(await router.respond(to: try Request(.get, "/x")).fields["Trace"] == "ba")
    let error = await router.respond(to: try Request(.get, "/y"))
    #expect(error.status == .conflict)
    #expect(error.fields["Trace"] == "dcba")
    #expect(await router.respond(to: try Request(.get, "/z")).fields["Trace"] == "ba")
    #expect(await router.respond(to: try Request(.post, "/x")).fields["Trace"] == "ba")
  }

  @Test func middlewareCanAnswerAndNote() async throws {
    enum User: RequestContextKey { typealias Value = String }
    var router = Router()
    router.group(
      "",
      through: [
        .before { request in
          guard let user = request["X-User"] else { throw HTTPError(.unauthorized, "Who are you?") }
          request[User.self] = user
          return user == "root" ? .text("no", status: .forbidden) : nil
        }, .around { request, next in try await next(request) },
      ]
    ) { $0.get("/", .inline { .text($0[User.self] ?? "nobody") }) }
    #expect(await router.respond(to: try Request(.get, "/")).status == .unauthorized)
    #expect(await router.respond(to: try Request(.get, "/", fields: ["X-User": "root"])).status == .forbidden)
    let response = await router.respond(to: try Request(.get, "/", fields: ["x-user": "ada"]))
    #expect(response.bytes == Array("ada".utf8))
  }

  @Test func queriesAreDecoded() throws {
    let query = try Request(.get, "/?a=1&b=two+words&a=%C3%A9&flag&=x&c=%26").query()
    #expect(query["a"] == "1")
    #expect(query.all("a") == ["1", "é"])
    #expect(query["b"] == "two words")
    #expect(query["flag"] == "")
    #expect(query["c"] == "&")
    #expect(query["none"] == nil)
    for target in ["/?a=%", "/?a=%FF", "/?%00=a"] {
      #expect(throws: HTTPError.self) { try Request(.get, target).query() }
    }
    #expect(throws: HTTPError.self) { try FormValues(decoding: Array("a&b&c".utf8), maximumCount: 2) }
  }

  @Test func requestsOfTestsAreRequests() throws {
    #expect(throws: HTTPError.self) { try Request(.get, "/a b") }
    #expect(throws: HTTPError.self) { try Request(.get, "/", fields: ["X": "a\r\nY: b\r\n\r\n"]) }
    let request = try Request(Method("BREW"), "/pot?x", fields: ["A": "1", "a": "2"], body: [1])
    #expect(request.method.name == "BREW")
    #expect(request.path == "/pot")
    #expect(request.queryText == "x")
    #expect(request["A"] == "1")
    #expect(request.values(of: "a") == ["1", "2"])
    #expect(request.body.whole == [1])
    #expect(request.fields.count == 3)
  }
}
