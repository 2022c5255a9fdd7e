import CampaignKit
import Foundation
import JSON
import Testing

/// Every value of the model reads back as it was written, by our own coder and by Foundation's.
@Suite struct RoundTripTests {
  private func check<Value: Codable & Hashable>(_ values: Value...) throws {
    for value in values {
      let json = try JSONValue(encoding: value)
      #expect(try json.decode(Value.self) == value)
      #expect(try JSONValue(parsing: json.serialized()).decode(Value.self) == value)
      #expect(try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value)) == value)
      #expect(try JSONDecoder().decode(Value.self, from: Data(json.bytes)) == value)
    }
  }

  @Test func accounts() throws {
    try check(Samples.account, Account(id: Samples.id(1), name: "", createdAt: .distantPast))
    try check(
      Samples.user, User(id: Samples.id(1), account: Samples.id(2), email: "", role: .admin, createdAt: .distantPast))
    try check(
      Samples.key,
      APIKey(
        id: Samples.id(1), account: Samples.id(2), name: "", digest: "", hint: "", role: .admin,
        createdAt: .distantFuture))
  }

  @Test func agents() throws {
    try check(
      Samples.agent, Agent(id: Samples.id(1), account: Samples.id(2), kind: .person, name: "", createdAt: .distantPast))
    try check(Samples.activity, AgentActivity())
  }

  @Test func campaigns() throws {
    try check(
      Samples.campaign, Campaign(id: Samples.id(1), account: Samples.id(2), name: "", createdAt: .distantPast))
    try check(Samples.campaign.schedule, Schedule(), Schedule(days: []))
    try check(
      Samples.campaign.retries, RetryPolicy(),
      RetryPolicy(
        delay: .list([]),
        delays: Dictionary(
          uniqueKeysWithValues: Disposition.allCases.enumerated().map { ($1, .fixed(.milliseconds($0))) })))
    try check(Samples.campaign.pacing, Pacing())
    try check(Samples.campaign.compliance, Compliance())
    try check(Samples.campaign.agents, AgentAssignment())
    try check(Samples.rollingLimit)
  }

  @Test func contacts() throws {
    try check(
      Samples.contact, Contact(id: Samples.id(1), account: Samples.id(2), number: samplePhone, createdAt: .distantPast))
    try check(Samples.list)
    try check(Samples.consent, Consent(kind: "", source: "", givenAt: .distantPast))
    try check(Samples.person, Person())
  }

  @Test func leads() throws {
    var bare = Samples.lead
    bare.type = nil
    bare.subject = nil
    bare.notes = nil
    bare.fields = [:]
    bare.lastAttemptAt = nil
    bare.nextAttemptAt = nil
    bare.lastDisposition = nil
    bare.liveCall = nil
    bare.importBatch = nil
    bare.decision = nil
    bare.locality = .unknown
    bare.person = Person()
    try check(Samples.lead, bare)
    try check(Samples.newLead, NewLead(number: samplePhone))
    try check(Samples.locality, .unknown)
    try check(Samples.decision, DecisionRecord(isDialled: true, rule: "", decidedAt: .distantPast))
  }

  @Test func calls() throws {
    try check(
      Samples.call,
      Call(
        id: Samples.id(1), account: Samples.id(2), attempt: 0, to: samplePhone, createdAt: .distantPast,
        placeBy: .distantPast, expiresAt: .distantPast))
    try check(Samples.recording, Call.Recording(url: ""))
    try check(Samples.failure, Call.Failure(cause: ""))
    try check(
      CallNews.placed(carrier: "c", reference: "r", at: Samples.moment), .ringing(at: Samples.moment),
      .answered(at: Samples.moment, by: .fax), .answered(at: Samples.moment, by: nil), .detected(.screening),
      .messageLeft(at: Samples.moment), .agentAbsent(Samples.id(4), at: Samples.later), .callbackAgreed(Samples.later),
      .callbackAgreed(nil), .conference(""),
      .recording(Samples.recording), .cost(micros: .min))
    try check(
      CallEnding(.failed, next: .complete),
      CallEnding(.cancelled, next: .release(at: Samples.later), isAttempt: false),
      CallEnding(
        .busy, next: .retry(at: Samples.later, numberIndex: 2, isCallback: true), at: Samples.moment,
        duration: .milliseconds(1), talkTime: .milliseconds(2), answeredBy: .human, costMicros: .max,
        failure: Samples.failure, isAttempt: false))
  }

  @Test func theRest() throws {
    try check(Samples.batch)
    try check(Samples.event, CampaignEvent(sequence: 0, account: Samples.id(1), at: .distantPast, kind: .leadsAdded))
    for entry in Samples.suppressions { try check(entry) }
    try check(Samples.rollup, Rollup())
    try check(QuarterRollup(start: Samples.moment, rollup: Samples.rollup))
    try check(Samples.counts, LeadCounts())
    try check(Samples.reservation)
    try check(RetryDelay.fixed(.milliseconds(-1)), .list([]), .exponential(first: .zero, factor: 0.1, maximum: .zero))
    try check(
      StoreRecord.limits(system: .max, account: 0), .account(Samples.account, lastEvent: .max), .user(Samples.user),
      .key(Samples.key), .agent(Samples.agent, lastActiveAt: Samples.later),
      .agent(Samples.agent, lastActiveAt: nil), .contact(Samples.contact),
      .list(Samples.list, members: [Samples.id(6)]), .campaign(Samples.campaign, nextOrdinal: 9),
      .importBatch(Samples.batch),
      .lead(Samples.lead, ending: .suppressed), .lead(Samples.lead, ending: nil),
      .call(Samples.call, awaitsAgent: true))
  }

  @Test func everyCaseOfEveryNameReadsBack() throws {
    try Campaign.Status.allCases.forEach { try check($0) }
    try Lead.Status.allCases.forEach { try check($0) }
    try Call.Status.allCases.forEach { try check($0) }
    try Disposition.allCases.forEach { try check($0) }
    try AnsweredBy.allCases.forEach { try check($0) }
    try Agent.Status.allCases.forEach { try check($0) }
    try User.Role.allCases.forEach { try check($0) }
    try Weekday.allCases.forEach { try check([$0]) }
    try CampaignEvent.Kind.allCases.forEach { try check([$0]) }
  }

  /// A locality is the same place in whatever order its zones were written.
  @Test func localitiesAreReadInOrder() throws {
    let text = #"{"jurisdiction": "US-FL", "timeZones": ["America/New_York", "America/Chicago"]}"#
    #expect(try JSONValue(parsing: text).decode(Locality.self) == Samples.locality)
  }
}
