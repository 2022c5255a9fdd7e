import Foundation

/// Measurements of one thing.
struct Samples {
  private(set) var values: [Double] = []

  mutating func add(_ value: Double) { values.append(value) }

  var sorted: [Double] { values.sorted() }

  var median: Double { quantile(0.5) }

  var largest: Double { values.max() ?? 0 }

  func quantile(_ share: Double) -> Double {
    guard !values.isEmpty else { return 0 }
    return sorted[min(values.count - 1, Int(Double(values.count) * share))]
  }

  /// How far apart the middle half of the values is, as a share of the median.
  var spread: Double { median == 0 ? 0 : (quantile(0.75) - quantile(0.25)) / median }
}

/// Seconds that a piece of work takes.
func seconds(_ work: () async throws -> Void) async rethrows -> Double {
  let start = ContinuousClock.now
  try await work()
  return (ContinuousClock.now - start).seconds
}

/// Seconds of processor time that a piece of work takes, all threads together.
///
/// On a machine with other tenants this differs less from run to run than the time on the wall.
func processorSeconds(_ work: () async throws -> Void) async rethrows -> Double {
  let start = processorTime()
  try await work()
  return processorTime() - start
}

private func processorTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

/// Measures two things in turn, so that what disturbs the machine disturbs both. A first round of each is thrown away.
func alternate(
  rounds: Int, _ value: () async throws -> Double, _ limit: () async throws -> Double
) async rethrows -> (value: Samples, limit: Samples) {
  var values = Samples()
  var limits = Samples()
  _ = try await value()
  _ = try await limit()
  for _ in 0..<rounds {
    values.add(try await value())
    limits.add(try await limit())
  }
  return (values, limits)
}

/// Keeps the optimizer from removing what led to a value.
@inline(never)
func keep<Value>(_ value: Value) {
  withUnsafePointer(to: value) { _ in }
}
