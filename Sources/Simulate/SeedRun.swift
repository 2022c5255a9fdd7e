import CampaignKit
import CampaignTesting
import Foundation

/// Runs many seeds of the simulation at once, and looks for the shortest trace of one that fails.
struct SeedRun: Sendable {
  var seeds: Range<UInt64>
  var faults: SimulationPlan.Faults

  struct Tally: Sendable {
    var seeds = 0
    var orders = 0
    var steps = 0
    var elapsed = Duration.zero
    var filed = 0
    var crowded = 0
    var failed: [SimulationFailure] = []
  }

  func run() async -> Tally {
    var tally = Tally()
    await withTaskGroup(of: (UInt64, Simulation.Outcome).self) { group in
      var next = seeds.lowerBound
      func begin() {
        guard next < seeds.upperBound else { return }
        let seed = next
        next += 1
        group.addTask { (seed, await Simulation.run(seed: seed, faults: faults)) }
      }
      for _ in 0..<ProcessInfo.processInfo.activeProcessorCount { begin() }
      for await (seed, outcome) in group {
        begin()
        let plan = SimulationPlan(seed: seed, faults: faults)
        tally.seeds += 1
        tally.orders += outcome.orders
        tally.steps += outcome.steps
        tally.elapsed += outcome.elapsed
        tally.filed += plan.store == .memory ? 0 : 1
        tally.crowded += plan.processes > 1 ? 1 : 0
        if let failure = outcome.failure { tally.failed.append(failure) }
      }
    }
    return tally
  }
}
