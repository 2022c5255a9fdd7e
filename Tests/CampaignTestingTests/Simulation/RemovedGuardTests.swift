import CampaignKit
import CampaignTesting
import Testing

/// Each guard, once taken away, is missed by the simulation.
@Suite struct RemovedGuardTests {
  @Test(arguments: RemovedGuard.allCases) func isMissed(_ removed: RemovedGuard) async throws {
    for seed in removed.firstSeed..<removed.firstSeed + 200 {
      let outcome = await Simulation.run(seed: seed, seams: removed.seams)
      guard let failure = outcome.failure else { continue }
      #expect(removed.promises.contains(failure.promise), "\(failure)")
      return
    }
    Issue.record("200 seeds do not show that this is missing: \(removed)")
  }

  @Test func whatFailsIsMadeSmaller() async throws {
    let seams = RemovedGuard.attempts.seams
    var seed: UInt64 = 1
    var outcome = await Simulation.run(seed: seed, seams: seams)
    while outcome.failure == nil, seed < 200 {
      seed += 1
      outcome = await Simulation.run(seed: seed, seams: seams)
    }
    let plan = SimulationPlan(seed: seed, faults: .all)
    let shrunk = await Simulation.shrink(plan, outcome, seams: seams, mostTries: 60)
    #expect(shrunk.outcome.failure?.promise == "P5")
    #expect(shrunk.outcome.trace.count < outcome.trace.count)
    #expect(shrunk.plan.script.count <= plan.script.count)
    // It is found again, as it is.
    #expect(await Simulation.run(shrunk.plan, seams: seams).trace == shrunk.outcome.trace)
  }
}
