import JSON
import Testing

@testable import CampaignKit

@Suite struct ChangeCodingTests {
  private static let leads = LeadRecords(
    campaign: 1, batch: noRow, progress: .min, invalid: 1, duplicates: 2, suppressed: 3, count: 4, contactsCreated: 5,
    localities: [Samples.locality, .unknown], bytes: [1, 2, 3])

  private static let claim = ClaimRecord(
    campaign: 3, from: 14_155_552_671, placeBy: .max, expiresAt: .min, rule: "r", delayUntil: 1, rateUntil: -1,
    rates: [(name: "", until: .max), (name: "é", until: .min)],
    items: ClaimItems(items))

  private static let items: [ClaimItems.Item] = [
    .call(lead: 1, id: RawID(high: .max, low: 2)), .call(lead: 2, id: RawID(high: .max, low: 3)),
    .from(14_155_550_000), .held(lead: noRow, rule: "doNotCall", status: .suppressed, until: 0),
    .call(lead: 0, id: RawID(high: 7, low: .max)), .call(lead: noRow, id: RawID(high: 8, low: 0)),
    .held(lead: 3, rule: "", status: .waiting, until: .min), .call(lead: 3, id: RawID(high: 8, low: 1)),
  ]

  private static let begun = CallRecord(
    id: RawID(high: 1, low: 2), account: 0, to: 14_155_552_671, from: 0, placeBy: 1, expiresAt: 2, rates: [],
    metadata: Samples.json)

  /// Sets and dictionaries have one element each, since the order of more is not the same twice.
  private static var campaign: Campaign {
    var campaign = Samples.campaign
    campaign.schedule.days = [.monday]
    campaign.retries.delays = [.busy: .list([.zero])]
    campaign.compliance.rollingLimits[0].counting = [.expired]
    return campaign
  }

  private static var agent: Agent {
    var agent = Samples.agent
    agent.workingHours = ["monday": Samples.hours]
    return agent
  }

  private static let plain: [Change] =
    [
      .account(Samples.account), .user(Samples.user), .userDeleted(Samples.user.id), .key(Samples.key),
      .keyDeleted(Samples.key.id), .campaign(campaign),
      .transition(campaign: 1, trigger: .resume, reason: nil),
      .transition(campaign: noRow, trigger: .cancel, reason: ""), .campaignDeleted(2), .contact(Samples.contact),
      .contactDeleted(3), .list(Samples.list), .listed(list: 1, contacts: []),
      .listed(list: 1, contacts: [0, 1, noRow]), .listDeleted(4), .leads(leads), .leadChanged(5, LeadChanges()),
      .leadChanged(
        5,
        LeadChanges(
          person: Samples.person, type: .some(nil), subject: .some(""), priority: .min, fields: Samples.json,
          notes: .some("n\u{0}"), locality: Samples.locality)),
      .leadRescheduled(6, due: .min, isCallback: true), .leadEnded(7, .suppress), .leadDeleted(8),
      .leadsDeleted(campaign: 9), .agent(agent), .agentStatus(10, .onBreak), .agentDeleted(11),
      .suppressed(Samples.suppressions), .suppressed([]),
      .unsuppressed(Samples.suppressions.map(\.pattern), account: nil), .unsuppressed([], account: Samples.account.id),
      .batch(Samples.batch), .batchCompleted(12), .batchUndone(13),
      .leased(campaign: 14, owner: "me", token: .max, end: .max), .leased(campaign: 14, owner: nil, token: 0, end: 0),
      .claimed(claim), .began(begun), .assigned(call: 15, agent: 16), .annotated(17, notes: nil, metadata: nil),
      .annotated(17, notes: "", metadata: Samples.json), .limits(system: .max, account: 0),
      .reserved(Samples.reservation), .released(Samples.reservation.id),
      .restored(.call(Samples.call, awaitsAgent: true)),
      .restored(.account(Samples.account, lastEvent: 7)), .restored(.lead(Samples.lead, ending: .cancelled)),
    ]

  static let all: [Change] = plain + news.map { .news(18, $0) } + endings.map { .finished(19, $0) }

  private static let news: [CallNews] = [
    .placed(carrier: "", reference: "CA\u{0}1", at: Samples.moment), .ringing(at: Timestamp(milliseconds: -1)),
    .answered(at: Samples.moment, by: nil), .answered(at: Samples.moment, by: .unknown), .detected(.human),
    .messageLeft(at: Samples.later), .callbackAgreed(nil), .callbackAgreed(Samples.moment),
    .agentAbsent(Samples.id(4), at: Samples.moment),
    .conference("c"), .recording(Samples.recording), .recording(Call.Recording(url: "")), .cost(micros: .min),
  ]

  private static let endings: [CallEnding] =
    Disposition.allCases.map { CallEnding($0, next: .complete) } + [
      CallEnding(.failed, next: .fail, at: Samples.moment, duration: .zero, talkTime: .zero, answeredBy: .fax),
      CallEnding(.failed, next: .cancel, costMicros: .max, failure: Samples.failure, isAttempt: false),
      CallEnding(.failed, next: .suppress, failure: Call.Failure(cause: "")),
      CallEnding(.busy, next: .retry(at: Samples.later, numberIndex: .max, isCallback: true)),
    ]

  private func read(_ bytes: [UInt8]) throws(StoreError) -> (change: Change, at: Timestamp) {
    try reading(bytes) { (r) throws(StoreError) in try Change.read(&r) }
  }

  @Test func everyChangeReadsBack() throws {
    for change in Self.all {
      for now in [Samples.moment, Timestamp(milliseconds: -1)] {
        let bytes = writing { change.write(to: &$0, at: now) }
        let back = try read(bytes)
        #expect(back.at == now)
        #expect(writing { back.change.write(to: &$0, at: now) } == bytes, "\(change)")
      }
    }
  }

  /// So that a change that is added is not forgotten here.
  @Test func everyKindOfChangeIsTried() {
    let tags = Set(Self.all.compactMap { change in writing { change.write(to: &$0, at: Samples.moment) }.first })
    #expect(tags == Set(1...38))
    for tag in [0, 39, 255] as [UInt8] {
      #expect(throws: StoreError.self) { try read([tag, 0]) }
    }
  }

  @Test func everyTruncationIsDamage() {
    for change in Self.all {
      let bytes = writing { change.write(to: &$0, at: Samples.moment) }
      for length in 0..<bytes.count {
        let error = #expect(throws: StoreError.self) { try read(Array(bytes[..<length])) }
        guard error?.code == .damaged else {
          Issue.record("\(change) cut to \(length) of \(bytes.count) bytes gives \(String(describing: error))")
          break
        }
      }
    }
  }

  @Test(arguments: [61, 62, 63] as [UInt64])
  func noMutationTraps(seed: UInt64) {
    var dice = Dice(seed)
    var refused = 0
    for _ in 0..<60 {
      for change in Self.all {
        var bytes = writing { change.write(to: &$0, at: Samples.moment) }
        for _ in 0..<dice(1...3) {
          bytes[dice(0...bytes.count - 1)] =
            dice.coin() ? UInt8(truncatingIfNeeded: dice.word()) : dice.pick([0, 1, 127, 128, 255], or: 0)
        }
        do {
          let back = try read(bytes)
          _ = writing { back.change.write(to: &$0, at: back.at) }
        } catch {
          refused += 1
        }
      }
    }
    #expect(refused > 500, "seed \(seed)")
  }

  /// The parts of a record that a reader looks at alone are the same as in the whole.
  @Test func partsAreFoundInTheWhole() throws {
    let contact = writing { ContactPayload(Samples.contact).write(to: &$0) }
    let numbers = contact.withUnsafeBytes { bytes in
      Result { () throws(StoreError) in
        var reader = ByteReader(bytes)
        return try ContactPayload.furtherNumbers(inPayload: &reader)
      }
    }
    #expect(try numbers.get() == Samples.contact.furtherNumbers)
    var payload = LeadPayload()
    payload.person = Samples.person
    payload.type = ""
    payload.subject = "loan"
    payload.notes = "n"
    for subject in ["loan", "", nil] {
      payload.subject = subject
      let bytes = writing { payload.write(to: &$0) }
      let found = bytes.withUnsafeBytes { bytes in
        Result { () throws(StoreError) in
          var reader = ByteReader(bytes)
          return try LeadPayload.subject(inPayload: &reader)
        }
      }
      #expect(try found.get() == subject)
    }
  }
}
