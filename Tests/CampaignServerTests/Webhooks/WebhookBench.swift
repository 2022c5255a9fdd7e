import CampaignCarriers
import CampaignKit
import Digests
import JSON
import Locks
import Testing
import WebServer

@testable import CampaignServer

/// A carrier that takes calls and says nothing of them: what happens is told to webhooks.
struct SilentCarrier: Dialer {
  var name = "twilio"
  let capabilities = DialerCapabilities()

  func place(_ order: CallOrder) async throws(DialerError) -> String { "CA-\(order.id)" }
  func hangUp(_ call: CallReference) async throws(DialerError) {}
  func lookUp(_ call: CallReference) async throws(DialerError) -> CallFindings { .unknown }
  func connect(_ call: CallReference, to agent: Agent) async throws(DialerError) {}
  func events() -> CallEvents { .none }
}

/// A carrier that can give calls something else to do, and writes down which it was asked about.
final class RedirectingCarrier: RedirectingDialer {
  let name = "twilio"
  let capabilities = DialerCapabilities()
  /// Whether it fails to, and to hang up.
  private let fails: Bool
  private let isDead: Bool
  private let asked = Locked<(redirected: [String], hungUp: [Call.ID])>(([], []))

  init(fails: Bool = false, isDead: Bool = false) {
    self.fails = fails || isDead
    self.isDead = isDead
  }

  var redirected: [String] { asked.withLock { $0.redirected } }
  var hungUp: [Call.ID] { asked.withLock { $0.hungUp } }

  func redirect(_ call: CallReference, to address: String) async throws(DialerError) {
    asked.withLock { $0.redirected.append(address) }
    if fails { throw DialerError(.unavailable, "closed") }
  }

  func place(_ order: CallOrder) async throws(DialerError) -> String { "CA-\(order.id)" }
  func hangUp(_ call: CallReference) async throws(DialerError) {
    asked.withLock { $0.hungUp.append(call.call) }
    if isDead { throw DialerError(.unavailable, "closed") }
  }
  func lookUp(_ call: CallReference) async throws(DialerError) -> CallFindings { .unknown }
  func connect(_ call: CallReference, to agent: Agent) async throws(DialerError) {}
  func events() -> CallEvents { .none }
}

/// A service with webhooks that Twilio's test account reports to.
struct WebhookBench: Sendable {
  static let token = "0123456789abcdef0123456789abcdef"
  static let publicURL = "https://calls.example.com"

  let bench: ServiceBench

  init(
    _ dialer: any Dialer = SilentCarrier(), storage: any CampaignStorage = .memory,
    clock: any EngineClock = .system, configure: (inout ServiceConfiguration) -> Void = { _ in }
  ) async throws {
    bench = try await ServiceBench(
      [.tenant(), .webhooks([.twilio(authToken: Self.token), .plivo(authToken: Self.token)])], dialer: dialer,
      storage: storage, clock: clock
    ) { configuration in
      configuration.publicURL = Self.publicURL
      configure(&configuration)
    }
  }

  /// What Twilio signs: the address, and behind it the sorted names and values.
  static func signature(_ target: String, _ form: [String: String], key: String = token, at url: String = publicURL)
    -> String
  {
    var message = url + target
    for (name, value) in form.sorted(by: { Array($0.key.utf8).lexicographicallyPrecedes(Array($1.key.utf8)) }) {
      message += name + value
    }
    return Base64.standard.encode(HMAC<SHA1>.code(message.utf8, key: Array(key.utf8)))
  }

  /// Sends a report as Twilio does.
  func report(
    _ target: String, _ form: [String: String], signature: String? = nil, sent: [String: String]? = nil,
    fields: Fields = [:]
  ) async throws -> (status: Int, document: String) {
    let target = "/webhooks/twilio/" + target
    var fields = fields
    fields["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
    fields["X-Twilio-Signature"] = signature ?? Self.signature(target, form)
    let body = (sent ?? form).map { "\(escape($0.key))=\(escape($0.value))" }.joined(separator: "&")
    let response = try await bench.send(.post, target, Array(body.utf8), as: nil, fields: fields)
    return (response.status.code, String(decoding: try await response.collect(), as: UTF8.self))
  }

  /// Sends a report as Plivo does, with a signature of the third kind.
  func reportPlivo(_ target: String, _ form: [String: String]) async throws -> (status: Int, document: String) {
    let target = "/webhooks/plivo/" + target
    let values = form.sorted { $0.key < $1.key }.map { $0.key + $0.value }.joined()
    let code = HMAC<SHA256>.code((Self.publicURL + target + "." + values + ".nonce").utf8, key: Array(Self.token.utf8))
    let fields: Fields = [
      "Content-Type": "application/x-www-form-urlencoded", "X-Plivo-Signature-V3": Base64.standard.encode(code),
      "X-Plivo-Signature-V3-Nonce": "nonce",
    ]
    let body = form.map { "\(escape($0.key))=\(escape($0.value))" }.joined(separator: "&")
    let response = try await bench.send(.post, target, Array(body.utf8), as: nil, fields: fields)
    return (response.status.code, String(decoding: try await response.collect(), as: UTF8.self))
  }

  private func escape(_ text: String) -> String {
    text.utf8.map { byte in
      Character(Unicode.Scalar(byte)).isLetter && byte < 0x80 ? String(Unicode.Scalar(byte)) : hexadecimal(byte)
    }.joined()
  }

  private func hexadecimal(_ byte: UInt8) -> String { "%" + Hexadecimal.encode([byte]).uppercased() }

  /// Adds an agent who is free, to the group `sales`.
  func agent() async throws -> Agent {
    let now = try await bench.engine.storage.now()
    let account = try #require(bench.accounts["one"])
    var agent = Agent(
      id: IdentifierGenerator().next(at: now), account: account.id, kind: .person, name: "Ada", createdAt: now)
    agent.group = "sales"
    agent.status = .available
    try await bench.engine.storage.insert(agent)
    return agent
  }

  /// Runs a campaign of one lead, and does something with its call when it was placed.
  func withCall(
    _ settings: JSONObject = [:], change: @Sendable (inout Campaign) -> Void = { _ in },
    _ work: @Sendable (_ call: Call, _ name: String) async throws -> Void
  ) async throws {
    var body: JSONObject = ["agent_id": "theirs"]
    for (name, value) in settings { body[name] = value }
    let campaign = try await bench.makeCampaign(body, leads: [number(1)])
    _ = try await bench.service.change(campaign.key, of: try #require(bench.accounts["one"]).id, change)
    try await bench.running {
      try await bench.done(.post, "/campaigns/\(campaign.id)/start")
      try await bench.wait(for: .callPlaced)
      let account = try #require(bench.accounts["one"])
      let query = CallQuery(account: account.id, campaign: campaign.key)
      let call = try #require(
        try await bench.engine.storage.calls(query, page: PageRequest(limit: 1)).elements.first)
      try await work(call, IdentifierForm.uuid.text(call.id))
    }
  }

  /// The call as it is shown.
  func shown(_ name: String) async throws -> JSONValue {
    try #require(try await bench.done(.get, "/calls/\(name)")["call"])
  }
}
