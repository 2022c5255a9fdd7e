import CampaignKit

extension PlainState {
  func total(of scope: RollupScope) -> Rollup {
    rollup(of: calls.filter { isIn(scope, $0) })
  }

  func quarters(of scope: RollupScope, from: Timestamp?, until: Timestamp?) -> [QuarterRollup] {
    let own = calls.filter { isIn(scope, $0) && $0.isAttempt }
    return Set(own.map { quarter(of: $0.createdAt) }).sorted()
      .filter { quarter in
        (from.map { quarter >= self.quarter(of: $0) } ?? true) && (until.map { quarter < $0 } ?? true)
      }
      .map { quarter in
        QuarterRollup(start: quarter, rollup: rollup(of: own.filter { self.quarter(of: $0.createdAt) == quarter }))
      }
  }

  private func isIn(_ scope: RollupScope, _ call: Call) -> Bool {
    switch scope {
    case .account(let id): call.account == id
    case .campaign(let id): call.campaign == id
    case .agent(let id): call.agent == id
    }
  }

  private func quarter(of moment: Timestamp) -> Timestamp { moment.startOfQuarter }

  private func rollup(of calls: [Call]) -> Rollup { Rollup(recounting: calls) }
}

extension Timestamp {
  /// The start of the quarter of an hour that contains the moment.
  var startOfQuarter: Timestamp {
    Timestamp(milliseconds: milliseconds - (milliseconds % 900_000 + 900_000) % 900_000)
  }
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
