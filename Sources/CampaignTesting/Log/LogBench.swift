import CampaignKit
import Foundation

/// One place under test, the log that is open there, and all that was ever given to it.
final class LogBench {
  /// A snapshot that was written, and what it must read as.
  struct Written {
    var position: Int
    var bytes: [UInt8]
  }

  let promise: String
  let harness: any LogHarness
  let seed: UInt64
  private(set) var place: LogPlace?
  private var opened: (any DurableLog)?
  /// Every batch that an append has taken, from number 0 on.
  var batches: [[UInt8]] = []
  /// How many of them must survive the loss of power.
  var durable = 0
  /// A batch whose append has failed for want of power, so that it may be there or not.
  var tentative: [UInt8]?
  /// The snapshots that may be found; nil for none.
  var snapshots: [Written?] = [nil]

  init(promise: String, harness: any LogHarness, seed: UInt64) {
    self.promise = promise
    self.harness = harness
    self.seed = seed
  }

  deinit {
    try? opened?.close()
  }

  /// The log that is open.
  var log: any DurableLog {
    get throws {
      guard let opened else { throw failure("the check has no open log") }
      return opened
    }
  }

  /// A log in the place of this bench that is not open.
  func makeLog() throws -> any DurableLog {
    if let place { return try place.makeLog() }
    let fresh = try harness.makePlace()
    place = fresh
    return try fresh.makeLog()
  }

  /// Forgets the place, and begins with a fresh one.
  func startAfresh() {
    try? opened?.close()
    opened = nil
    place = nil
    batches = []
    durable = 0
    tentative = nil
    snapshots = [nil]
  }
}

// MARK: Judging

extension LogBench {
  func failure(_ message: String, file: String = #fileID, line: Int = #line) -> ConformanceFailure {
    ConformanceFailure(promise: promise, message: message, file: file, line: line, seed: seed)
  }

  func expect(_ condition: Bool, _ message: @autoclosure () -> String, file: String = #fileID, line: Int = #line) throws
  {
    if !condition { throw failure(message(), file: file, line: line) }
  }

  func equal<Value: Equatable>(
    _ seen: Value, _ expected: Value, _ what: String, file: String = #fileID, line: Int = #line
  ) throws {
    try expect(seen == expected, "\(what) should be \(expected) and is \(seen)", file: file, line: line)
  }

  /// Expects an error of a kind.
  func fails<Value>(
    _ code: LogError.Code, _ what: String, file: String = #fileID, line: Int = #line, _ body: () throws -> Value
  ) throws {
    do {
      _ = try body()
    } catch let error as LogError {
      try expect(error.code == code, "\(what) should throw \(code) and throws \(error)", file: file, line: line)
      try expect(!error.message.isEmpty, "the error of \(what) should say what to do", file: file, line: line)
      return
    }
    throw failure("\(what) should throw \(code) and succeeds", file: file, line: line)
  }
}

// MARK: Living

extension LogBench {
  /// Bytes that are told from those of any other batch.
  func bytes(_ count: Int, _ number: Int) -> [UInt8] {
    var random = SeededGenerator(seed: seed &* 0x9E37_79B9 &+ UInt64(number))
    let words = (0..<(count + 7) / 8).map { _ in random.next() }
    return words.withUnsafeBytes { Array($0.prefix(count)) }
  }

  /// Opens the place and compares all that is there with all that was given.
  func open(file: String = #fileID, line: Int = #line) throws {
    let log = try makeLog()
    let contents = try log.open()
    opened = log
    try equal(contents.repairs, [], "what was cut off", file: file, line: line)
    try equal(Int(contents.end), batches.count, "the number of the next batch", file: file, line: line)
    try compare(contents, file: file, line: line)
  }

  func close() throws {
    try log.close()
    opened = nil
    durable = batches.count
  }

  func reopen(file: String = #fileID, line: Int = #line) throws {
    try close()
    try open(file: file, line: line)
  }

  func append(_ batch: [UInt8], durably: Bool = true) throws {
    let log = try log
    do throws(LogError) {
      try log.append(batch, at: UInt64(batches.count), durably: durably)
    } catch {
      tentative = batch
      throw error
    }
    batches.append(batch)
    if durably { durable = batches.count }
  }

  /// Appends batches of these sizes.
  func append(sizes: [Int], durably: Bool = true) throws {
    for size in sizes { try append(bytes(size, batches.count), durably: durably) }
  }

  func synchronize() throws {
    try log.synchronize()
    durable = batches.count
  }

  /// Puts a snapshot in the place of batches, calling `meanwhile` when half of it is written.
  func replace(
    before position: Int, size: Int = 1000, with meanwhile: () throws -> Void = {}
  ) throws {
    let snapshot = bytes(size, position &+ 1_000_003 &* size)
    snapshots.append(Written(position: position, bytes: snapshot))
    try log.replace(before: UInt64(position)) { sink in
      try snapshot.withUnsafeBytes { try sink.write(UnsafeRawBufferPointer(rebasing: $0.prefix(size / 2))) }
      try meanwhile()
      try snapshot.withUnsafeBytes { try sink.write(UnsafeRawBufferPointer(rebasing: $0.dropFirst(size / 2))) }
    }
    snapshots = [Written(position: position, bytes: snapshot)]
    durable = max(durable, position)
  }

  /// Puts a snapshot in the place of all batches and of one more, which is not appended.
  func standIn(size: Int) throws {
    let batch = bytes(50, batches.count)
    let before = batches
    batches.append(batch)
    do {
      try replace(before: batches.count, size: size)
    } catch {
      batches = before
      tentative = batch
      throw error
    }
  }

  /// Ends the process without a close, and opens what it wrote, which must be everything.
  func die(file: String = #fileID, line: Int = #line) throws {
    guard let switches = place?.power else { throw failure("the process cannot be ended") }
    let old = opened
    place = try switches.kill()
    try? old?.close()
    let log = try makeLog()
    let contents = try log.open()
    opened = log
    try equal(Int(contents.end), batches.count, "the number of the next batch", file: file, line: line)
    durable = batches.count
    try compare(contents, file: file, line: line)
  }

  /// Takes the power away, opens what is found, and takes that for the truth.
  func losePower(seed power: UInt64, file: String = #fileID, line: Int = #line) throws {
    guard let place, let switches = place.power else { throw failure("the place cannot lose power") }
    switches.fail(0)
    let old = opened
    self.place = try switches.restore(power)
    try? old?.close()
    let log = try makeLog()
    let contents = try log.open()
    opened = log
    let candidates = batches + (tentative.map { [$0] } ?? [])
    let end = Int(contents.end)
    try expect(
      end >= durable, "\(durable) batches were durable and \(end) are found after a loss of power (\(power))",
      file: file, line: line)
    try expect(
      end <= candidates.count, "\(candidates.count) batches were appended and \(end) are found", file: file,
      line: line)
    batches = Array(candidates.prefix(end))
    tentative = nil
    // What was found must not vanish later.
    durable = end
    try compare(contents, file: file, line: line)
  }

  /// Reads everything and compares it with what was given.
  private func compare(_ contents: LogContents, file: String, line: Int) throws {
    let position = contents.snapshot.map { Int($0) }
    guard let written = snapshots.last(where: { $0?.position == position }) else {
      throw failure("a snapshot of \(position.map(String.init) ?? "no") batches is found", file: file, line: line)
    }
    if let written {
      var found: [UInt8] = []
      try log.readSnapshot { found.append(contentsOf: $0) }
      try expect(
        found == written.bytes,
        "the snapshot's \(written.bytes.count) bytes come back as \(found.count) bytes that are not all the same",
        file: file, line: line)
    }
    snapshots = [written]
    try compareBatches(from: written?.position ?? 0, file: file, line: line)
  }

  func isSame(_ bytes: UnsafeRawBufferPointer, _ expected: [UInt8]) -> Bool {
    expected.withUnsafeBytes { expected in
      guard bytes.count == expected.count, let left = bytes.baseAddress, let right = expected.baseAddress else {
        return bytes.count == expected.count
      }
      return memcmp(left, right, bytes.count) == 0
    }
  }

  /// Reads from a batch on, and compares what comes.
  func compareBatches(from start: Int, file: String = #fileID, line: Int = #line) throws {
    var next = start
    try log.read(from: UInt64(start)) { position, batch in
      try expect(Int(position) == next, "batch \(position) comes where \(next) should", file: file, line: line)
      try expect(next < batches.count, "batch \(next) was never appended", file: file, line: line)
      try expect(isSame(batch, batches[next]), "batch \(next) has other bytes", file: file, line: line)
      next += 1
    }
    try equal(next, batches.count, "the end of what is read", file: file, line: line)
  }
}
