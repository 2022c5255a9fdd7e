import CampaignKit

extension PlainState {
  func total(of scope: RollupScope) -> Rollup {
    rollup(of: calls.filter { isIn(scope, $0) })
  }

  func quarters(of scope: RollupScope, from: Timestamp?, until: Timestamp?) -> [QuarterRollup] {
    let own = calls.filter { isIn(scope, $0) && $0.isAttempt }
    return Set(own.map(\.createdAt.startOfQuarter)).sorted()
      .filter { quarter in
        (from.map { quarter >= $0.startOfQuarter } ?? true) && (until.map { quarter < $0 } ?? true)
      }
      .map { quarter in
        QuarterRollup(start: quarter, rollup: rollup(of: own.filter { $0.createdAt.startOfQuarter == quarter }))
      }
  }

  private func isIn(_ scope: RollupScope, _ call: Call) -> Bool {
    switch scope {
    case .account(let id): call.account == id
    case .campaign(let id): call.campaign == id
    case .agent(let id): call.agent == id
    }
  }

  private func rollup(of calls: [Call]) -> Rollup { Rollup(recounting: calls) }
}

extension Rollup {
  /// Counts calls one by one, leaving out those that were no attempt.
  init(recounting calls: [Call]) {
    self.init()
    for call in calls where call.isAttempt {
      countCreated(call)
      if !call.status.isLive { countEnded(call) }
    }
  }
}
