import Testing

@testable import WebServer

@Suite struct MountTests {
  private func part(_ name: String) -> Router {
    var router = Router()
    router.use(
      .errorAnswers { error, _ in
        (error as? HTTPError).map { .text("\(name): \($0.status.code)", status: $0.status) }
      })
    router.get("/") { _ in .text("\(name) root") }
    router.get("/leads/:id") { .text("\(name) \(try $0.parameters.require("id", as: Int.self)) \($0.path)") }
    return router
  }

  private func router(_ build: (inout Router) -> Void = { _ in }) -> Router {
    var router = Router()
    router.use(.after { _, response in response.fields["X-Outer"] = "1" })
    router.get("/health") { _ in .text("ok") }
    router.get("/api/own") { _ in .text("never reached") }
    router.mount("/api", part("api"))
    router.mount("/api/v1/", part("v1"))
    build(&router)
    return router
  }

  @Test(
    "X-14: the longest path wins",
    arguments: [
      ("/health", "ok"), ("/api", "api root"), ("/api/", "api root"), ("/api/leads/7", "api 7 /api/leads/7"),
      ("/api/v1", "v1 root"), ("/api/v1/leads/7?x", "v1 7 /api/v1/leads/7"),
      ("/%61pi/v%31/leads/7", "v1 7 /%61pi/v%31/leads/7"),
      ("http://a/api/v1", "v1 root"), ("/api/leads/x", "api: 400"), ("/api/v2", "api: 404"), ("/api/v1x", "api: 404"),
      ("/api/own", "api: 404"), ("/api/v1/%zz", "v1: 400"), ("/api/v1/../x", "v1: 400"), ("/apis", "Not Found"),
      ("/API", "Not Found"), ("/api%2Fv1", "Not Found"),
    ])
  func theLongestPathWins(_ target: String, _ text: String) async throws {
    let answer = try await router().send(.get, target)
    #expect(answer.text == text)
    #expect(answer.fields["X-Outer"] == "1")
  }

  @Test func methodsAreThePartsOwn() async throws {
    let refused = try await router().send(.delete, "/api/v1/leads/7")
    #expect(refused.status == .methodNotAllowed)
    #expect(refused.text == "v1: 405")
    #expect(refused.fields["Allow"] == "GET, HEAD, OPTIONS")
    let asked = try await router().send(.options, "/api/v1/leads/7")
    #expect(asked.status == .noContent)
    #expect(asked.fields["Allow"] == "GET, HEAD, OPTIONS")
    let head = try await router().send(.head, "/api/v1/leads/7")
    #expect(head.status == .ok)
    #expect(head.bytes.isEmpty)
    #expect(head.fields["Content-Length"] == "20")
  }

  @Test func whatIsMountedAtTheRootIsAskedLast() async throws {
    let router = router { $0.mount("/", part("rest")) }
    for (target, text) in [
      ("/health", "ok"), ("/api/leads/7", "api 7 /api/leads/7"), ("/leads/7", "rest 7 /leads/7"), ("/", "rest root"),
      ("/nothing", "rest: 404"), ("/%zz", "rest: 400"),
    ] {
      #expect(try await router.send(.get, target).text == text)
    }
  }

  @Test func groupsAndMountsNest() async throws {
    var inner = Router()
    inner.mount("/deep", part("deep"))
    var router = Router()
    router.group("/a", through: [.after { _, response in response.fields["X-Group"] = "1" }]) { $0.mount("/b", inner) }
    let answer = try await router.send(.get, "/a/b/deep/leads/1")
    #expect(answer.text == "deep 1 /a/b/deep/leads/1")
    #expect(answer.fields["X-Group"] == "1")
    #expect(try await router.send(.get, "/a/b").status == .notFound)
  }

  @Test func mountingAgainReplaces() async throws {
    let router = router { $0.mount("/api/v1", part("other")) }
    #expect(try await router.send(.get, "/api/v1").text == "other root")
  }

  @Test func slashesFollowThePartsPolicy() async throws {
    var part = Router()
    part.trailingSlash = .redirected
    part.get("") { _ in .text("bare") }
    part.get("/list") { _ in .text("list") }
    var router = Router()
    router.mount("/p", part)
    #expect(try await router.send(.get, "/p").text == "bare")
    #expect(try await router.send(.get, "/p/").fields["Location"] == "/p")
    #expect(try await router.send(.get, "/p/list/?a=1").fields["Location"] == "/p/list?a=1")
  }
}
