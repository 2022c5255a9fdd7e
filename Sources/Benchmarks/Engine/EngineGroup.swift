extension BenchmarkGroup {
  /// The engine, from the claim of a lead to the end of its call.
  static let engine = BenchmarkGroup(
    name: "engine",
    benchmarks: [
      Benchmark("live-calls", measureLiveCalls),
      Benchmark("throughput", measureThroughput),
      Benchmark("durable-throughput", measureDurableThroughput),
      Benchmark("reaction", measureReaction),
      Benchmark("idle", measureIdle),
      Benchmark("month", measureMonth),
    ])
}
