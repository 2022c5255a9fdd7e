import CampaignKit
import JSON
import Testing
import WebServer

@testable import CampaignServer

/// A dialect on a bench, asked by paths below its base.
struct DialectScene: Sendable {
  let bench: ServiceBench
  let base: String

  init(
    _ dialect: Dialect, dialer: any Dialer = SimulatedCarrier(mix: .instant),
    configure: (inout ServiceConfiguration) -> Void = { _ in }
  ) async throws {
    base = dialect.base
    bench = try await ServiceBench([dialect], dialer: dialer, configure: configure)
  }

  /// A US number that the simulated carrier treats as its last four digits say, each a different one.
  static func number(_ index: Int, _ outcome: String = "0001") -> String {
    "+1415\(556 + index)\(outcome)"
  }

  @discardableResult
  func ask(
    _ method: Method, _ path: String, _ body: JSONValue? = nil, as token: String? = "one",
    source: SourceLocation = #_sourceLocation
  ) async throws -> (status: Int, body: JSONValue) {
    try await bench.ask(method, base + path, body, as: token, source: source)
  }

  func status(_ method: Method, _ path: String, _ body: JSONValue? = nil, as token: String? = "one") async throws -> Int
  {
    try await ask(method, path, body, as: token).status
  }

  /// Sends a form with one part that is a file.
  func upload(
    _ path: String, _ content: String, field: String = "file", as token: String? = "one"
  ) async throws -> (status: Int, body: JSONValue) {
    try await upload(path, Array(content.utf8), field: field, as: token)
  }

  func upload(
    _ path: String, _ content: [UInt8], field: String = "file", as token: String? = "one"
  ) async throws -> (status: Int, body: JSONValue) {
    let head = """
      --edge\r
      Content-Disposition: form-data; name="\(field)"; filename="leads.csv"\r
      Content-Type: text/csv\r
      \r

      """
    let body = Array(head.utf8) + content + Array("\r\n--edge--\r\n".utf8)
    let response = try await bench.send(
      .post, base + path, body, as: token, fields: ["Content-Type": "multipart/form-data; boundary=edge"])
    let value = try JSONValue(parsing: try await response.collect())
    return (response.status.code, value)
  }

  func campaign(_ text: String) throws -> Campaign.ID { try #require(IdentifierForm.read(text, as: Campaign.self)) }

  /// Runs the engine until a campaign has a status.
  func run(_ campaign: String, until status: Campaign.Status = .completed, in account: String = "one") async throws {
    let id = try self.campaign(campaign)
    try await bench.running { try await bench.wait(for: status, of: id, in: account) }
  }

  /// Waits until so many events of a kind were told of a campaign.
  func wait(for kind: CampaignEvent.Kind, _ count: Int, of campaign: String) async throws {
    let id = try self.campaign(campaign)
    let account = try #require(bench.accounts["one"])
    var found = 0
    for try await event in bench.engine.events(of: account.id, after: 0)
    where event.campaign == id && event.kind == kind {
      found += 1
      if found == count { return }
    }
  }

  /// Does something after each event of a campaign, until the campaign is completed.
  func watch(_ campaign: String, _ look: @Sendable () async throws -> Void) async throws {
    let id = try self.campaign(campaign)
    let account = try #require(bench.accounts["one"])
    try await bench.running {
      for try await event in bench.engine.events(of: account.id, after: 0) where event.campaign == id {
        try await look()
        if event.status == Campaign.Status.completed.rawValue { return }
      }
    }
  }

  /// The calls of a campaign, the first one first.
  func calls(of campaign: String) async throws -> [Call] {
    let account = try #require(bench.accounts["one"])
    let query = CallQuery(account: account.id, campaign: try self.campaign(campaign), isAscending: true)
    return try await bench.engine.storage.calls(query, page: PageRequest(limit: 1000)).elements
  }
}

/// Whether a text is a moment in the form of the documents.
func isMoment(_ value: JSONValue?) -> Bool { value?.string.flatMap { Timestamp($0) } != nil }
