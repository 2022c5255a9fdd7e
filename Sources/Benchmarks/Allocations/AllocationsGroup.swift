import CAllocations
import CampaignKit

extension BenchmarkGroup {
  /// How often memory is asked for. The same on every machine, so that a change shows at once.
  static let allocations = BenchmarkGroup(
    name: "allocations",
    benchmarks: [
      Benchmark("allocations-claims", countClaims),
      Benchmark("allocations-calls", countCalls),
      Benchmark("allocations-import", countImport),
    ])
}

/// Adds the allocations of one of so many; nothing where they cannot be counted.
private func report(_ name: String, of count: Int, _ context: Context, work: () async throws -> Void) async throws {
  guard allocations_can_be_counted() == 1 else { return }
  allocations_begin()
  do {
    try await work()
  } catch {
    _ = allocations_end()
    throw error
  }
  let number = Double(allocations_end()) / Double(count)
  context.report.add(
    Figure(name: "allocations of \(name)", value: number, unit: Figure.allocations, note: "mean of \(count.grouped)"))
}

private func countClaims(_ context: Context) async throws {
  let fixture = try await StoreFixture(LocalStore())
  var source = LeadSource()
  try await fixture.fill(20_000, from: &source)
  let lease = try await fixture.start()
  let request = StoreFixture.request(lease, count: 100)
  func round() async throws {
    for call in try await fixture.claim(request) {
      _ = try await fixture.store.finish(call.call, CallEnding(.answered, next: .complete))
    }
  }
  for _ in 0..<10 { try await round() }
  try await report("a claim among 100, and its finish", of: 10_000, context) {
    for _ in 0..<100 { try await round() }
  }
}

private func countCalls(_ context: Context) async throws {
  let count = 20_000
  let run = try await EngineRun(LocalStore(), leads: count, concurrency: 1000)
  try await report("a call from claim to end", of: count, context) { _ = try await run.finish(marks: 1) }
}

private func countImport(_ context: Context) async throws {
  let file = try LeadFile(rows: 100_000, at: context.folder.fresh("allocations.csv"))
  let fixture = try await StoreFixture(LocalStore())
  try await report("a row of an import", of: file.rows, context) {
    _ = try await LeadImporter(fixture.store).run(.file(file.path), into: fixture.campaign)
  }
}

extension Figure {
  /// The unit of counts of allocations.
  static let allocations = "allocations"
}
