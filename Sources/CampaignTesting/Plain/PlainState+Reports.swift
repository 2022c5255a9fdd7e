import CampaignKit

extension PlainState {
  func total(of scope: RollupScope) -> Rollup {
    rollup(of: calls.filter { isIn(scope, $0) })
  }

  func hours(of scope: RollupScope, from: Timestamp?, until: Timestamp?) -> [HourlyRollup] {
    let own = calls.filter { isIn(scope, $0) && $0.isAttempt }
    return Set(own.map { hour(of: $0.createdAt) }).sorted()
      .filter { hour in
        (from.map { hour >= self.hour(of: $0) } ?? true) && (until.map { hour < $0 } ?? true)
      }
      .map { hour in
        HourlyRollup(hour: hour, rollup: rollup(of: own.filter { self.hour(of: $0.createdAt) == hour }))
      }
  }

  private func isIn(_ scope: RollupScope, _ call: Call) -> Bool {
    switch scope {
    case .account(let id): call.account == id
    case .campaign(let id): call.campaign == id
    case .agent(let id): call.agent == id
    }
  }

  private func hour(of moment: Timestamp) -> Timestamp { moment.startOfHour }

  private func rollup(of calls: [Call]) -> Rollup { Rollup(recounting: calls) }
}

extension Timestamp {
  /// The start of the hour in UTC that contains the moment.
  var startOfHour: Timestamp {
    Timestamp(milliseconds: milliseconds - (milliseconds % 3_600_000 + 3_600_000) % 3_600_000)
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
