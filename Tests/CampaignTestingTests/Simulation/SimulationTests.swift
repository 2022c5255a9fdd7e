import CampaignKit
import Testing

@testable import CampaignTesting

@Suite struct SimulationTests {
  /// What was seen in many seeds.
  private struct Seen: Sendable {
    var failures: [SimulationFailure] = []
    var lines: [String: Int] = [:]
    var files = 0
    var crowds: [Int: Int] = [:]
    var orders = 0
  }

  private static let marks = [
    "dies", "the power fails", "cannot", "hangs up", "not there", "connects", "agent does not come", "clockJump",
  ]

  private static func run(_ seeds: ClosedRange<UInt64>, _ faults: SimulationPlan.Faults) async -> Seen {
    await withTaskGroup(of: (SimulationPlan, Simulation.Outcome).self) { group in
      var next = seeds.lowerBound
      func begin() {
        guard next <= seeds.upperBound else { return }
        let plan = SimulationPlan(seed: next, faults: faults)
        next += 1
        group.addTask { (plan, await Simulation.run(plan)) }
      }
      for _ in 0..<3 { begin() }
      var seen = Seen()
      for await (plan, outcome) in group {
        begin()
        if let failure = outcome.failure { seen.failures.append(failure) }
        if plan.store != .memory { seen.files += 1 }
        seen.crowds[plan.processes, default: 0] += 1
        seen.orders += outcome.orders
        for line in outcome.trace {
          for mark in marks where line.contains(mark) { seen.lines[mark, default: 0] += 1 }
        }
      }
      return seen
    }
  }

  @Test func keepsAllPromisesOnBadDays() async {
    let seen = await Self.run(1...200, .all)
    for failure in seen.failures.prefix(5) { Issue.record(failure) }
    #expect(seen.failures.isEmpty)
    // What is meant to happen does happen.
    #expect(seen.files >= 50)
    #expect(seen.crowds[2, default: 0] >= 20)
    #expect(seen.crowds[3, default: 0] >= 10)
    #expect(seen.orders >= 2000)
    for mark in Self.marks {
      #expect(seen.lines[mark, default: 0] >= 20, "\(mark): \(seen.lines)")
    }
  }

  @Test func keepsAllPromisesOnGoodDays() async {
    let seen = await Self.run(1001...1030, [])
    for failure in seen.failures.prefix(5) { Issue.record(failure) }
    #expect(seen.failures.isEmpty)
    #expect(seen.lines["dies"] == nil)
  }

  @Test(arguments: [3, 17, 42, 99] as [UInt64]) func theSameSeedGivesTheSameTrace(_ seed: UInt64) async {
    let first = await Simulation.run(seed: seed)
    let second = await Simulation.run(seed: seed)
    #expect(first.trace == second.trace)
    #expect(first.steps == second.steps)
    #expect(!first.trace.isEmpty)
  }

  /// The observer's reading of hours and the library's own come to the same.
  @Test func hoursAreReadAlikeTwice() {
    var hours = OwnHours()
    for seed in 1...UInt64(60) {
      let plan = SimulationPlan(seed: seed, faults: [])
      for entry in plan.campaigns {
        let account = plan.accounts[entry.account]
        for person in account.people.prefix(3) {
          guard let library = try? CallingHours(entry.campaign, in: account.account, at: person.locality) else {
            Issue.record("the hours of seed \(seed) cannot be worked out")
            continue
          }
          for step in 0..<12 {
            let moment = plan.start + .seconds(step * 7919)
            let isOpen = hours.isOpen(entry.campaign, account.account, person.locality, at: moment)
            #expect(isOpen == library.isOpen(at: moment), "seed \(seed), \(moment)")
          }
        }
      }
    }
  }
}
