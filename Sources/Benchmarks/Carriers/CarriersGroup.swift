extension BenchmarkGroup {
  /// What is exchanged with carriers.
  static let carriers = BenchmarkGroup(
    name: "carriers", benchmarks: [Benchmark("signatures", measureSignatures)])
}
