import CampaignKit
import CampaignTesting
import Locks
import Synchronization

/// Something that must not happen to a log.
struct Violation: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) {
    self.description = description
  }
}

/// What a log must hold, kept in the simplest way: the list of all batches there ever were.
struct JournalModel {
  /// Batches that an append has taken, in order.
  var batches: [[UInt8]] = []
  /// How many of them must survive the loss of power.
  var durable = 0
  /// A batch whose append has failed, so that it may be there or not.
  var tentative: [UInt8]?
  /// How many of them the last snapshot stands for.
  var snapshot = 0
  /// Whether the log was closed in order and not touched since.
  var isClosed = false
  /// Whether the log was opened and compared in this life.
  var isChecked = false

  /// The bytes that a snapshot of the first `count` batches has.
  static func snapshot(_ batches: some Sequence<[UInt8]>) -> [UInt8] {
    batches.flatMap { [UInt8(truncatingIfNeeded: $0.count)] + $0 }
  }

  /// Compares an opened log with the model, and takes what was found as the new truth.
  ///
  /// After a loss of power, batches that were not durable may be missing.
  mutating func check(_ log: JournalLog, _ contents: LogContents, isPowerLoss: Bool) throws {
    let candidates = batches + (tentative.map { [$0] } ?? [])
    let end = Int(contents.end)
    let least = isPowerLoss ? durable : batches.count
    guard end >= least else { throw Violation("\(end) batches found, \(least) were promised") }
    guard end <= candidates.count else { throw Violation("\(end) batches found, \(candidates.count) were written") }
    if isClosed, !contents.repairs.isEmpty { throw Violation("repairs after a close: \(contents.repairs)") }

    let start = Int(contents.snapshot ?? 0)
    if contents.snapshot != nil {
      var bytes: [UInt8] = []
      try log.readSnapshot { bytes.append(contentsOf: $0) }
      guard start <= end, bytes == Self.snapshot(candidates.prefix(start)) else {
        throw Violation("the snapshot of \(start) batches has other bytes")
      }
    }
    var next = start
    try log.read(from: UInt64(start)) { position, bytes in
      guard position == UInt64(next) else { throw Violation("batch \(position) came instead of \(next)") }
      guard next < end, bytes.elementsEqual(candidates[next]) else {
        throw Violation("batch \(position) has other bytes")
      }
      next += 1
    }
    guard next == end else { throw Violation("\(next) batches were read, \(end) announced") }
    batches = Array(candidates.prefix(end))
    snapshot = start
    // What an owner has been told is there must not vanish later.
    durable = end
    tentative = nil
    isClosed = false
    isChecked = true
  }
}

/// A batch that was appended while a log was busy.
struct Meanwhile: Sendable {
  var batch: [UInt8]
  var isAppended: Bool
}

extension JournalModel {
  mutating func take(_ meanwhile: Meanwhile?) {
    guard let meanwhile else { return }
    if meanwhile.isAppended {
      batches.append(meanwhile.batch)
    } else {
      tentative = meanwhile.batch
    }
  }
}

/// A log on a file system, driven together with the model.
struct JournalDriver {
  static let folder = "/log"

  var model = JournalModel()
  let log: JournalLog
  /// Distinguishes the batches of one driver from those of another at the same position.
  let era: Int

  init(
    _ fileSystem: any FileSystem, era: Int = 0, model: JournalModel = JournalModel(), seed: UInt64 = 1,
    snapshotBlock: Int = 256
  ) {
    var configuration = Self.configuration(seed: seed &+ UInt64(era))
    configuration.snapshotBlock = snapshotBlock
    log = JournalLog(folder: Self.folder, configuration: configuration, fileSystem: fileSystem)
    self.era = era
    self.model = model
    self.model.isChecked = false
  }

  static func configuration(seed: UInt64) -> JournalLog.Configuration {
    var configuration = JournalLog.Configuration()
    configuration.preallocation = 4096
    let random = Generator(seed: seed)
    configuration.random = { random.next() }
    return configuration
  }

  /// Mostly of one length, so that an old frame may well lie where a new one ends.
  func batch(_ position: Int) -> [UInt8] {
    let count = position % 11 == 10 ? 700 : 40
    return (0..<count).map { UInt8(truncatingIfNeeded: position &* 31 &+ era &* 97 &+ $0) }
  }

  mutating func open(isPowerLoss: Bool) throws {
    let contents = try log.open()
    try model.check(log, contents, isPowerLoss: isPowerLoss)
  }

  mutating func append(durably: Bool) throws {
    let position = model.batches.count
    let batch = batch(position)
    do {
      try log.append(batch, at: UInt64(position), durably: durably)
    } catch {
      // Nothing remains of a batch that found the device full.
      if error.code != .full, error.code != .misused { model.tentative = batch }
      throw error
    }
    model.batches.append(batch)
    if durably { model.durable = model.batches.count }
  }

  mutating func synchronize() throws {
    try log.synchronize()
    model.durable = model.batches.count
  }

  /// Replaces all but the last `lag` batches, and appends more while the snapshot is written.
  ///
  /// With a file system, one more is appended while the old journal is made durable.
  mutating func replace(lag: Int, appending: Int, meanwhileOn faulty: FaultyFileSystem? = nil) throws {
    let position = max(model.snapshot, model.batches.count - lag)
    let bytes = JournalModel.snapshot(model.batches.prefix(position))
    var driver = self
    let meanwhile = Locked<Meanwhile?>(nil)
    faulty?.doMeanwhile(at: .aheadOfSwitch) { [log, batch = batch(model.batches.count), end = model.batches.count] in
      let isAppended = (try? log.append(batch, at: UInt64(end), durably: false)) != nil
      meanwhile.withLock { $0 = Meanwhile(batch: batch, isAppended: isAppended) }
    }
    defer {
      faulty?.doMeanwhile(at: .aheadOfSwitch, nil)
      driver.model.take(meanwhile.withLock { $0.take() })
      self = driver
    }
    try log.replace(before: UInt64(position)) { sink in
      driver.model.take(meanwhile.withLock { $0.take() })
      try bytes.withUnsafeBytes { try sink.write(UnsafeRawBufferPointer(rebasing: $0.prefix($0.count / 2))) }
      for _ in 0..<appending { try driver.append(durably: false) }
      try bytes.withUnsafeBytes { try sink.write(UnsafeRawBufferPointer(rebasing: $0.dropFirst($0.count / 2))) }
    }
    driver.model.snapshot = position
    // A batch that the log refused without trying; one that it tried would have had to be in the snapshot.
    driver.model.tentative = nil
    // All before the switch was made durable; how much that was is the log's business.
    driver.model.durable = max(driver.model.durable, position)
  }

  /// Brings a log that refuses appends back, by a snapshot that includes the batch that failed.
  mutating func recover() throws {
    let batches = model.batches + (model.tentative.map { [$0] } ?? [])
    let bytes = JournalModel.snapshot(batches)
    try log.replace(before: UInt64(batches.count)) { sink in try bytes.withUnsafeBytes { try sink.write($0) } }
    model.batches = batches
    model.durable = batches.count
    model.snapshot = batches.count
    model.tentative = nil
  }

  mutating func close() throws {
    try log.close()
    model.durable = model.batches.count
    model.isClosed = true
  }
}

/// A generator that can be called from a `Sendable` closure.
final class Generator: Sendable {
  private let state: Atomic<UInt64>

  init(seed: UInt64) {
    state = Atomic(seed &* 1_000_003)
  }

  func next() -> UInt64 {
    var generator = SeededGenerator(seed: state.wrappingAdd(1, ordering: .relaxed).newValue)
    return generator.next()
  }
}
