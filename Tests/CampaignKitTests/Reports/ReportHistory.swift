import CampaignTesting
import Foundation
import Testing

@testable import CampaignKit

/// A store in which calls were made at random over weeks, and what a slow recount of its records gives.
struct ReportHistory {
  let store: LocalStore
  let time: ManualTime
  let account: Account
  let campaigns: [Campaign.ID]
  let agents: [Agent.ID]
  private(set) var calls: [Call] = []

  var reports: CampaignReports { CampaignReports(store) }

  /// Makes some 400 calls in three weeks, in the course of which the clocks of America go back.
  init(seed: UInt64, timeZone: String, campaignZone: String? = nil) async throws {
    var dice = Dice(seed)
    time = ManualTime(try #require(Timestamp("2026-10-19T03:10:00Z")))
    var configuration = LocalStore.Configuration()
    configuration.time = time
    configuration.identifiers = IdentifierGenerator(random: SeededGenerator(seed: seed))
    store = LocalStore(configuration: configuration)
    var account = Account(id: dice.id(), name: "A", createdAt: time.now())
    account.timeZone = timeZone
    account.concurrencyLimit = 30
    try await store.insert(account)
    try await store.setSystemLimit(40)
    self.account = account
    var campaigns: [Campaign.ID] = []
    var leases: [CampaignLease] = []
    for index in 0..<3 {
      var campaign = Campaign(id: dice.id(), account: account.id, name: "C\(index)", createdAt: time.now())
      campaign.schedule.timeZone = campaignZone
      campaign.retries.maximumAttempts = 3
      campaigns.append(try await store.insert(campaign).id)
      let leads = (0..<90).map { _ in NewLead(number: dice.number(), person: Person(), locality: .unknown) }
      _ = try await store.insert(leads, into: campaign.id, options: LeadInsertion())
      _ = try await store.transition(campaign.id, on: .start, reason: nil)
      leases.append(try await store.acquire(campaign.id, by: "me", lasting: .seconds(9_000_000)))
    }
    self.campaigns = campaigns
    var agents: [Agent.ID] = []
    for index in 0..<2 {
      var agent = Agent(id: dice.id(), account: account.id, kind: .person, name: "P\(index)", createdAt: time.now())
      agent.status = index == 0 ? .available : .onBreak
      agent.maximumConcurrentCalls = 9
      try await store.insert(agent)
      agents.append(agent.id)
    }
    self.agents = agents
    var live: [Call.ID] = []
    for _ in 0..<420 {
      time.advance(by: .seconds(dice(0...8000)))
      if dice(0...9) == 0, let call = try? await store.begin(SingleCall(account: account.id, to: dice.number())) {
        live.append(call.id)
      } else if live.count < 8 {
        let open = [OpenLocality(.unknown, until: .distantFuture)]
        let request = ClaimRequest(lease: dice.pick(leases, or: leases[0]), count: dice(1...3), open: open)
        live += try await store.claim(request).calls.map(\.call)
      }
      while !live.isEmpty, dice(0...4) > 0 || live.count > 7 {
        try await end(live.remove(at: dice(0...(live.count - 1))), &dice)
      }
    }
    var request = PageRequest(limit: 100)
    while true {
      let page = try await store.calls(CallQuery(account: account.id), page: request)
      calls += page.elements
      guard let next = page.next else { break }
      request.start = .cursor(next)
    }
  }

  private func end(_ call: Call.ID, _ dice: inout Dice) async throws {
    let isAttempt = dice(0...19) > 0
    if isAttempt {
      let news = CallNews.placed(carrier: "t", reference: call.description, at: time.now())
      _ = try await store.record(news, of: call)
    }
    if isAttempt, dice.coin() {
      time.advance(by: .milliseconds(dice(1...20_000)))
      let by = dice.coin() ? AnsweredBy.human : dice.pick(AnsweredBy.allCases, or: .fax)
      _ = try await store.record(.answered(at: time.now(), by: by), of: call)
      if dice.coin() { _ = try await store.assign(call, to: agents) }
      time.advance(by: .seconds(dice(1...300)))
    }
    let steps: [LeadStep] = [
      .complete, .fail, .suppress, .retry(at: time.now() + .seconds(dice(0...90_000))),
      .retry(at: time.now() + .seconds(600), isCallback: true),
    ]
    let ending = CallEnding(
      dice.pick(Disposition.allCases, or: .busy), next: dice.pick(steps, or: .fail),
      duration: dice.coin() ? .milliseconds(dice(0...300_000)) : nil,
      costMicros: dice.coin() ? Int64(dice(0...90_000)) : nil, isAttempt: isAttempt)
    _ = try await store.finish(call, ending)
  }

  // MARK: Recounting

  /// The calls that count, of some.
  func attempts(
    campaign: Campaign.ID? = nil, agent: Agent.ID? = nil, from: Timestamp? = nil, until: Timestamp? = nil
  ) -> [Call] {
    calls.filter { call in
      call.isAttempt && (campaign == nil || call.campaign == campaign) && (agent == nil || call.agent == agent)
        && call.createdAt >= from ?? .distantPast && call.createdAt < until ?? .distantFuture
    }
  }

  /// Everything that is counted of some calls, in plain words.
  static func recount(_ calls: [Call]) -> [String: Double] {
    let ended = calls.filter { $0.status == .ended }
    func share(_ calls: [Call]) -> Double {
      ended.isEmpty ? 0 : (10_000 * Double(calls.count) / Double(ended.count)).rounded() / 100
    }
    func mean(_ durations: [Duration], over count: Int) -> Double {
      count == 0 ? 0 : durations.reduce(Duration.zero, +) / Duration.milliseconds(1) / Double(count)
    }
    let reached = ended.filter { $0.disposition == .answered || $0.disposition == .voicemail }
    let people = ended.filter { $0.disposition == .answered }
    let answered = ended.filter { $0.answeredAt != nil }
    let faults = ended.filter { $0.disposition == .failed || $0.disposition == .expired || $0.disposition == .unknown }
    let waits = answered.compactMap { call in call.answeredAt.map { $0 - (call.placedAt ?? call.createdAt) } }
    var counted: [String: Double] = [:]
    counted["created"] = Double(calls.count)
    counted["ended"] = Double(ended.count)
    counted["live"] = Double(calls.count - ended.count)
    counted["reached"] = Double(reached.count)
    counted["failed"] = Double(ended.count - reached.count)
    counted["people"] = Double(people.count)
    counted["success"] = share(reached)
    counted["conversion"] = share(people)
    counted["error"] = share(faults)
    counted["duration"] = mean(ended.compactMap(\.duration), over: ended.count { $0.duration != nil })
    counted["talk"] = mean(ended.compactMap(\.talkTime), over: answered.count)
    counted["wait"] = mean(waits, over: answered.count)
    counted["cost"] = Double(ended.compactMap(\.costMicros).reduce(0, +))
    let final: Set<Call.FollowUp> = [.completed, .failed, .cancelled, .suppressed]
    counted["done"] = Double(ended.compactMap(\.followUp).count { final.contains($0) })
    counted["callbacks"] = Double(ended.count { $0.followUp == .callback })
    for disposition in Disposition.allCases {
      counted[disposition.rawValue + "!"] = Double(ended.count { $0.disposition == disposition })
    }
    return counted
  }

  /// The same of a roll-up.
  static func figures(_ rollup: Rollup) -> [String: Double] {
    var figures: [String: Double] = [:]
    figures["created"] = Double(rollup.created)
    figures["ended"] = Double(rollup.endedCalls)
    figures["live"] = Double(rollup.liveCalls)
    figures["reached"] = Double(rollup.reached)
    figures["failed"] = Double(rollup.failed)
    figures["people"] = Double(rollup.answeredByPerson)
    figures["success"] = rollup.successRate
    figures["conversion"] = rollup.conversionRate
    figures["error"] = rollup.errorRate
    figures["duration"] = rollup.averageDuration / Duration.milliseconds(1)
    figures["talk"] = rollup.averageTalkTime / Duration.milliseconds(1)
    figures["wait"] = rollup.averageWaitTime / Duration.milliseconds(1)
    figures["cost"] = Double(rollup.costMicros)
    figures["done"] = Double(rollup.leadsDone)
    figures["callbacks"] = Double(rollup.callbacks)
    for disposition in Disposition.allCases { figures[disposition.rawValue + "!"] = Double(rollup[disposition]) }
    return figures
  }

  /// Compares a roll-up with a recount.
  static func compare(
    _ rollup: Rollup, _ calls: [Call], _ what: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let counted = recount(calls)
    for (name, figure) in figures(rollup).sorted(by: { $0.key < $1.key }) {
      let expected = counted[name] ?? .nan
      #expect(
        abs(figure - expected) < 0.000_001 * max(1, abs(expected)), "\(what): \(name) is \(figure), not \(expected)",
        sourceLocation: sourceLocation)
    }
  }

  /// The local date and hour at a moment, as Foundation tells them.
  static func local(_ moment: Timestamp, in zone: String) throws -> (date: String, hour: Int, weekday: Int) {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(identifier: zone))
    let date = Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000)
    let parts = calendar.dateComponents([.year, .month, .day, .hour, .weekday], from: date)
    let text = String(format: "%04d-%02d-%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
    return (text, parts.hour ?? -1, (parts.weekday ?? 0) - 1)
  }
}
