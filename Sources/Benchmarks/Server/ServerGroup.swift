extension BenchmarkGroup {
  /// Campaigns over HTTP.
  static let server = BenchmarkGroup(
    name: "server", tools: ["wrk", "curl"],
    benchmarks: [
      Benchmark("one-campaign", measureOneCampaign),
      Benchmark("many-leads", measureManyLeads),
      Benchmark("webhooks", measureWebhooks),
      Benchmark("upload", measureUpload),
    ])
}
