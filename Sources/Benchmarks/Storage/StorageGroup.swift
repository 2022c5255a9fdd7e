extension BenchmarkGroup {
  /// The store of one process, in memory and on disk.
  ///
  /// The memory comes first: what other benchmarks have freed would hide it.
  static let storage = BenchmarkGroup(
    name: "storage",
    benchmarks: [
      Benchmark("footprint", measureFootprint),
      Benchmark("do-not-call", measureDoNotCall),
      Benchmark("sizes", measureSizes),
      Benchmark("commits", measureCommits),
      Benchmark("durable-claims", measureDurableClaims),
      Benchmark("inserts", measureInserts),
      Benchmark("claims", measureClaims),
      Benchmark("queries", measureQueries),
      Benchmark("open-snapshot", measureOpeningSnapshot),
      Benchmark("open-journal", measureOpeningJournal),
      Benchmark("pauses", measureSnapshot),
      Benchmark("porting", measurePorting),
    ])
}
