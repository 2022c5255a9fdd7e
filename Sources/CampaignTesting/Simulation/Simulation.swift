package import CampaignKit

/// Runs plans, and tells what came of them.
package enum Simulation {
  /// The places in which a test can take a guard away.
  package struct Seams: Sendable {
    /// Wraps the store, before any engine sees it.
    package var store: @Sendable (any CampaignStorage) -> any CampaignStorage = { $0 }
    /// Wraps the carrier of each engine.
    package var dialer: @Sendable (any Dialer) -> any Dialer = { $0 }
    /// Is told of the clock, before there is a store.
    package var began: @Sendable (any TimeSource) -> Void = { _ in }
    /// How durable a store in files is.
    package var durability = LocalStore.Durability.everyCommit

    package init() {}
  }

  /// What came of a plan.
  package struct Outcome: Sendable {
    /// The first promise that was broken.
    package var failure: SimulationFailure?
    /// What happened, a line for each thing.
    package var trace: [String] = []
    /// How many orders the carrier was given.
    package var orders = 0
    /// How much time passed.
    package var elapsed = Duration.zero
    /// How many steps it took.
    package var steps = 0
  }

  /// Runs a plan to its end, or to the first promise that is broken.
  package static func run(_ plan: SimulationPlan, seams: Seams = Seams()) async -> Outcome {
    do {
      return try await VirtualTime.run(
        start: plan.start, order: .shuffled(seed: plan.seed), maximumSteps: 6_000_000
      ) { time in
        let world = World(plan, time, seams)
        let failure: SimulationFailure?
        do {
          try await world.run()
          failure = world.observer.failure
        } catch let error as SimulationFailure {
          failure = error
        } catch {
          failure =
            world.observer.failure
            ?? SimulationFailure(promise: "the world", message: "\(error)", seed: plan.seed, at: time.elapsed)
        }
        await world.end()
        return Outcome(
          failure: failure, trace: world.trace.lines, orders: world.observer.read { $0.sequence.count },
          elapsed: time.elapsed, steps: time.steps)
      }
    } catch {
      let failure = SimulationFailure(promise: "P9", message: "\(error)", seed: plan.seed, at: .zero)
      return Outcome(failure: failure)
    }
  }

  /// Draws the plan of a seed, and runs it.
  package static func run(
    seed: UInt64, faults: SimulationPlan.Faults = .all, seams: Seams = Seams()
  ) async -> Outcome {
    await run(SimulationPlan(seed: seed, faults: faults), seams: seams)
  }
}
