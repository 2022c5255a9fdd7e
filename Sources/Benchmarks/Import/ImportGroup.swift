extension BenchmarkGroup {
  /// Lists of leads in files: reading them, and taking them into a store.
  static let imports = BenchmarkGroup(
    name: "import",
    benchmarks: [
      Benchmark("csv", measureCSV),
      Benchmark("do-not-call lists", measureSuppressions),
      Benchmark("importer", measureImporter),
      Benchmark("phones", measurePhones),
    ])
}
