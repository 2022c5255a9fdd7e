#if PostgreSQL
  import CampaignKit
  import CampaignPostgres
  import CampaignTesting
  import Locks
  import Testing

  /// The simulation of campaigns in virtual time, with its observer, over a real database.
  @Suite(.serialized, .enabled(if: PostgresHarness.server != nil)) struct PostgresSimulationTests {
    /// Those that last for hours; those that last for days ask the database a hundred times as much.
    private static let seeds = (1...40 as ClosedRange<UInt64>).filter { plan($0).calm <= .seconds(86_400) }.prefix(8)

    @Test(arguments: Array(seeds)) func keepsThePromises(seed: UInt64) async throws {
      let outcome = try await Self.run(Self.plan(seed))
      #expect(outcome.failure == nil, "\(outcome.trace.suffix(40).joined(separator: "\n"))")
      #expect(outcome.steps > 100)
    }

    /// What the database does takes no virtual time, so a seed that fails fails again.
    @Test func goesTheSameWayEveryTime() async throws {
      let first = try await Self.run(Self.plan(21))
      let second = try await Self.run(Self.plan(21))
      #expect(first.trace == second.trace)
      #expect(first.steps == second.steps && first.steps > 100)
    }

    /// The plan of a seed, without what befalls files: they are the database's own affair.
    private static func plan(_ seed: UInt64) -> SimulationPlan {
      var plan = SimulationPlan(seed: seed, faults: .all)
      plan.store = .memory
      return plan
    }

    private static func run(_ plan: SimulationPlan) async throws -> Simulation.Outcome {
      let clock = FollowedClock()
      let random = Locked(SeededGenerator(seed: plan.seed))
      var configuration = try PostgresHarness.configuration()
      configuration.time = clock
      configuration.hearsOthers = false
      configuration.firstEnding = { random.withLock { Int64($0.next() >> 18) } }
      let storage = try await PostgresStorage(configuration)
      let store = InStepStore(storage)
      var seams = Simulation.Seams()
      seams.began = { clock.follow($0) }
      seams.store = { _ in store }
      let outcome = await Simulation.run(plan, seams: seams)
      try await storage.close()
      return outcome
    }
  }

  /// The clock of a simulation that begins later.
  private final class FollowedClock: TimeSource {
    private let source = Locked<any TimeSource>(ManualTime())

    func follow(_ source: any TimeSource) { self.source.withLock { $0 = source } }
    func now() -> Timestamp { source.withLock { $0 }.now() }
  }
#endif
