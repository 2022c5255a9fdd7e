import CampaignKit
import CampaignTesting
import Locks

/// A log in memory that keeps every promise, or breaks one on purpose.
final class MemoryLog: DurableLog {
  /// What it does wrong.
  enum Fault: CaseIterable {
    case readsBackwards, ignoresStart, forgetsReaderError, losesLastByte, takesAnyOrder, takesEmpty, answersUnopened
    case letsManyIn, forgetsOnClose, losesDurable, synchronizesNothing, cutsInTheMiddle
    case dropsWhatIsMeanwhile, keepsHalfSnapshot, keepsOldSnapshot, dropsAllOnReplace, takesAnySnapshot
    case handsOutDamage, hidesDamage, replacesInTwoSteps, refusesStandIn, countsNoStandIn, expectsStandIn
  }

  /// What is kept when no log is open.
  struct Kept: Sendable {
    var snapshot: (position: Int, bytes: [UInt8])?
    var batches: [Int: (bytes: [UInt8], sum: Int)] = [:]
    var end = 0
    var durable = 0
    var isOpen = false
    /// How many changes may still be made.
    var changes = Int.max
  }

  final class Place: Sendable {
    let kept: Locked<Kept>
    init(_ kept: Kept = Kept()) { self.kept = Locked(kept) }
  }

  private let place: Place
  private let fault: Fault?
  private let isOpen = Locked(false)

  init(_ place: Place, fault: Fault? = nil) {
    self.place = place
    self.fault = fault
  }

  static func sum(_ bytes: [UInt8]) -> Int { bytes.hashValue }

  private func with<Result: Sendable>(_ body: (inout Kept) throws(LogError) -> Result) throws(LogError) -> Result {
    guard isOpen.withLock({ $0 }) || fault == .answersUnopened else { throw LogError(.closed, "The log is not open.") }
    return try place.kept.withLock { kept throws(LogError) in try body(&kept) }
  }

  private func change(_ body: (inout Kept) throws(LogError) -> Void) throws(LogError) {
    try with { kept throws(LogError) in
      guard kept.changes > 0 else { throw LogError(.failed, "There is no power.") }
      kept.changes -= 1
      try body(&kept)
    }
  }

  func open() throws(LogError) -> LogContents {
    let isFree = place.kept.withLock { kept in
      defer { kept.isOpen = true }
      return !kept.isOpen
    }
    guard isFree || fault == .letsManyIn else { throw LogError(.locked, "Somebody has the log open.") }
    isOpen.withLock { $0 = true }
    return try with { kept throws(LogError) in
      if fault != .handsOutDamage {
        for position in (kept.snapshot?.position ?? 0)..<max(kept.end, kept.snapshot?.position ?? 0) {
          guard let batch = kept.batches[position], Self.sum(batch.bytes) == batch.sum else {
            if fault == .hidesDamage {
              kept.end = position
              break
            }
            kept.isOpen = false
            throw LogError(.damaged, "Batch \(position) is damaged; restore it from a backup.")
          }
          if fault == .losesLastByte, batch.bytes.count == 4096 { kept.batches[position]?.bytes[4095] = 0 }
        }
      }
      return LogContents(snapshot: kept.snapshot.map { UInt64($0.position) }, end: UInt64(kept.end))
    }
  }

  func readSnapshot(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    guard let snapshot = try with({ kept throws(LogError) in kept.snapshot }) else {
      throw LogError(.misused, "There is no snapshot.")
    }
    try snapshot.bytes.withUnsafeBytes { try body($0) }
  }

  func read(from position: UInt64, _ body: (UInt64, UnsafeRawBufferPointer) throws -> Void) throws {
    let kept = try with { kept throws(LogError) in kept }
    guard Int(position) >= kept.snapshot?.position ?? 0 else {
      throw LogError(.misused, "The snapshot stands for that batch.")
    }
    let start = fault == .ignoresStart ? kept.snapshot?.position ?? 0 : Int(position)
    var positions = Array(start..<max(start, kept.end))
    if fault == .readsBackwards { positions.reverse() }
    for position in positions {
      guard let batch = kept.batches[position] else { continue }
      do {
        try batch.bytes.withUnsafeBytes { try body(UInt64(position), $0) }
      } catch {
        guard fault == .forgetsReaderError else { throw error }
      }
    }
  }

  func append(_ batch: [UInt8], at position: UInt64, durably: Bool) throws(LogError) {
    try change { kept throws(LogError) in
      guard Int(position) == kept.end || fault == .takesAnyOrder else {
        throw LogError(.misused, "Batch \(kept.end) is next.")
      }
      guard !batch.isEmpty || fault == .takesEmpty else { throw LogError(.misused, "A batch is never empty.") }
      kept.batches[Int(position)] = (batch, Self.sum(batch))
      kept.end = Int(position) + 1
      if durably, fault != .losesDurable { kept.durable = kept.end }
    }
  }

  func synchronize() throws(LogError) {
    try change { kept throws(LogError) in if fault != .synchronizesNothing { kept.durable = kept.end } }
  }

  private final class Sink: SnapshotSink {
    var bytes: [UInt8] = []
    func write(_ bytes: UnsafeRawBufferPointer) { self.bytes += Array(bytes) }
  }

  func replace(before position: UInt64, with write: (any SnapshotSink) throws -> Void) throws {
    let before = try with { kept throws(LogError) in kept }
    let most = before.end + (fault == .refusesStandIn ? 0 : 1)
    let isPossible = (before.snapshot?.position ?? 0)...most ~= Int(clamping: position)
    if fault == .expectsStandIn, position > before.end {
      try change { kept throws(LogError) in kept.end = Int(position) }
    }
    guard isPossible || fault == .takesAnySnapshot else { throw LogError(.misused, "No such snapshot is possible.") }
    let sink = Sink()
    do {
      try write(sink)
    } catch {
      if fault == .keepsHalfSnapshot {
        try change { kept throws(LogError) in kept.snapshot = (Int(position), sink.bytes) }
      }
      throw error
    }
    if fault == .replacesInTwoSteps {
      try change { kept throws(LogError) in
        kept.snapshot = (Int(position), Array(sink.bytes.prefix(sink.bytes.count / 2)))
      }
    }
    try change { kept throws(LogError) in
      if fault != .keepsOldSnapshot || kept.snapshot == nil { kept.snapshot = (Int(position), sink.bytes) }
      kept.batches = kept.batches.filter { $0.key >= Int(position) }
      if fault == .dropsAllOnReplace { kept.batches = [:] }
      if fault == .dropsWhatIsMeanwhile { kept.end = before.end }
      if fault != .countsNoStandIn { kept.end = max(kept.end, Int(position)) }
      kept.durable = max(kept.durable, Int(position))
    }
  }

  func close() throws(LogError) {
    guard isOpen.withLock({ $0 }) else { return }
    defer {
      isOpen.withLock { $0 = false }
      place.kept.withLock { $0.isOpen = false }
    }
    try change { kept throws(LogError) in
      if fault == .forgetsOnClose { kept.end = max(kept.durable, kept.snapshot?.position ?? 0) }
      kept.durable = kept.end
    }
  }
}

/// Makes logs in memory.
struct MemoryHarness: LogHarness {
  var fault: MemoryLog.Fault?

  func makePlace() -> LogPlace { place(MemoryLog.Place()) }

  private func place(_ place: MemoryLog.Place) -> LogPlace {
    let fault = fault
    return LogPlace(
      power: LogPlace.Power(
        fail: { changes in place.kept.withLock { $0.changes = changes } },
        restore: { seed in self.place(MemoryLog.Place(Self.afterPowerLoss(place, seed, fault))) },
        kill: {
          var kept = place.kept.withLock { $0 }
          kept.isOpen = false
          kept.durable = kept.end
          return self.place(MemoryLog.Place(kept))
        }),
      damage: { seed in Self.damage(place, seed) },
      makeLog: { MemoryLog(place, fault: fault) })
  }

  private static func afterPowerLoss(_ place: MemoryLog.Place, _ seed: UInt64, _ fault: MemoryLog.Fault?)
    -> MemoryLog.Kept
  {
    var random = SeededGenerator(seed: seed)
    var kept = place.kept.withLock { $0 }
    kept.isOpen = false
    kept.changes = .max
    let survives = Int.random(in: kept.durable...max(kept.durable, kept.end), using: &random)
    if fault == .cutsInTheMiddle, kept.durable < kept.end - 1 {
      // The batch before the last is gone and the last is there.
      kept.batches[kept.end - 2] = kept.batches[kept.end - 1]
      kept.end -= 1
    } else {
      kept.end = max(survives, kept.snapshot?.position ?? 0)
    }
    kept.durable = kept.end
    return kept
  }

  private static func damage(_ place: MemoryLog.Place, _ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    place.kept.withLock { kept in
      guard let position = kept.batches.keys.sorted().randomElement(using: &random),
        let count = kept.batches[position]?.bytes.count
      else { return }
      kept.batches[position]?.bytes[Int.random(in: 0..<count, using: &random)] ^= 0x10
    }
  }
}
