import CampaignKit
import CampaignTesting
import JSON
import Testing
import WebServer

@testable import CampaignServer

/// Who listens has to have the right to it as long as they listen.
@Suite struct LiveAccessTests {
  /// A bench by whose clock nothing passes, with an agent and a key of the first account.
  private final class Scene: Sendable {
    let bench: ServiceBench
    let time = ManualTime()
    let authenticator: Authenticator
    let account: Account
    let agent: Agent
    let key: APIKey
    let secret: String

    init() async throws {
      let storage: any CampaignStorage = LocalStore.memory
      let time = time
      authenticator = Authenticator(
        storage: storage, secret: try ServerSecret("a secret for tests only"), tokenLifetime: .seconds(30), time: time)
      bench = try await ServiceBench(
        [.server(patience: .seconds(3600), signInWithin: .seconds(3600))], storage: storage,
        authenticator: authenticator
      ) { $0.clock = time }
      account = try #require(bench.accounts["one"])
      let identifiers = IdentifierGenerator()
      agent = Agent(
        id: identifiers.next(at: time.now()), account: account.id, kind: .person, name: "Ada", createdAt: time.now())
      try await storage.insert(agent)
      let text = APIKeyText.make()
      key = text.record(
        id: identifiers.next(at: time.now()), account: account.id, name: "test", role: .manager, at: time.now(),
        expiresAt: nil)
      secret = text.secret
      try await storage.insert(key)
    }

    /// Lets something happen that is told.
    func happen(_ status: Agent.Status) async throws {
      _ = try await bench.engine.storage.setStatus(status, of: agent.id, in: account.id)
    }

    func removeKey() async throws { try await bench.engine.storage.delete(key.id, of: account.id) }

    func text(_ method: Method, _ target: String, _ body: String = "") async throws -> String {
      let response = try await bench.send(
        method, target, Array(body.utf8), as: nil, fields: body.isEmpty ? [:] : ["Content-Type": "text/plain"])
      return String(decoding: try await response.collect(), as: UTF8.self)
    }
  }

  @Test func aRemovedKeyIsNotObeyedAndHearsNoMore() async throws {
    let scene = try await Scene()
    let session = try await scene.bench.service.session(token: scene.secret)
    let status: JSONValue = ["agentId": .string(scene.agent.id.description), "status": "busy"]
    #expect(await session.take("agent:status", status)?.data["ok"] == true)
    for try await _ in session.events(after: 0) { break }
    try await scene.removeKey()
    let pause: JSONValue = ["agentId": .string(scene.agent.id.description), "status": "break"]
    #expect(await session.take("agent:status", pause)?.name == "error")
    #expect(session.isOver)
    #expect(try await scene.bench.engine.storage.agent(scene.agent.id, of: scene.account.id)?.status == .busy)
    try await scene.happen(.available)
    await #expect(throws: Refusal.self) { for try await _ in session.events(after: 0) {} }
  }

  @Test func aClientThatSaysNothingIsAskedForEachMinute() async throws {
    let scene = try await Scene()
    let session = try await scene.bench.service.session(token: scene.secret)
    try await scene.happen(.busy)
    try await scene.removeKey()
    for try await event in session.events(after: 0) {
      #expect(event.sequence == 1, "it is not asked for at each event")
      break
    }
    scene.time.advance(by: .seconds(60))
    await #expect(throws: Refusal.self) { for try await _ in session.events(after: 0) {} }
    #expect(session.isOver)
  }

  @Test func aTokenEndsAtItsEnd() async throws {
    let scene = try await Scene()
    var user = User(
      id: IdentifierGenerator().next(at: scene.time.now()), account: scene.account.id, email: "a@example.com",
      role: .agent, createdAt: scene.time.now())
    user.isOwner = true
    try await scene.bench.engine.storage.insert(user)
    let session = try await scene.bench.service.session(token: scene.authenticator.token(for: user))
    try await scene.happen(.busy)
    scene.time.advance(by: .seconds(29))
    for try await _ in session.events(after: 0) { break }
    scene.time.advance(by: .seconds(1))
    await #expect(throws: Refusal.self) { for try await _ in session.events(after: 0) {} }
    #expect(session.isOver)
  }

  @Test func aClientThatAsksAgainAndAgainIsSentAway() async throws {
    let scene = try await Scene()
    let polling = "/socket.io/?transport=polling&EIO=4"
    let opening = try await scene.text(.get, polling)
    let sid = try #require(try JSONValue(parsing: Array(opening.utf8.dropFirst()))["sid"]?.string)
    _ = try await scene.text(.post, "\(polling)&sid=\(sid)", "40{\"token\":\"\(scene.secret)\",\"after\":0}")
    #expect(try await scene.text(.get, "\(polling)&sid=\(sid)").hasPrefix("40{"))
    try await scene.removeKey()
    scene.time.advance(by: .seconds(60))
    try await scene.happen(.busy)
    #expect(try await scene.text(.get, "\(polling)&sid=\(sid)") == "41")
    #expect(try await scene.text(.get, "\(polling)&sid=\(sid)").contains("Session ID unknown"))
  }
}
