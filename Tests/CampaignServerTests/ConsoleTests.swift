import CampaignKit
import JSON
import Testing
import WebServer

@testable import CampaignServer

@Suite struct ConsoleTests {
  private static let browser: Fields = ["Host": "127.0.0.1:3000", "Origin": "http://127.0.0.1:3000"]

  private func bench() async throws -> ServiceBench {
    var mix = CarrierMix.instant
    mix.optOuts = 0
    return try await ServiceBench([.server(), .tenant()], dialer: SimulatedCarrier(mix: mix))
  }

  /// A bench whose owner a browser on this machine may enter as.
  private func desk(
    configure: @escaping (inout ServiceConfiguration) -> Void = { _ in }
  ) async throws -> ServiceBench {
    let storage: any CampaignStorage = .memory
    let identifiers = IdentifierGenerator()
    let now = try await storage.now()
    let account = Account(id: identifiers.next(at: now), name: "Default", createdAt: now)
    try await storage.insert(account)
    var owner = User(
      id: identifiers.next(at: now), account: account.id, email: "owner@localhost", role: .admin, createdAt: now)
    owner.isOwner = true
    try await storage.insert(owner)
    let authenticator = Authenticator(storage: storage, secret: try ServerSecret("a secret for tests only"))
    let signIn = SignIn(
      storage: storage, authenticator: authenticator, stretcher: PasswordStretcher(rounds: 1), identifiers: identifiers)
    let id = owner.id
    return try await ServiceBench(
      [.server(), .tenant()], storage: storage, authenticator: authenticator, signIn: signIn
    ) {
      $0.localOwner = id
      configure(&$0)
    }
  }

  @Test("every file has a strict policy, its type and a tag", arguments: ConsoleAsset.all.map(\.path))
  func servesFiles(path: String) async throws {
    let bench = try await bench()
    let response = try await bench.send(.get, path, as: nil)
    #expect(response.status == .ok)
    let policy = try #require(response.fields["Content-Security-Policy"])
    #expect(policy.contains("default-src 'none'") && policy.contains("script-src 'self'"))
    #expect(!policy.contains("unsafe") && !policy.contains("http"))
    #expect(response.fields["Cache-Control"] == "no-cache")
    #expect(response.fields["X-Content-Type-Options"] == "nosniff")
    let type = try #require(response.contentType)
    #expect(type.hasPrefix(path == "/" ? "text/html" : path.hasSuffix(".css") ? "text/css" : "text/javascript"))
    let text = String(decoding: try await response.collect(), as: UTF8.self)
    #expect(!text.isEmpty)
    // Nothing is written out where the policy would forbid it, and no data is ever read as markup.
    for word in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "style="] {
      #expect(!text.contains(word), "\(word)")
    }
  }

  @Test("whoever has a file is told that it is the same") func answersConditions() async throws {
    let bench = try await bench()
    let tag = try #require(try await bench.send(.get, "/", as: nil).fields["ETag"])
    #expect(tag.hasPrefix("\"") && tag.hasSuffix("\""))
    for known in [tag, "W/" + tag, "\"other\", \(tag)", "*"] {
      let again = try await bench.send(.get, "/", as: nil, fields: ["If-None-Match": known])
      #expect(again.status == .notModified, "\(known)")
      #expect(again.fields["ETag"] == tag)
      #expect(try await again.collect().isEmpty)
    }
    let other = try await bench.send(.get, "/", as: nil, fields: ["If-None-Match": "\"other\""])
    #expect(other.status == .ok)
    let script = try await bench.send(.get, "/console/main.js", as: nil)
    #expect(script.fields["ETag"] != tag)
  }

  @Test("heads are answered, and what is not there is not") func answersHeads() async throws {
    let bench = try await bench()
    let head = try await bench.send(.head, "/", as: nil)
    #expect(head.status == .ok)
    #expect(head.fields["ETag"] != nil)
    for path in ["/console/none.js", "/console/", "/console.html"] {
      #expect(try await bench.send(.get, path, as: nil).status == .notFound, "\(path)")
    }
    #expect(try await bench.send(.post, "/", as: nil).status == .methodNotAllowed)
  }

  @Test("a browser on this machine enters without a password") func entersFromThisMachine() async throws {
    let bench = try await desk()
    let known = try await bench.ask(.get, "/console/session", as: nil, fields: ["Host": "localhost:3000"])
    #expect(known.body["local"] == true)
    #expect(known.body["api"] == "/api")
    let answer = try await bench.ask(.post, "/console/session", as: nil, fields: Self.browser)
    #expect(answer.status == 201)
    #expect(answer.body["email"] == "owner@localhost")
    let token = try #require(answer.body["token"]?.string)
    #expect(try await bench.ask(.get, "/api/campaigns", as: token).status == 200)
  }

  @Test(
    "nobody else enters without a password",
    arguments: [
      ["Host": "127.0.0.1:3000"],
      ["Host": "127.0.0.1:3000", "Origin": "http://127.0.0.1:4000"],
      ["Host": "127.0.0.1:3000", "Origin": "https://example.com"],
      ["Host": "example.com", "Origin": "http://example.com"],
      ["Host": "127.0.0.1:3000", "Origin": "http://127.0.0.1:3000", "X-Forwarded-For": "192.0.2.1"],
    ] as [Fields])
  func refusesOthers(fields: Fields) async throws {
    let bench = try await desk()
    let answer = try await bench.ask(.post, "/console/session", as: nil, fields: fields)
    #expect(answer.status == 403)
    #expect(answer.body["token"] == nil)
  }

  @Test("a server that listens elsewhere lets nobody in without a password")
  func refusesWhereOthersReachIt() async throws {
    let bench = try await desk { $0.listensOnThisMachineOnly = false }
    #expect(try await bench.ask(.get, "/console/session", as: nil, fields: Self.browser).body["local"] == false)
    #expect(try await bench.ask(.post, "/console/session", as: nil, fields: Self.browser).status == 403)
    let none = try await self.bench()
    #expect(try await none.ask(.get, "/console/session", as: nil, fields: Self.browser).body["local"] == false)
  }

  @Test("tells how a campaign goes") func tellsOfACampaign() async throws {
    let bench = try await bench()
    let campaign = try await bench.makeCampaign(leads: ["+14155560001", "+14155570002", "+14155580003"])
    let draft = try await bench.ask(.get, "/console/campaigns/\(campaign.id)").body
    #expect(draft["explanation"]?["rule"] == "campaign.draft")
    #expect(draft["explanation"]?["is_dialing"] == false)
    #expect(draft["leads"]?["waiting"] == 3)
    #expect(draft["hours"] == [])
    try await bench.done(.post, "/campaigns/\(campaign.id)/start")
    try await bench.running { try await bench.wait(for: .completed, of: campaign.key) }
    let over = try await bench.ask(.get, "/console/campaigns/\(campaign.id)").body
    #expect(over["explanation"]?["rule"] == "campaign.over")
    #expect(over["leads"]?["completed"] == 1)
    #expect(over["leads"]?["total"] == 3)
    for outcome in ["answered", "busy", "no_answer"] {
      #expect(over["outcomes"]?[outcome] == 1, "\(outcome)")
      let hours = try #require(over["hours"]?.array)
      #expect(hours.reduce(0) { $0 + ($1[outcome]?.int ?? 0) } == 1, "\(outcome)")
    }
    #expect(over["live_calls"] == [])
    let list = try await bench.ask(.get, "/console/campaigns?status=completed").body
    #expect(list["total"] == 1)
    #expect(list["campaigns"]?.array?.first?["leads_done"] == 3)
    #expect(try await bench.ask(.get, "/console/campaigns?status=draft").body["total"] == 0)
  }

  @Test("finds leads, and tells what holds one back") func findsLeads() async throws {
    let bench = try await bench()
    let campaign = try await bench.makeCampaign(leads: ["+14155560001", "+14155570002"])
    let path = "/console/campaigns/\(campaign.id)/leads"
    #expect(try await bench.ask(.get, path).body["total"] == 2)
    #expect(try await bench.ask(.get, path + "?status=completed").body["total"] == 0)
    let found = try await bench.ask(.get, path + "?search=Name1").body
    #expect(found["total"] == 1)
    let lead = try #require(found["leads"]?.array?.first)
    #expect(lead["phone"] == "+14155570002")
    let id = try #require(lead["id"]?.string)
    let before = try await bench.ask(.get, "/console/leads/\(id)").body
    #expect(before["decision"]?["is_dialled"] == false)
    #expect(before["calls"] == [])
    try await bench.done(.post, "/campaigns/\(campaign.id)/start")
    try await bench.running { try await bench.wait(for: .completed, of: campaign.key) }
    let after = try await bench.ask(.get, "/console/leads/\(id)").body
    #expect(after["calls"]?.array?.count == 1)
    #expect(after["calls"]?.array?.first?["disposition"] == "busy")
  }

  @Test("changes what is named of an agent, and removes agents") func changesAgents() async throws {
    let bench = try await bench()
    let sent: JSONValue = ["name": "Ada", "phone": "+14155551234", "email": "ada@example.com"]
    let made = try await bench.ask(.post, "/api/agents", sent).body["agent"]
    let path = "/console/agents/\(try #require(made?["id"]?.string))"
    let changes: JSONValue = ["name": "Ada L.", "email": .null, "max_concurrent_calls": 3]
    let changed = try await bench.ask(.put, path, changes).body["agent"]
    #expect(changed?["name"] == "Ada L.")
    #expect(changed?["email"] == .null)
    #expect(changed?["max_concurrent_calls"] == 3)
    #expect(changed?["phone"] == "+14155551234")
    #expect(try await bench.ask(.put, path, ["phone": "nonsense"]).status == 400)
    #expect(try await bench.ask(.put, path, ["name": "Eve"], as: "two").status == 404)
    #expect(try await bench.ask(.delete, path, as: "two").status == 404)
    #expect(try await bench.ask(.delete, path).status == 200)
    #expect(try await bench.ask(.delete, path).status == 404)
    #expect(try await bench.ask(.get, "/api/agents").body["total"] == 0)
  }

  @Test("what belongs to somebody else is not there") func keepsAccountsApart() async throws {
    let bench = try await bench()
    let campaign = try await bench.makeCampaign(leads: ["+14155560001"])
    let leads = try await bench.ask(.get, "/console/campaigns/\(campaign.id)/leads").body["leads"]?.array
    let lead = try #require(leads?.first?["id"]?.string)
    let paths = ["campaigns/\(campaign.id)", "campaigns/\(campaign.id)/leads", "leads/\(lead)"]
    for path in paths {
      #expect(try await bench.ask(.get, "/console/" + path, as: "two").status == 404, "\(path)")
      #expect(try await bench.ask(.get, "/console/" + path, as: nil).status == 401, "\(path)")
    }
    #expect(try await bench.ask(.get, "/console/campaigns", as: "two").body["total"] == 0)
    #expect(try await bench.ask(.get, "/console/campaigns", as: nil).status == 401)
  }
}
