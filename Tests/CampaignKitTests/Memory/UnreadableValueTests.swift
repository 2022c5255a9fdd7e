import JSON
import Testing

@testable import CampaignKit

/// A value that could be written but not read again is refused before it comes into the log.
@Suite struct UnreadableValueTests {
  private static let now = Samples.moment

  private static func nested(_ depth: Int) -> JSONObject {
    var object: JSONObject = ["a": 1]
    for _ in 1..<depth { object = ["a": .object(object)] }
    return object
  }

  /// Makes everything that holds JSON with an object so deep; the log that comes of it.
  private func store(_ object: JSONObject) throws -> (log: [UInt8], refused: Int) {
    var state = StoreState(seed: 1, keepsChanges: true)
    _ = try state.begin(leads: 1, at: Self.now)
    var refused = 0
    func attempt(_ change: (inout StoreState) throws -> Void) throws {
      do {
        try change(&state)
      } catch let error as StoreError {
        #expect(error.code == .invalid)
        refused += 1
      }
    }
    var account = Account(id: Samples.id(20), name: "B", createdAt: Self.now)
    account.metadata = object
    try attempt { try $0.insert(account, at: Self.now) }
    var campaign = Campaign(id: Samples.id(21), account: Samples.id(1), name: "B", createdAt: Self.now)
    campaign.metadata = object
    try attempt { _ = try $0.insert(campaign, at: Self.now) }
    campaign = Campaign(id: Samples.id(22), account: Samples.id(1), name: "B", createdAt: Self.now)
    campaign.agents.configuration = object
    try attempt { _ = try $0.insert(campaign, at: Self.now) }
    var agent = Agent(id: Samples.id(23), account: Samples.id(1), kind: .voice, name: "", createdAt: Self.now)
    agent.metadata = object
    try attempt { try $0.insert(agent, at: Self.now) }
    var contact = Contact(id: Samples.id(24), account: Samples.id(1), number: samplePhone, createdAt: Self.now)
    contact.fields = object
    try attempt { try $0.insert(contact, at: Self.now) }
    let lead = NewLead(number: PhoneNumber(digits: 4_930_000_000) ?? samplePhone, fields: object)
    try attempt { _ = try $0.insert([lead], into: Samples.id(2), options: LeadInsertion(), at: Self.now) }
    let row = try state.tables.lead(at: 0).id
    try attempt { _ = try $0.update(row, with: LeadChanges(fields: object), at: Self.now) }
    let order = SingleCall(account: Samples.id(1), to: samplePhone, metadata: object)
    try attempt { _ = try $0.begin(order, at: Self.now) }
    var other = contact
    other.number = PhoneNumber(digits: 4_930_000_001) ?? samplePhone
    other.id = Samples.id(25)
    try attempt { [other] in try $0.commit(.restored(.contact(other)), at: Self.now) }
    return (state.outbox.bytes, refused)
  }

  @Test func deepObjectsAreRefused() throws {
    let (log, refused) = try store(Self.nested(JSONObject.maximumStoredDepth + 1))
    #expect(refused == 9)
    var state = StoreState(seed: 2)
    try log.withUnsafeBytes { try state.replay($0) }
  }

  /// The deepest that are taken can be read again, whatever is written around them.
  @Test func deepestObjectsReadBack() throws {
    let (log, refused) = try store(Self.nested(JSONObject.maximumStoredDepth))
    #expect(refused == 0)
    var state = StoreState(seed: 2)
    try log.withUnsafeBytes { try state.replay($0) }
    let sink = GatheringSink()
    try state.tables.write(to: sink)
    var loader = SnapshotLoader()
    try sink.bytes.withUnsafeBytes { try loader.take($0) }
    #expect(loader.isComplete && loader.tables.campaigns.count == 3)
  }

  @Test(arguments: [Double.infinity, -.infinity, .nan])
  func numbersThatJSONCannotHoldAreRefused(_ number: Double) throws {
    var campaigns = Array(repeating: Samples.campaign, count: 4)
    campaigns[0].pacing.callsPerSecond = number
    campaigns[1].pacing.breaker?.failureShare = number
    campaigns[2].retries.delay = .exponential(first: .zero, factor: number, maximum: .zero)
    campaigns[3].retries.delays = [.busy: .exponential(first: .zero, factor: number, maximum: .zero)]
    for campaign in campaigns {
      var state = StoreState(seed: 3, keepsChanges: true)
      try state.insert(Samples.account, at: Self.now)
      let size = state.outbox.bytes.count
      do {
        _ = try state.insert(campaign, at: Self.now)
        Issue.record("a campaign with \(number) was taken")
      } catch {
        #expect(error.code == .invalid)
      }
      let after = state.outbox.bytes.count
      #expect(after == size)
    }
  }
}
