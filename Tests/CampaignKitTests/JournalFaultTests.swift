import CampaignKit
import CampaignTesting
import Testing

/// Errors of the device, at every operation in turn.
@Suite struct JournalFaultTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    var kind: FaultyFileSystem.Kind
    var failure: FaultyFileSystem.Failure
    var isPersistent: Bool

    var testDescription: String { "\(kind), \(failure)\(isPersistent ? " from then on" : "")" }

    static let all: [Fault] = FaultyFileSystem.Kind.allCases.flatMap { kind in
      FaultyFileSystem.Failure.allCases.flatMap { failure in
        [false, true].map { Fault(kind: kind, failure: failure, isPersistent: $0) }
      }
    }
  }

  /// After every error, what is found is what was acknowledged, and perhaps the batch that failed.
  @Test(arguments: Fault.all)
  func survives(_ fault: Fault) throws {
    let count = try run(nil).count(fault.kind)
    #expect(count > 0)
    for number in 1...max(count, 1) {
      for shortWrite in fault.kind == .write ? [0, 5, 40] : [0] {
        for crash in 0..<2 as Range<UInt64> {
          do {
            try run(fault, number: number, shortWrite: shortWrite, crash: crash)
          } catch {
            Issue.record("\(fault.kind) number \(number), short \(shortWrite), crash \(crash): \(error)")
            return
          }
        }
      }
    }
  }

  @discardableResult
  private func run(
    _ fault: Fault?, number: Int = 0, shortWrite: Int = 0, crash: UInt64 = 0
  ) throws -> FaultyFileSystem {
    let disk = LossyFileSystem()
    let faulty = FaultyFileSystem(disk)
    if let fault {
      faulty.fail(
        fault.kind, number: number, with: fault.failure, persistently: fault.isPersistent, shortWrite: shortWrite)
    }
    var driver = JournalDriver(faulty)
    let isAlive = try live(&driver, fault)
    if fault == nil, !isAlive { throw Violation("the workload fails without a fault") }

    // As the process left it, then as a loss of power would have left it.
    for isPowerLoss in [false, true] {
      var next = JournalDriver(isPowerLoss ? disk.crash(seed: crash) : disk.restart(), era: 1, model: driver.model)
      try next.open(isPowerLoss: isPowerLoss)
      try next.append(durably: true)
      try next.close()
      try next.open(isPowerLoss: false)
    }
    return faulty
  }

  /// Works, and makes up for errors as the owner of a log would. Returns false when the log had to be given up.
  private func live(_ driver: inout JournalDriver, _ fault: Fault?) throws -> Bool {
    for life in 0..<2 {
      guard try allowed({ try driver.open(isPowerLoss: false) }) else { return false }
      for step in 0..<20 {
        let isDone =
          switch step {
          case 6: try allowed { try driver.synchronize() }
          case 9, 17: try allowed { try driver.replace(lag: step == 9 ? 0 : 2, appending: 1) }
          default: try allowed { try driver.append(durably: step % 3 != 1) }
          }
        if isDone { continue }
        // A full device, once: the same call works the second time. Otherwise only a snapshot helps.
        let isRetried = try allowed { try driver.append(durably: true) }
        if fault?.failure == .noRoom, fault?.isPersistent == false, fault?.kind == .write, step != 9, step != 17,
          !isRetried
        {
          throw Violation("an append after a full device failed")
        }
        if !isRetried {
          guard try allowed({ try driver.recover() }), try allowed({ try driver.append(durably: true) }) else {
            return false
          }
        }
      }
      guard try allowed({ try driver.close() }) else { return false }
      if life == 1 { return true }
    }
    return true
  }

  /// Whether the body succeeded; errors that were injected are no surprise, all others are.
  private func allowed(_ body: () throws -> Void) throws -> Bool {
    do {
      try body()
      return true
    } catch let error as LogError where error.message.contains("injected") {
      return false
    }
  }

  /// A synchronization that failed is never tried again on the same file, and a snapshot makes the log healthy.
  @Test func takesNothingAfterAFailedSynchronization() throws {
    let disk = LossyFileSystem()
    let faulty = FaultyFileSystem(disk)
    var driver = JournalDriver(faulty)
    try driver.open(isPowerLoss: false)
    try driver.append(durably: true)
    faulty.failNext(at: .append, with: .noRoom)
    #expect(throws: LogError.self) { try driver.append(durably: true) }
    let count = faulty.count(.synchronize)
    for _ in 0..<2 {
      let error = #expect(throws: LogError.self) { try driver.log.append([1], at: 2, durably: true) }
      #expect(error?.code == .misused || error?.code == .failed)
      #expect(throws: LogError.self) { try driver.log.synchronize() }
    }
    #expect(faulty.count(.synchronize) == count)

    // A snapshot without the batch that failed would leave a hole.
    #expect(throws: LogError.self) { try driver.log.replace(before: 1) { _ in } }
    try driver.recover()
    try driver.append(durably: true)
    var next = JournalDriver(disk.crash(keeping: { _ in false }), era: 1, model: driver.model)
    try next.open(isPowerLoss: true)
    #expect(next.model.batches.count == 3)
  }

  /// A process dies after a failed synchronization; the next one finds the batch in the cache, where it counts
  /// as written. It must be written again before anybody is told that it is there.
  @Test func writesAgainWhatAnotherProcessCouldNotSynchronize() throws {
    let disk = LossyFileSystem()
    let faulty = FaultyFileSystem(disk)
    var driver = JournalDriver(faulty)
    try driver.open(isPowerLoss: false)
    try driver.append(durably: true)
    faulty.failNext(at: .append)
    #expect(throws: LogError.self) { try driver.append(durably: true) }

    let cache = disk.restart()
    var second = JournalDriver(cache, era: 1, model: driver.model)
    try second.open(isPowerLoss: false)
    #expect(second.model.batches.count == 2)
    var third = JournalDriver(cache.crash(keeping: { _ in false }), era: 2, model: second.model)
    try third.open(isPowerLoss: true)
    #expect(third.model.batches.count == 2)
  }

  /// When the snapshot's source fails, nothing has changed.
  @Test func keepsTheOldWhenWritingThrows() throws {
    let disk = LossyFileSystem()
    var driver = JournalDriver(disk)
    try driver.open(isPowerLoss: false)
    for _ in 0..<3 { try driver.append(durably: true) }
    #expect(throws: Violation.self) {
      try driver.log.replace(before: 3) { sink in
        try [1, 2, 3].withUnsafeBytes { try sink.write($0) }
        throw Violation("on purpose")
      }
    }
    try driver.append(durably: true)
    try driver.close()
    try driver.open(isPowerLoss: false)
    #expect(driver.model.batches.count == 4 && driver.model.snapshot == 0)
    #expect(try disk.list("/log").allSatisfy { !$0.hasSuffix(".part") && !$0.hasPrefix("snapshot") })
  }
}
