import CampaignKit
import CampaignServer
import JSON
import WebServer

// The API in a program of one's own: an engine, the dialects that are wanted, who may ask, and a route beside them.

/// Whoever has the key is the owner of the one account.
struct OneKey: Authenticating {
  let key: String
  let account: Account.ID
  let owner: User.ID

  func principal(bearer: String?, apiKey: String?) async throws -> Principal? {
    guard let sent = apiKey else { return nil }
    guard sent == key else { throw Refusal(.unauthorized, "the key is not valid") }
    return Principal(identity: .user(owner), account: account, role: .admin, isOwner: true)
  }
}

@main struct Main {
  static func main() async throws {
    let engine = CampaignEngine(storage: .memory, dialer: SimulatedCarrier(mix: .instant))
    let identifiers = IdentifierGenerator()
    let now = try await engine.storage.now()
    let account = Account(id: identifiers.next(at: now), name: "Acme", createdAt: now)
    try await engine.storage.insert(account)

    var settings = ServiceConfiguration()
    settings.keepsLegalHours = false  // Nobody real is called.
    settings.defaultCallerNumber = PhoneNumber(e164: "+14155550100")
    let access = OneKey(key: "a key of ours", account: account.id, owner: identifiers.next(at: now))
    let service = try CampaignService(
      engine: engine, authenticator: access, dialects: [.tenant(base: "/calling")], configuration: settings)

    var router = service.router()
    router.get("/wallboard") { _ in
      let slots = try await engine.storage.slots(of: account.id)
      return .text("\(slots.accountActive) of \(slots.accountLimit) lines in use")
    }
    var web = Configuration()
    web.addresses = [.loopback(port: 0)]
    let server = Server(configuration: web, router: router)
    let address = try server.start()[0]
    async let running: Void = engine.run()

    let client = Client(address: address, key: "a key of ours")
    print(try await client.ask("GET", "/wallboard").text)
    print("without the key: \(try await Client(address: address, key: nil).ask("GET", "/calling/campaigns").status)")
    var contacts: [JSONValue] = []
    for (name, number) in [("Ada", "+14155550001"), ("Bo", "+14155560002"), ("Cy", "+14155570003")] {
      let person: JSONValue = ["name": .string(name), "phone_number": .string(number)]
      let made = try await client.ask("POST", "/calling/contacts", person)
      contacts.append(made.body["contact"]?["id"] ?? .null)
    }
    let made = try await client.ask("POST", "/calling/contacts/call", ["contact_ids": .array(contacts)])
    print("a campaign of \(contacts.count) contacts: \(made.status), \(made.body["campaign"]?["status"]?.string ?? "")")
    for try await event in engine.events(of: account.id, after: 0) where event.status == "completed" {
      if event.kind == .campaignStatusChanged { break }
    }
    for call in try await client.ask("GET", "/calling/calls").body["calls"]?.array?.reversed() ?? [] {
      print("  \(call["first_name"]?.string ?? ""): \(call["disposition"]?.string ?? "")")
    }
    await server.shutdown()
    engine.stop()
    try await running
  }
}
