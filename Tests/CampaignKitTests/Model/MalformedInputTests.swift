import CampaignKit
import JSON
import Testing

/// Input that is JSON, but not a value of the model, gives an error and never a trap.
@Suite struct MalformedInputTests {
  private static let strange: [JSONValue] = [
    nil, true, 0, -1, 1.5, 9_223_372_036_854_775_807, -9_223_372_036_854_775_808, 1e300, "", "x", "\u{0}", [], [[]],
    [:], ["a": nil], "+14155552671", "2025-02-30", "99:99", [nil], [1e300],
  ]

  /// Puts strange values in the place of every member, at every depth.
  private static func variants(of value: JSONValue) -> [JSONValue] {
    var all = strange
    switch value {
    case .object(let members):
      for (key, member) in members {
        var without = members
        without[key] = nil
        all.append(.object(without))
        for variant in variants(of: member) {
          var changed = members
          changed[key] = variant
          all.append(.object(changed))
        }
      }
    case .array(let elements):
      for (index, element) in elements.enumerated() {
        for variant in variants(of: element) {
          var changed = elements
          changed[index] = variant
          all.append(.array(changed))
        }
      }
    default: break
    }
    return all
  }

  /// Every variant is refused with a `DecodingError`, or reads to a value that reads back as itself.
  private func check<Value: Codable & Hashable>(_ value: Value) throws {
    var refused = 0
    for variant in Self.variants(of: try JSONValue(encoding: value)) {
      do {
        let read = try variant.decode(Value.self)
        #expect(try JSONValue(encoding: read).decode(Value.self) == read, "\(variant)")
      } catch is DecodingError {
        refused += 1
      }
    }
    #expect(refused > Self.strange.count / 2)
  }

  @Test func accounts() throws {
    try check(Samples.account)
    try check(Samples.user)
    try check(Samples.key)
  }
  @Test func agents() throws { try check(Samples.agent) }
  @Test func campaigns() throws { try check(Samples.campaign) }
  @Test func contacts() throws { try check(Samples.contact) }
  @Test func leads() throws {
    try check(Samples.lead)
    try check(Samples.newLead)
  }
  @Test func calls() throws { try check(Samples.call) }
  @Test func theRest() throws {
    try check(Samples.batch)
    try check(Samples.event)
    try check(Samples.rollup)
    try check(Samples.reservation)
    for entry in Samples.suppressions { try check(entry) }
  }

  @Test func anErrorSaysWhereAndWhat() throws {
    var members = try #require(try JSONValue(encoding: Samples.contact).object)
    members["number"] = "0049"
    let error = #expect(throws: DecodingError.self) { try JSONValue.object(members).decode(Contact.self) }
    guard case .dataCorrupted(let context) = error else {
      Issue.record("the error is \(String(describing: error))")
      return
    }
    #expect(context.codingPath.map(\.stringValue) == ["number"])
    #expect(context.debugDescription.contains("country code"))
  }
}
