import CampaignKit
import JSON
import Testing
import WebServer

@testable import CampaignServer

/// Everything of the first account, and the second one that reaches for it through the whole table of routes.
@Suite struct SecondAccountTests {
  /// What the first account has, by the part of a path that stands before its identifier.
  private struct Belongings {
    var ids: [String: String]
    var list: String
    /// Texts that nobody else may see: identifiers, names and numbers.
    var secrets: [String]

    func id(_ name: String, after before: String) -> String {
      switch name {
      case "campaignId": ids["campaigns"] ?? ""
      case "leadId": ids["leads"] ?? ""
      default: ids[before] ?? ""
      }
    }
  }

  private func belongings(_ bench: ServiceBench) async throws -> Belongings {
    let campaign = try await bench.makeCampaign(["name": "Secret draft"], leads: [number(0), number(4)])
    let over = try await bench.makeCampaign(["name": "Secret past"], leads: [number(1), number(2, "0002")])
    try await bench.complete([over])
    try await bench.done(.post, "/agents", ["name": "Secret agent", "phone": .string(number(3))])
    try await bench.done(.post, "/keys", ["name": "Secret key"])
    try await bench.done(.post, "/dnc", ["phone_numbers": [.string(number(5))]])
    let list = try await bench.ask(
      .post, "/plivo/lists",
      ["name": "Secret list", "contacts": [["name": "Secret person", "phone": .string(number(6))]]])
    let now = await bench.service.now()
    let user = User(
      id: bench.service.identifiers.next(at: now), account: try #require(bench.accounts["one"]).id,
      email: "Secret@example.com", role: .agent, createdAt: now)
    try await bench.engine.storage.insert(user)
    func first(_ list: String, _ path: String) async throws -> String {
      try #require(try await bench.column("id", of: list, path).first?.string)
    }
    let ids: [String: String] = [
      "campaigns": campaign.id, "leads": try await first("leads", "/leads?campaign_id=\(campaign.id)"),
      "calls": try await first("calls", "/calls"), "agents": try await first("agents", "/agents"),
      "contacts": try await first("contacts", "/contacts"), "keys": try await first("keys", "/keys"),
      "queue": try await first("leads", "/leads?campaign_id=\(campaign.id)"),
      "users": IdentifierForm.uuid.text(user.id),
    ]
    // Identifiers that the second account never names, so that no answer can repeat them.
    let hidden =
      try await bench.column("id", of: "leads", "/leads?campaign_id=\(over.id)")
      + bench.column("id", of: "calls", "/calls").dropFirst()
    let keys = [over.key] + hidden.compactMap { $0.string.flatMap { IdentifierForm.read($0, as: Campaign.self) } }
    #expect(keys.count == 4)
    let forms: [IdentifierForm] = [.uuid, .cuid, .digits]
    return Belongings(
      ids: ids, list: try #require(list.body["listId"]?.string),
      secrets: keys.flatMap { key in forms.map { $0.text(key) } } + ["Secret", "secret@"]
        + (0...6).map { number($0, "") })
  }

  /// A body that names whatever the first account has, in the words of all dialects.
  private func body(_ things: Belongings, for operation: MountedOperation) -> JSONValue {
    let campaign = JSONValue.string(things.ids["campaigns"] ?? "")
    let agent = JSONValue.string(things.ids["agents"] ?? "")
    let contact = JSONValue.string(things.ids["contacts"] ?? "")
    let mine = JSONValue.string(number(50))
    var body: JSONObject = [
      "name": "Mine", "campaign_name": "Mine", "campaignName": "Mine", "campaignId": campaign, "campaign_id": campaign,
      "campaignIds": [campaign], "listId": .string(things.list), "agentId": agent, "agent_id": agent,
      "contact_ids": [contact], "contactIds": [contact], "action": "cancel", "phone": mine, "phoneNumber": mine,
      "phone_number": mine, "leads": [["phoneNumber": mine]], "fromNumber": "+14155550100", "from": "+14155550100",
      "to": mine, "wssUrl": "wss://example.com/stream", "concurrent_calls_limit": 3, "phone_numbers": [mine],
      "contacts": [["name": "Mine", "phone": mine, "phoneNumber": mine]],
      "csv_data": [["name": "Mine", "phone_number": mine]], "password": "securePassword123", "limit": 3,
    ]
    if operation.pattern.hasSuffix("/agents/{id}/status") { body["status"] = "busy" }
    return .object(body)
  }

  private func file(_ things: Belongings) -> [UInt8] {
    let campaign = things.ids["campaigns"] ?? ""
    return Array(
      """
      --b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nphone,phoneNumber,name\r\n\
      \(number(50)),\(number(50)),Mine\r\n--b\r\nContent-Disposition: form-data; name="campaign_id"\r\n\r\n\
      \(campaign)\r\n--b--\r\n
      """.utf8)
  }

  /// All that the first account can read of itself, but for what tells the time.
  private func view(_ bench: ServiceBench, _ things: Belongings) async throws -> [String: JSONValue] {
    var view: [String: JSONValue] = [:]
    for operation in bench.operations
    where operation.method == .get && ["tenant", "v1", "voice"].contains(operation.dialect.name)
      && !operation.pattern.hasSuffix("/health") && !operation.pattern.hasSuffix("/csv")
    {
      let path = operation.path(things.id)
      for query in ["", "?campaign_id=\(things.ids["campaigns"] ?? "")"] {
        view[path + query] = try JSONValue(parsing: try await bench.say(.get, path + query).content)
      }
    }
    return view
  }

  @Test("V-14, T-17, Q-64, C-51, P-53: a second account sees and touches nothing of the first through any route")
  func keepsAccountsApart() async throws {
    let bench = try await ServiceBench.whole()
    let things = try await belongings(bench)
    let before = try await view(bench, things)
    // The view is worth something: it shows what is to be kept from others.
    #expect(before.values.contains { $0.serialized().contains("Secret agent") })
    #expect(before.values.contains { $0.serialized().contains(number(0)) })
    var notFound = 0
    for operation in bench.operations
    where ![.everybody, .carrier].contains(operation.operation.access) && !operation.isLasting {
      var fields: Fields = ["Content-Type": "application/json"]
      var content: [UInt8] = []
      switch operation.operation.body {
      case .none: fields = [:]
      case .json, .jsonOrForm: content = body(things, for: operation).serializedBytes()
      case .raw:
        fields = ["Content-Type": "multipart/form-data; boundary=b"]
        content = file(things)
      }
      let campaign = things.ids["campaigns"] ?? ""
      let query =
        operation.method == .get
        ? "?campaign_id=\(campaign)&campaignId=\(campaign)&agent_id=\(things.ids["agents"] ?? "")" : ""
      let path = operation.path(things.id)
      let answer = try await bench.say(operation.method, path + query, content, as: "two", fields: fields)
      let code = answer.response.status.code
      if !operation.operation.pathNames.isEmpty {
        #expect(code == 404, "\(operation.name): \(code) \(String(decoding: answer.content, as: UTF8.self))")
        notFound += 1
      }
      let text = String(decoding: answer.content, as: UTF8.self)
      // No call is placed here, since the engine of the bench has ended.
      #expect(code < 500 || operation.pattern == "/plivo/single-call" && code == 503, "\(operation.name): \(text)")
      for secret in things.secrets { #expect(!text.contains(secret), "\(operation.name) shows \(secret)") }
    }
    #expect(notFound > 40)
    for (path, value) in try await view(bench, things) { #expect(before[path] == value, "\(path)") }
  }
}
