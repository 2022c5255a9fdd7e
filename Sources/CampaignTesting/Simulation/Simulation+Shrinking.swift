import CampaignKit

extension Simulation {
  /// The smallest plan that was found to break the same promise, and what happens in it.
  package struct Shrunk: Sendable {
    package var plan: SimulationPlan
    package var outcome: Outcome
    /// How many plans were tried.
    package var tries: Int
  }

  /// Takes out of a plan what is not needed to break a promise: troubles, acts, processes, campaigns, leads and the
  /// faults of the carrier.
  ///
  /// - Parameters:
  ///   - plan: A plan that fails.
  ///   - outcome: How it fails.
  ///   - seams: The guards that are taken away.
  ///   - mostTries: How many plans may be tried.
  /// - Returns: The smallest of those that break the same promise.
  package static func shrink(
    _ plan: SimulationPlan, _ outcome: Outcome, seams: Seams = Seams(), mostTries: Int = 400
  ) async -> Shrunk {
    guard let promise = outcome.failure?.promise else { return Shrunk(plan: plan, outcome: outcome, tries: 0) }
    var best = Shrunk(plan: plan, outcome: outcome, tries: 0)
    var isBetter = true
    while isBetter {
      isBetter = false
      var number = 0
      while best.tries < mostTries {
        let smaller = best.plan.reductions
        guard number < smaller.count else { break }
        best.tries += 1
        let outcome = await run(smaller[number], seams: seams)
        if outcome.failure?.promise == promise {
          // What came before in the list was needed a moment ago, and most likely still is.
          best.plan = smaller[number]
          best.outcome = outcome
          isBetter = true
        } else {
          number += 1
        }
      }
    }
    return best
  }
}

extension SimulationPlan {
  /// Plans that have a little less, those first that have much less.
  var reductions: [SimulationPlan] {
    var plans: [SimulationPlan] = []
    func add(_ change: (inout SimulationPlan) -> Void) {
      var plan = self
      change(&plan)
      plans.append(plan)
    }
    for part in Self.parts(troubles.count) { add { $0.troubles.removeSubrange(part) } }
    for part in Self.parts(acts.count) { add { $0.acts.removeSubrange(part) } }
    if carrier.faults != .none { add { $0.carrier.faults = .none } }
    if processes > 1 { add { $0.leaveOutProcesses() } }
    if store != .memory, !troubles.contains(where: { if case .powerCut = $0.event { true } else { false } }) {
      add { $0.store = .memory }
    }
    for index in campaigns.indices where !campaigns[index].leads.isEmpty {
      for part in Self.parts(campaigns[index].leads.count) { add { $0.campaigns[index].leads.removeSubrange(part) } }
    }
    return plans
  }

  /// All, each half, each quarter and so on, down to each one.
  private static func parts(_ count: Int) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var size = count
    while size > 0 {
      parts += stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
      size /= 2
    }
    return parts
  }

  private mutating func leaveOutProcesses() {
    processes -= 1
    let left = processes
    troubles.removeAll { entry in
      switch entry.event {
      case .crash(let process, _, _, _), .stop(let process, _): process >= left
      default: false
      }
    }
  }

  /// What is left of the script, a line for each.
  package var script: [String] {
    let events =
      acts.map { (at: $0.at, text: "\($0.event)") } + troubles.map { (at: $0.at, text: "trouble: \($0.event)") }
    return events.sorted { $0.at < $1.at }.map { "\($0.at): \($0.text)" }
  }
}
