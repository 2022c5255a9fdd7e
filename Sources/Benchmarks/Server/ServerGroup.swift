extension BenchmarkGroup {
  /// Campaigns over HTTP.
  static let server = BenchmarkGroup(
    name: "server",
    benchmarks: [
      Benchmark("one-campaign", measureOneCampaign),
      Benchmark("many-leads", measureManyLeads),
      Benchmark("webhooks", measureWebhooks),
      Benchmark("upload", measureUpload),
    ])
}
