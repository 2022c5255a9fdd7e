extension BenchmarkGroup {
  /// What is exchanged with carriers.
  static let carriers = BenchmarkGroup(
    name: "carriers",
    benchmarks: [Benchmark("placements", measurePlacements), Benchmark("signatures", measureSignatures)])
}
