import CampaignKit
import Testing

@testable import CampaignTesting

/// Makes stores with one fault.
struct BrokenHarness: StorageHarness {
  let fault: Fault

  func makeStore() async throws -> StoreUnderTest {
    let time = ManualTime()
    return StoreUnderTest(BrokenStore(PlainStore(time: time), fault), time: time)
  }
}

/// A suite that finds nothing is worth nothing: each fault must be found at the promise that names it.
@Suite struct BrokenStoreTests {
  @Test(arguments: Fault.allCases)
  func isFound(_ fault: Fault) async throws {
    let promise = try #require((StorageConformance.all + StorageConformance.clock).first { $0.name == fault.promise })
    await #expect(throws: ConformanceFailure.self) {
      try await promise.check(BrokenHarness(fault: fault))
    }
  }

  /// The random sequences alone find faults in the rules of dialling, and shorten what they found.
  @Test(arguments: [
    Fault.attemptsAboveMaximum, .retriesBeforeTheTime, .claimIgnoresDoNotCall, .ignoresRollingLimits, .forgetsMarks,
    .neverCompletes, .ordersByPriorityBackwards, .ignoresAccountLimit, .forgetsSlotAtFinish,
  ])
  func isFoundBySequences(_ fault: Fault) async throws {
    let promise = try #require(StorageConformance.sequences.first)
    let failure = await #expect(throws: ConformanceFailure.self) {
      try await promise.check(BrokenHarness(fault: fault))
    }
    let count = failure?.message.firstMatch(of: /shortened to (\d+) operations/).flatMap { Int($0.1) }
    #expect(try #require(count) < 20, "\(failure?.message ?? "")")
  }
}
