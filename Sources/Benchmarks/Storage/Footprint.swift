import CampaignKit

/// The memory of a million leads, each with a contact of its own, and of ten thousand live calls.
func measureFootprint(_ context: Context) async throws {
  let count = context.scaled(1_000_000)
  let fixture = try await StoreFixture(LocalStore())
  var source = LeadSource()
  let before = ResidentMemory.trimmed()
  try await fixture.fill(count, from: &source)
  let untrimmed = ResidentMemory.now()
  let after = ResidentMemory.trimmed()
  let each = Double(after - before) / Double(count)
  let way = ResidentMemory.isTrimmed ? "resident, after malloc_trim" : "resident, not trimmed"
  context.report.add(
    Figure(
      name: "memory of a lead and its contact", value: each, unit: "bytes", target: .atMost(400),
      note: "\(way); untrimmed \((Double(untrimmed - before) / Double(count)).short)"))
  context.report.add(
    Figure(name: "memory of 10,000,000 leads", value: each * 1e7 / 1e9, unit: "GB", note: "extrapolated"))

  let calls = min(10_000, count / 10)
  let request = StoreFixture.request(try await fixture.start(), count: 100)
  for turn in 0..<calls / 100 {
    for (index, call) in try await fixture.claim(request).enumerated() {
      let news = CallNews.placed(carrier: "carrier", reference: "C-\(turn * 100 + index)", at: .distantFuture)
      _ = try await fixture.store.record(news, of: call.call)
    }
  }
  context.report.add(
    Figure(
      name: "memory of a live call", value: Double(ResidentMemory.trimmed() - after) / Double(calls), unit: "bytes",
      note: "\(calls) placed calls with a carrier's reference; \(way)"))
  keep(try await fixture.store.slots(of: fixture.account))
}
