import CampaignKit

extension StorageConformance {
  static let sequences: [Promise] = [
    Promise("random sequences of operations come out as in the plain store") { bench in
      try await compareSequences(bench, count: 150, length: 72)
    }
  ]

  /// Plays random sequences in the store under test and in the plain store.
  static func compareSequences(_ bench: Bench, count: Int, length: Int) async throws {
    for index in 0..<count {
      let seed = bench.seed &* 1_000_003 &+ UInt64(index)
      let operations = Operation.sequence(seed: seed, length: length)
      guard let deviation = try await deviation(operations, bench) else { continue }
      let shortest = try await shorten(Array(operations.prefix(deviation.step + 1)), bench)
      let seen = try await Self.deviation(shortest, bench) ?? deviation
      let steps = shortest.enumerated().map { "  \($0): \($1)" }.joined(separator: "\n")
      throw ConformanceFailure(
        promise: bench.promise,
        message: "sequence \(index), shortened to \(shortest.count) operations:\n\(steps)\n\(seen.message)",
        file: #fileID, line: #line, seed: bench.seed)
    }
  }

  struct Deviation {
    var step: Int
    var message: String
  }

  /// The first step after which the two stores differ.
  private static func deviation(_ operations: [Operation], _ bench: Bench) async throws -> Deviation? {
    let tested = try await bench.makeStore()
    let time = ManualTime(try await tested.store.now())
    var seen = try await Replay(tested)
    var expected = try await Replay(StoreUnderTest(PlainStore(time: time), time: time))
    for (step, operation) in operations.enumerated() {
      let result = try await seen.play(operation)
      let model = try await expected.play(operation)
      guard result == model else {
        return Deviation(step: step, message: "step \(step) should give\n  \(model)\nand gives\n  \(result)")
      }
      guard step % 12 == 11 || step == operations.count - 1 else { continue }
      let state = try await seen.state()
      let wanted = try await expected.state()
      guard state != wanted else { continue }
      let only = wanted.filter { !state.contains($0) }.prefix(5).map { "  should be: \($0)" }
      let extra = state.filter { !wanted.contains($0) }.prefix(5).map { "  and is:    \($0)" }
      let lines = only.isEmpty && extra.isEmpty ? ["  the same in another order"] : only + extra
      return Deviation(step: step, message: "after step \(step) the state\n\(lines.joined(separator: "\n"))")
    }
    return nil
  }

  /// Leaves out operations, many at once and then fewer, as long as the stores still differ.
  private static func shorten(_ operations: [Operation], _ bench: Bench) async throws -> [Operation] {
    var shortest = operations
    var size = max(1, shortest.count / 2)
    var trials = 0
    while trials < 500 {
      var start = 0
      var isShorter = false
      while start < shortest.count, trials < 500 {
        var candidate = shortest
        candidate.removeSubrange(start..<min(start + size, candidate.count))
        trials += 1
        if !candidate.isEmpty, try await deviation(candidate, bench) != nil {
          shortest = candidate
          isShorter = true
        } else {
          start += size
        }
      }
      if size == 1, !isShorter { break }
      size = max(1, size / 2)
    }
    return shortest
  }
}
