import CampaignKit
import CampaignTesting

// People who talk to those who answer: the campaign dials only for agents who are free, and a call that is answered is
// connected to one of them. One agent takes a break. Time is virtual.

@main struct Main {
  static func main() async throws {
    try await VirtualTime.run { time in try await call(in: time) }
  }

  static func call(in time: VirtualTime) async throws {
    let engine = time.engine()
    let storage = engine.storage

    let identifiers = IdentifierGenerator(random: SeededGenerator(seed: 2))
    let start = time.now()
    var account = Account(id: identifiers.next(at: start), name: "Acme", createdAt: start)
    account.concurrencyLimit = 10
    try await storage.insert(account)
    var names: [Agent.ID: String] = [:]
    for name in ["Ada", "Grace"] {
      var agent = Agent(
        id: identifiers.next(at: start), account: account.id, kind: .person, name: name, createdAt: start)
      agent.group = "sales"
      agent.phone = PhoneNumber(digits: 14_155_550_190 + UInt64(names.count))
      agent.status = .available
      try await storage.insert(agent)
      names[agent.id] = name
    }

    var campaign = Campaign(id: identifiers.next(at: start), account: account.id, name: "Renewals", createdAt: start)
    campaign.agents.group = "sales"
    campaign.compliance.keepsLegalHours = false
    campaign.retries.maximumAttempts = 1
    campaign = try await engine.create(campaign)
    let leads = (0..<12).compactMap { person in
      PhoneNumber(digits: 14_155_552_009 + 10 * UInt64(person)).map { NewLead(number: $0) }
    }
    _ = try await storage.insert(leads, into: campaign.id, options: LeadInsertion())
    _ = try await engine.start(campaign.id)

    async let engineRun: Void = engine.run()
    var ended = 0
    for try await event in engine.events(of: account.id, after: 0) {
      if event.kind == .callEnded { ended += 1 }
      if event.kind == .callEnded, ended == 4, let grace = names.first(where: { $0.value == "Grace" })?.key {
        _ = try await storage.setStatus(.onBreak, of: grace, in: account.id)
        print("\(minutes(event.at - start))  Grace takes a break")
      }
      if event.kind == .callEnded, let id = event.call, let call = try await storage.call(id) {
        print("\(minutes(event.at - start))  \(describe(call, names))")
      }
      if event.kind == .campaignStatusChanged, event.status == "completed" { break }
    }
    engine.stop()
    try await engineRun
    for (agent, name) in names.sorted(by: { $0.value < $1.value }) {
      let activity = try await storage.activity(of: [agent])[agent] ?? AgentActivity()
      print("\(name): \(activity.calls) calls, talked \(minutes(activity.talkTime))")
    }
  }

  static func describe(_ call: Call, _ names: [Agent.ID: String]) -> String {
    let outcome = call.disposition?.rawValue ?? ""
    guard let agent = call.agent, let name = names[agent], let talk = call.talkTime else {
      return "\(call.to): \(outcome)"
    }
    return "\(call.to): \(outcome), talked with \(name) for \(minutes(talk))"
  }

  /// Minutes and seconds.
  static func minutes(_ duration: Duration) -> String {
    let seconds = duration.components.seconds
    return "\(seconds / 60):\(seconds % 60 < 10 ? "0" : "")\(seconds % 60)"
  }
}
