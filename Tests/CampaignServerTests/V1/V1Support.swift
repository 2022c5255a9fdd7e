import CampaignKit
import JSON
import Testing

@testable import CampaignServer

extension DialectScene {
  static func v1(
    dialer: any Dialer = SimulatedCarrier(mix: .instant), configure: (inout ServiceConfiguration) -> Void = { _ in }
  ) async throws -> DialectScene {
    try await DialectScene(.v1(), dialer: dialer, configure: configure)
  }

  /// Creates a campaign that waits for nothing between calls.
  func create(_ settings: JSONObject = [:]) async throws -> String {
    var body: JSONObject = ["name": "Test", "callDelay": 0]
    for (name, value) in settings { body[name] = value }
    let answer = try await ask(.post, "/campaigns", .object(body))
    #expect(answer.status == 201)
    return try #require(answer.body["data"]?["id"]?.string)
  }

  /// Adds leads with these numbers.
  func add(_ numbers: [String], to campaign: String) async throws {
    let leads = numbers.map { number -> JSONValue in ["phoneNumber": .string(number)] }
    let answer = try await ask(.post, "/campaigns/\(campaign)/leads/bulk", ["leads": .array(leads)])
    #expect(answer.body["data"] == ["created": JSONValue(numbers.count), "total": JSONValue(numbers.count)])
  }

  func data(_ path: String) async throws -> JSONValue {
    let answer = try await ask(.get, path)
    #expect(answer.status == 200)
    return try #require(answer.body["data"])
  }

  func status(of campaign: String) async throws -> String? {
    try await data("/campaigns/\(campaign)")["status"]?.string
  }
}
