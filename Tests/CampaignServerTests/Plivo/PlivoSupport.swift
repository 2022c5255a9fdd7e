import CampaignKit
import JSON
import Testing

@testable import CampaignServer

extension DialectScene {
  static func plivo(
    dialer: any Dialer = SimulatedCarrier(mix: .instant), configure: (inout ServiceConfiguration) -> Void = { _ in }
  ) async throws -> DialectScene {
    try await DialectScene(.plivo(), dialer: dialer, configure: configure)
  }

  /// Makes a list of people with these numbers.
  func makeList(_ numbers: [String], as token: String = "one") async throws -> String {
    let contacts = numbers.map { number -> JSONValue in ["name": "Somebody", "phone": .string(number)] }
    let answer = try await ask(.post, "/lists", ["name": "List", "contacts": .array(contacts)], as: token)
    #expect(answer.status == 200, "\(answer.body)")
    #expect(answer.body["added"]?.int == numbers.count)
    return try #require(answer.body["listId"]?.string)
  }

  /// What makes a campaign of a list.
  static func campaignBody(_ list: String, name: String = "Q4 Sales") -> JSONObject {
    [
      "campaignName": .string(name), "listId": .string(list), "fromNumber": "+14155550100",
      "wssUrl": "wss://example.com/stream",
    ]
  }

  /// Makes a campaign that calls these numbers, and is running.
  func createPlivo(_ numbers: [String], as token: String = "one") async throws -> String {
    let list = try await makeList(numbers, as: token)
    let answer = try await ask(.post, "/create-campaign", .object(Self.campaignBody(list)), as: token)
    #expect(answer.status == 200, "\(answer.body)")
    return try #require(answer.body["campaignId"]?.string)
  }

  func progress(of id: String) async throws -> JSONValue {
    let answer = try await ask(.get, "/campaign-progress/\(id)")
    #expect(answer.status == 200, "\(answer.body)")
    return answer.body
  }

  /// Pauses, resumes or cancels campaigns.
  func bulk(_ action: String, _ ids: [String]) async throws -> JSONValue {
    let body: JSONValue = [
      "action": .string(action), "campaignIds": .array(ids.map { .string($0) }), "reason": "for a test",
    ]
    let answer = try await ask(.post, "/dashboard/bulk-operations", body)
    #expect(answer.status == 200, "\(answer.body)")
    return answer.body
  }

  /// Ends all live calls of the first account.
  func hangUpAll() async throws {
    let account = try #require(bench.accounts["one"])
    let live = try await bench.engine.storage.calls(
      CallQuery(account: account.id, isLive: true), page: PageRequest(limit: 100))
    for call in live.elements { try await bench.engine.hangUp(call.id) }
  }
}
