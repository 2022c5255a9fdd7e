import CampaignKit
import JSON
import Testing
import WebServer

@testable import CampaignServer

/// The ways in which the tests of the dialect `tenant` speak to a bench.
extension ServiceBench {
  /// A bench that speaks the dialect, and calls people of whom nobody asks not to be called again.
  static func tenant(configure: (inout ServiceConfiguration) -> Void = { _ in }) async throws -> ServiceBench {
    var mix = CarrierMix.instant
    mix.optOuts = 0
    return try await ServiceBench([.tenant()], dialer: SimulatedCarrier(mix: mix), configure: configure)
  }

  /// Asks for something that is done, and returns the answer.
  @discardableResult
  func done(
    _ method: Method, _ path: String, _ body: JSONValue? = nil, as token: String? = "one",
    source: SourceLocation = #_sourceLocation
  ) async throws -> JSONValue {
    let answer = try await ask(method, "/api" + path, body, as: token, source: source)
    #expect((200...201).contains(answer.status), "\(answer.body)", sourceLocation: source)
    #expect(answer.body["success"] == true, sourceLocation: source)
    return answer.body
  }

  /// Asks for something that is refused, and returns the names of the fields that are told.
  @discardableResult
  func refused(
    _ status: Int, _ method: Method, _ path: String, _ body: JSONValue? = nil, as token: String? = "one",
    source: SourceLocation = #_sourceLocation
  ) async throws -> [String] {
    let answer = try await ask(method, "/api" + path, body, as: token, source: source)
    #expect(answer.status == status, "\(answer.body)", sourceLocation: source)
    #expect(answer.body["success"] == false, sourceLocation: source)
    #expect(answer.body["error"]?.string?.isEmpty == false, sourceLocation: source)
    return answer.body["fields"]?.array?.compactMap { $0["field"]?.string } ?? []
  }

  /// Makes a draft of one attempt at each lead.
  func makeCampaign(
    _ settings: JSONObject = [:], leads numbers: [String] = [], as token: String = "one",
    source: SourceLocation = #_sourceLocation
  ) async throws -> (id: String, key: Campaign.ID) {
    var body: JSONObject = ["name": "Test", "retry_policy": ["max_attempts": 1]]
    for (name, value) in settings { body[name] = value }
    let id = try #require(
      try await done(.post, "/campaigns", .object(body), as: token, source: source)["campaign"]?["id"]?.string)
    if !numbers.isEmpty {
      let rows = numbers.enumerated().map { "\($1),Name\($0)" }
      let answer = try await upload("phone,first_name\n" + rows.joined(separator: "\n"), to: id, as: token)
      #expect(answer.body["results"]?["inserted"] == JSONValue(numbers.count), sourceLocation: source)
    }
    return (id, try #require(IdentifierForm.read(id)))
  }

  /// Sends a form with a file.
  func upload(
    _ file: String?, to campaign: String?, mapping: String? = nil, path: String = "/leads/upload",
    as token: String = "one", source: SourceLocation = #_sourceLocation
  ) async throws -> (status: Int, body: JSONValue) {
    try await upload(bytes: file.map { Array($0.utf8) }, to: campaign, mapping: mapping, path: path, as: token)
  }

  /// Sends a form with a file of any bytes.
  func upload(
    bytes: [UInt8]?, to campaign: String?, mapping: String? = nil, path: String = "/leads/upload",
    as token: String = "one", source: SourceLocation = #_sourceLocation
  ) async throws -> (status: Int, body: JSONValue) {
    var form: [UInt8] = []
    if let bytes {
      form += "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"leads.csv\"\r\n\r\n".utf8
      form += bytes + Array("\r\n".utf8)
    }
    for (name, value) in [("campaign_id", campaign), ("field_mapping", mapping)] {
      guard let value else { continue }
      form += "--b\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8
    }
    form += "--b--\r\n".utf8
    let response = try await send(
      .post, "/api" + path, form, as: token, fields: ["Content-Type": "multipart/form-data; boundary=b"])
    let value = try JSONValue(parsing: try await response.collect())
    check(value, of: response, to: .post, "/api" + path, source)
    return (response.status.code, value)
  }

  /// Runs the engine until campaigns are over.
  func complete(_ campaigns: [(id: String, key: Campaign.ID)]) async throws {
    try await running {
      for campaign in campaigns {
        try await self.done(.post, "/campaigns/\(campaign.id)/start")
        try await self.wait(for: .completed, of: campaign.key)
      }
    }
  }

  /// Waits until so many events of a kind have come.
  func wait(for kind: CampaignEvent.Kind, count: Int = 1, in account: String = "one") async throws {
    let account = try #require(accounts[account])
    var seen = 0
    for try await event in engine.events(of: account.id, after: 0) where event.kind == kind {
      seen += 1
      if seen == count { return }
    }
  }

  /// The members of a list, by the name of one of their fields.
  func column(_ field: String, of list: String, _ path: String, as token: String = "one") async throws -> [JSONValue] {
    try await done(.get, path, as: token)[list]?.array?.compactMap { $0[field] } ?? []
  }
}

/// A number that asks the simulated carrier for an outcome by its last four digits.
func number(_ index: Int, _ ending: String = "0001") -> String { "+1212\(200 + index)\(ending)" }

/// A UUID that nothing has.
let unknownID = "7d444840-9dc0-11d1-b245-5ffdce74fad2"
