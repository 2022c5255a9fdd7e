import CampaignKit

// What can be seen of a store, in lines that are the same for two stores that agree.

extension Replay {
  func name(_ lead: Lead.ID?) -> String {
    lead.map { id in leads.firstIndex(of: id).map { "lead \($0)" } ?? "an unknown lead" } ?? "no lead"
  }

  func name(_ call: Call.ID?) -> String {
    call.map { id in calls.firstIndex(of: id).map { "call \($0)" } ?? "an unknown call" } ?? "no call"
  }

  func name(_ contact: Contact.ID?) -> String {
    contact.map { id in contacts.firstIndex(of: id).map { "contact \($0)" } ?? "an unknown contact" } ?? "no contact"
  }

  func name(_ agent: Agent.ID?) -> String {
    agent.map { id in agents.firstIndex(of: id).map { "agent \($0)" } ?? "an unknown agent" } ?? "no agent"
  }

  func describe(_ claim: Claim) -> String {
    let claimed = claim.calls.map { call in
      "\(name(call.call)) to \(name(call.lead)) of \(name(call.contact)) on \(call.number) attempt \(call.attempt)"
        + " from \(show(call.from)) by \(call.placeBy)"
    }
    let held = claim.heldBack.map { "\(name($0.lead)) by \(describe($0.decision))" }
    // Of several limits that leave no room, which one is named matters to nobody.
    let stop =
      switch claim.stop {
      case .systemLimit, .accountLimit, .campaignLimit, .agents, .callerNumbers: "a limit"
      default: "\(claim.stop)"
      }
    return "\(claimed), held back \(held), stop \(stop)"
  }

  func describe(_ decision: DecisionRecord?) -> String {
    guard let decision else { return "nothing" }
    return "\(decision.isDialled) \(decision.rule) \(decision.decidedAt) \(show(decision.retryAt))"
  }

  func describe(_ lead: Lead) -> String {
    // What a lead with a call will wait for is not told.
    let next =
      lead.status == .waiting ? "next \(show(lead.nextAttemptAt)) callback \(lead.isCallback)" : ""
    return """
      \(name(lead.id)) \(lead.status) \(lead.ordinal) \(lead.number) [\(lead.numberIndex)] priority \(lead.priority) \
      attempts \(lead.attempts) last \(show(lead.lastAttemptAt)) \(show(lead.lastDisposition)) \(next) \
      \(name(lead.liveCall)) \(name(lead.contact)) \
      in \(lead.locality.jurisdiction ?? "-")
      """
  }

  func describe(_ call: Call) -> String {
    """
    \(name(call.id)) \(call.status) to \(name(call.lead)) \(name(call.contact)) \(name(call.agent)) on \(call.to) \
    from \(show(call.from)) \
    attempt \(call.attempt) \(show(call.disposition)) by \(show(call.answeredBy)) created \(call.createdAt) \
    placed \(show(call.placedAt)) ringing \(show(call.ringingAt)) answered \(show(call.answeredAt)) \
    ended \(show(call.endedAt)) placeBy \(call.placeBy) expires \(call.expiresAt) talk \(show(call.talkTime)) \
    cost \(show(call.costMicros)) \(show(call.carrierReference)) \(show(call.conference)) \
    \(show(call.recording?.url)) message \(show(call.messageLeftAt)) \
    absent \(show(call.agentAbsentAt)) \
    callback \(show(call.agreedCallback.map { show($0.at) })) counts \(call.isAttempt) then \(show(call.followUp))
    """
  }

  private func show<Value>(_ value: Value?) -> String { value.map { "\($0)" } ?? "-" }

  /// Everything that can be seen, line by line.
  func state() async throws -> [String] {
    var lines: [String] = []
    let page = PageRequest(limit: 10_000)
    for account in accounts {
      let usage = try await store.slots(of: account)
      lines.append("slots \(usage)")
      for campaign in try await store.campaigns(CampaignQuery(account: account), page: page).elements.sorted(by: {
        $0.id < $1.id
      }) {
        lines.append(
          """
          campaign \(campaign.name) \(campaign.status) started \(show(campaign.startedAt)) \
          paused \(show(campaign.pausedAt)) resumed \(show(campaign.resumedAt)) ended \(show(campaign.endedAt)) \
          revision \(campaign.revision)
          """)
        lines.append("counts \(show(try await store.leadCounts(of: campaign.id)))")
        for lead in try await store.leads(LeadQuery(.campaign(campaign.id)), page: page).elements {
          lines.append(describe(lead))
        }
        let now = try await store.now()
        let queues = try await store.queues(of: campaign.id).filter { $0.waiting > 0 }.map { queue in
          let due = queue.nextDueAt.map { $0 <= now ? "now" : "\($0)" } ?? "-"
          return "queue \(queue.locality.jurisdiction ?? "-") \(queue.waiting) due \(due)"
        }
        lines += queues.sorted()
        lines.append("\(try await store.total(of: .campaign(campaign.id)))")
      }
      let calls = try await store.calls(CallQuery(account: account, isAscending: true), page: page).elements
      lines += calls.map { describe($0) }
      lines.append("\(try await store.total(of: .account(account)))")
      lines += try await store.callerNumbers(of: account, from: nil, until: nil).map { "\($0)" }
      lines += try await store.quarters(of: .account(account), from: nil, until: nil).map { "\($0)" }
      let agents = try await store.agents(AgentQuery(account: account), page: page).elements
      let activities = try await store.activity(of: agents.map(\.id))
      for agent in agents {
        let activity = activities[agent.id]
        lines.append(
          """
          \(name(agent.id)) \(agent.status) since \(agent.statusSince) now \(show(activity?.currentCalls)) \
          in all \(show(activity?.calls)) talked \(show(activity?.talkTime))
          """)
      }
      lines += try await eventLines(of: account)
    }
    return lines
  }

  /// The events on which stores must agree. How changes of many leads at once are told is up to the store.
  private func eventLines(of account: Account.ID) async throws -> [String] {
    let kinds: Set<CampaignEvent.Kind> = [
      .campaignStatusChanged, .campaignUpdated, .campaignDeleted, .leadsAdded, .callIntended, .callPlaced,
      .callRinging, .callAnswered, .callDetected, .callEnded, .callAssigned, .agentAbsent, .agentStatusChanged,
    ]
    return try await store.events(of: account, after: 0, limit: 10_000).filter { kinds.contains($0.kind) }.map {
      event in
      let campaign = event.campaign.flatMap { campaigns.firstIndex(of: $0) }
      // Of most kinds the status is clear from the kind.
      let told: Set<CampaignEvent.Kind> = [
        .campaignStatusChanged, .agentStatusChanged, .callDetected, .callEnded,
      ]
      let status = told.contains(event.kind) ? event.status : nil
      return """
        event \(event.kind) at \(event.at) campaign \(show(campaign)) \(name(event.lead)) \(name(event.call)) \
        \([.callAssigned, .agentAbsent].contains(event.kind) ? name(event.agent) : "") \(show(status)) \(show(event.count))
        """
    }
  }
}
