import CampaignKit
import CampaignTesting
import Foundation

/// Runs many seeds of the simulation at once, and looks for the shortest trace of one that fails.
struct SeedRun: Sendable {
  var seeds: Range<UInt64>
  var faults: SimulationPlan.Faults

  /// What many seeds came to.
  struct Tally: Sendable {
    var seeds = 0
    var orders = 0
    var steps = 0
    var elapsed = Duration.zero
    var inFiles = 0
    var crowded = 0
    var failures: [SimulationFailure] = []

    var days: Int { Int(elapsed / .seconds(86_400)) }
  }

  func run() async -> Tally {
    var tally = Tally()
    await withTaskGroup(of: (SimulationPlan, Simulation.Outcome).self) { group in
      var next = seeds.lowerBound
      func begin() {
        guard next < seeds.upperBound else { return }
        let plan = SimulationPlan(seed: next, faults: faults)
        next += 1
        group.addTask { (plan, await Simulation.run(plan)) }
      }
      for _ in 0..<ProcessInfo.processInfo.activeProcessorCount { begin() }
      for await (plan, outcome) in group {
        begin()
        tally.seeds += 1
        tally.orders += outcome.orders
        tally.steps += outcome.steps
        tally.elapsed += outcome.elapsed
        tally.inFiles += plan.store == .memory ? 0 : 1
        tally.crowded += plan.processes > 1 ? 1 : 0
        if let failure = outcome.failure { tally.failures.append(failure) }
      }
    }
    tally.failures.sort { $0.seed < $1.seed }
    return tally
  }

  /// Prints the shortest trace that can be found of a failure.
  func explain(_ failure: SimulationFailure) async {
    let plan = SimulationPlan(seed: failure.seed, faults: faults)
    let outcome = await Simulation.run(plan)
    let shrunk = await Simulation.shrink(plan, outcome)
    print(
      """

      seed \(failure.seed), \(outcome.trace.count) lines; the shortest of \(shrunk.tries) tries has \
      \(shrunk.outcome.trace.count), with \(shrunk.plan.processes) processes on \(shrunk.plan.store):
      """)
    for line in shrunk.plan.script { print("  script \(line)") }
    for line in shrunk.outcome.trace.suffix(120) { print("  \(line)") }
    if let failure = shrunk.outcome.failure { print(failure) }
    print("again: simulate --seeds 1 --from \(failure.seed) --faults \(faults)\n")
  }
}
