import CampaignKit

// What is compared with the store.

extension World {
  /// P7: everything that is counted, counted again.
  func recount() async throws {
    guard observer.failure == nil, !state.withLock({ $0.isOut }) else { return }
    do {
      try await Bench(promise: "P7", examining: store, seed: plan.seed).recount()
    } catch let failure as ConformanceFailure {
      observer.fail("P7", failure.message)
    }
  }

  /// P2 and P6: what was acknowledged, or placed, is there after a power cut.
  func checkWhatWasKept() async throws {
    let (orders, finished, suppressed) = observer.read { books in
      (
        books.sequence, books.acknowledged,
        books.settings.keys.compactMap { key -> (account: Int?, digits: UInt64)? in
          guard case .suppressed(let account, let digits) = key,
            books.settings[key]?.possible(from: time.elapsed, until: time.elapsed) == [1]
          else { return nil }
          return (account, digits)
        }
      )
    }
    for id in orders where try await store.call(id) == nil {
      return observer.fail("P2", "\(trace.name(id)) was placed, and the store that is found does not know it")
    }
    for id in finished where try await store.call(id)?.status.isLive ?? false {
      return observer.fail("P6", "\(trace.name(id)) was finished, and the store that is found has it as live")
    }
    for entry in suppressed {
      guard let number = PhoneNumber(digits: entry.digits) else { continue }
      let account = plan.accounts[entry.account ?? 0].account.id
      if try await store.suppression(of: number, for: account) == nil {
        return observer.fail("P6", "\(number) was put on the do-not-call list, and is not on it after a power cut")
      }
    }
  }

  func liveCalls() async throws -> [Call] {
    var live: [Call] = []
    for entry in plan.accounts {
      var query = CallQuery(account: entry.account.id)
      query.isLive = true
      live += try await store.calls(query, page: PageRequest(limit: 1000)).elements
    }
    return live
  }

  /// P8 and P9: whatever could come to its end in good weather has.
  func checkProgress() async throws {
    for (index, entry) in plan.campaigns.enumerated() where mustComplete(index) {
      guard let campaign = try await store.campaign(entry.campaign.id), campaign.status == .active else { continue }
      let counts = try await store.leadCounts(of: campaign.id)
      let explanation = try await living(0)?.engine.explain(campaign.id).text ?? "no process lives"
      return observer.fail(
        "P8",
        "\(campaign.name) is still active after \(plan.calm) of good weather, with \(counts?.waiting ?? 0) leads "
          + "that wait and \(counts?.calling ?? 0) that have a call: \(explanation)")
    }
  }

  /// Whether nothing but a fault could keep a campaign from its end.
  private func mustComplete(_ index: Int) -> Bool {
    let entry = plan.campaigns[index]
    let campaign = entry.campaign
    let account = plan.accounts[entry.account]
    guard campaign.compliance.rollingLimits.isEmpty, campaign.pacing.breaker == nil, plan.jumps.isEmpty,
      campaign.callerChoice.maximumPerDay == nil,
      campaign.agents.group == nil || account.agents.contains(where: { $0.workingHours.isEmpty })
    else { return false }
    guard plan.calm > .seconds(86_400) else { return true }
    // In days: those that may call every day, and only people whose hours meet the campaign's.
    return !campaign.compliance.keepsLegalHours && campaign.schedule.days.count == 7
  }

  /// P8, P9 and P10, once all is over.
  func checkEnd() async throws {
    guard observer.failure == nil else { return }
    if let call = try await liveCalls().first {
      return observer.fail(
        "P9", "\(trace.name(call.id)) is still live as \(call.status), though it expired at \(call.expiresAt)")
    }
    for (index, entry) in plan.accounts.enumerated() {
      let slots = try await store.slots(of: entry.account.id)
      guard slots.accountActive == 0, slots.systemActive == 0 else {
        return observer.fail("P9", "slots are taken, and there are no calls")
      }
      for other in plan.accounts.indices where other != index {
        for agent in entry.agents {
          if try await store.agent(agent.id, of: plan.accounts[other].account.id) != nil {
            return observer.fail("P10", "an account sees another one's agent")
          }
        }
        let calls = try await store.calls(CallQuery(account: entry.account.id), page: PageRequest(limit: 1000))
        if calls.elements.contains(where: { $0.account != entry.account.id }) {
          return observer.fail("P10", "an account sees another one's calls")
        }
      }
    }
    for entry in plan.campaigns {
      guard let campaign = try await store.campaign(entry.campaign.id) else { continue }
      guard Campaign.statuses.isFinal(campaign.status) else {
        return observer.fail("P8", "\(campaign.name) is \(campaign.status) at the end")
      }
      guard let counts = try await store.leadCounts(of: campaign.id), counts.open == 0 else {
        return observer.fail("P8", "\(campaign.name) is over, and has open leads")
      }
    }
    try await checkAttempts()
  }

  /// P2: each order was for a call of its own in the store, and each call that the carrier had counts as an attempt.
  private func checkAttempts() async throws {
    observer.compare(with: carrier.books)
    let orders = observer.read { books in books.sequence.compactMap { books.orders[$0] } }
    for ordered in orders {
      guard let call = try await store.call(ordered.order.id) else {
        return observer.fail("P2", "\(trace.name(ordered.order.id)) was placed, and the store does not know it")
      }
      if ordered.fate != .void, !call.isAttempt {
        return observer.fail("P2", "\(trace.name(call.id)) was made, and does not count as an attempt")
      }
    }
  }
}
