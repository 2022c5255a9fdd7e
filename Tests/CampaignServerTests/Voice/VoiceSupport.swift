import CampaignKit
import JSON
import Testing

@testable import CampaignServer

extension DialectScene {
  static func voice(dialer: any Dialer = SimulatedCarrier(mix: .instant)) async throws -> DialectScene {
    try await DialectScene(.voice(), dialer: dialer)
  }

  /// Creates a campaign that calls again at once.
  func createVoice(_ settings: JSONObject = [:], as token: String = "one") async throws -> String {
    var body: JSONObject = ["name": "Test", "retryDelay": 0]
    for (name, value) in settings { body[name] = value }
    let answer = try await ask(.post, "/campaigns", .object(body), as: token)
    #expect(answer.status == 201, "\(answer.body)")
    return try #require(answer.body["campaign"]?["id"]?.string)
  }

  func addContacts(_ numbers: [String], to campaign: String) async throws {
    let contacts = numbers.map { number -> JSONValue in ["phoneNumber": .string(number)] }
    let answer = try await ask(.post, "/campaigns/\(campaign)/contacts", ["contacts": .array(contacts)])
    #expect(answer.status == 200)
    #expect(answer.body["added"]?.int == numbers.count)
  }

  func voiceCampaign(_ id: String) async throws -> JSONValue {
    let answer = try await ask(.get, "/campaigns/\(id)")
    #expect(answer.status == 200)
    return try #require(answer.body["campaign"])
  }

  func statistics(of id: String, _ query: String = "") async throws -> JSONValue {
    let answer = try await ask(.get, "/campaigns/\(id)/statistics\(query)")
    #expect(answer.status == 200)
    #expect(answer.body["campaignId"] == .string(id))
    return try #require(answer.body["statistics"])
  }
}
