import CampaignKit
import CampaignTesting
import Testing

@testable import Simulate

/// A store that loses power after a chosen operation of its device.
struct StorePowerLossTrial {
  var seed: UInt64
  var durability = LocalStore.Durability.everyCommit
  /// A synchronization that the device only pretends to make.
  var ignored: SyncPoint?
  static let steps = 60
  static let snapshotEvery = 3000

  /// What one life of the store looks like, step by step, when nothing happens to it.
  struct Course {
    /// The exports: the empty store, and after each step.
    var exports: [[UInt8]] = []
    var operations = 0
    var snapshots = 0
  }

  func configuration(_ time: ManualTime) -> LocalStore.Configuration {
    var configuration = StoreSupport.configuration(time, seed: seed, snapshotEvery: Self.snapshotEvery)
    configuration.durability = durability
    return configuration
  }

  func course() async throws -> Course {
    let disk = LossyFileSystem()
    let time = ManualTime()
    let store = try StoreSupport.open(disk, configuration(time))
    var course = Course(exports: [try await StoreSupport.export(store)])
    var workload = Workload(store, seed: seed, advance: { time.advance(by: $0) }) { _ in }
    for _ in 0..<Self.steps {
      let before = store.condition.logBytes
      try await workload.step()
      if store.condition.logBytes < before { course.snapshots += 1 }
      course.exports.append(try await StoreSupport.export(store))
    }
    course.operations = disk.operations
    return course
  }

  /// Returns what is wrong with the store that is found after the power is back.
  func run(powerOff operations: Int, crash: UInt64, _ course: Course) async throws -> [String] {
    let disk = LossyFileSystem()
    disk.powerOff(after: operations)
    let time = ManualTime()
    let ledger = LedgerBox()
    var steps = 0
    let faulty = FaultyFileSystem(disk)
    if let ignored { faulty.ignore(ignored) }
    if let store = try? StoreSupport.open(faulty, configuration(time)) {
      var workload = Workload(store, seed: seed, advance: { time.advance(by: $0) }) { ledger.ledger.take($0) }
      while steps < Self.steps, disk.hasPower {
        try await workload.step()
        // Of the step in which the power went, only what it told counts.
        if store.condition.isWritable { steps += 1 }
      }
    }
    let found = try StoreSupport.open(disk.crash(seed: crash), configuration(time))
    let export = try await StoreSupport.export(found)
    let isDurable = durability == .everyCommit
    // With the step under way, or without; what was not to be durable may be gone, but only from the end.
    let candidates = isDurable ? Array(steps...min(steps + 1, Self.steps)) : Array(0...min(steps + 1, Self.steps))
    var wrong: [String] = []
    if !candidates.contains(where: { course.exports[$0] == export }) {
      let place = course.exports.firstIndex(of: export)
      wrong.append("found \(place.map { "step \($0)" } ?? "no step at all"), expected one of \(candidates)")
    }
    if isDurable { wrong += try await ledger.ledger.settle(with: found) }
    var recount = Recount(found)
    try await recount.run()
    return wrong + recount.differences
  }
}

/// A ledger that a closure can write to.
final class LedgerBox {
  var ledger = Ledger()
}

@Suite struct StorePowerLossTests {
  /// Wherever the power goes: all that was acknowledged is there, and the state is one that the store had.
  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func keepsWhatWasAcknowledged(seed: UInt64) async throws {
    let trial = StorePowerLossTrial(seed: seed)
    let course = try await trial.course()
    #expect(course.snapshots > 1, "snapshots happen meanwhile")
    for operations in 0...course.operations {
      let wrong = try await trial.run(powerOff: operations, crash: seed &* 1000 &+ UInt64(operations), course)
      if !wrong.isEmpty {
        Issue.record("seed \(seed), power lost after operation \(operations): \(wrong.prefix(5))")
        return
      }
    }
  }

  /// Without durability the last changes may be gone, and nothing but the last.
  @Test(arguments: [LocalStore.Durability.none, .interval(.seconds(1))])
  func losesOnlyTheEnd(durability: LocalStore.Durability) async throws {
    let trial = StorePowerLossTrial(seed: 9, durability: durability)
    let course = try await trial.course()
    for operations in 0...course.operations {
      for crash in 0..<2 as Range<UInt64> {
        let wrong = try await trial.run(powerOff: operations, crash: crash, course)
        if !wrong.isEmpty {
          Issue.record("power lost after operation \(operations), crash \(crash): \(wrong.prefix(5))")
          return
        }
      }
    }
  }

  /// The test would notice if changes were acknowledged before they are durable.
  @Test func noticesAMissingSynchronization() async throws {
    var trial = StorePowerLossTrial(seed: 2)
    let course = try await trial.course()
    trial.ignored = .append
    for operations in 10...course.operations {
      let wrong = try await trial.run(powerOff: operations, crash: UInt64(operations), course)
      if !wrong.isEmpty { return }
    }
    Issue.record("nothing was lost")
  }
}
