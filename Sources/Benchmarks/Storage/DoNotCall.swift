import CampaignKit

/// Do-not-call lists: how fast they are added, what a number takes, and how long a look at one takes.
func measureDoNotCall(_ context: Context) async throws {
  for isSorted in [true, false] {
    let order = isSorted ? "in order" : "in no order"
    let store = LocalStore()
    let fixture = try await StoreFixture(store)
    let count = context.scaled(10_000_000)
    let before = ResidentMemory.trimmed()
    var time = 0.0
    for start in stride(from: 0, to: count, by: 100_000) {
      let entries = (start..<min(count, start + 100_000)).compactMap { index in
        number(index, of: count, isSorted: isSorted).map {
          Suppression(.number($0), account: fixture.account, source: "register", addedAt: .distantPast)
        }
      }
      time += try await seconds { keep(try await store.suppress(entries)) }
    }
    let each = Double(ResidentMemory.trimmed() - before) / Double(count)
    context.report.add(
      Figure(
        name: "memory of a do-not-call number, \(order)", value: each, unit: "bytes", target: .atMost(12),
        note: "\(count.grouped) numbers, resident"))
    context.report.add(
      Figure(
        name: "do-not-call numbers added, \(order)", value: Double(count) / time, unit: "1/s",
        note: "100,000 at a time"))
    let looks = 100_000
    let look = try await seconds {
      for index in 0..<looks {
        guard let number = number(index &* 7919 % count, of: count, isSorted: isSorted) else { continue }
        keep(try await store.suppression(of: number, for: fixture.account))
      }
    }
    context.report.add(
      Figure(name: "look at a do-not-call number, \(order)", value: look / Double(looks) * 1e6, unit: "us"))
  }
}

private func number(_ index: Int, of count: Int, isSorted: Bool) -> PhoneNumber? {
  // A step that has no factor in common with the range meets every number once.
  PhoneNumber(digits: 10_000_000_000 + UInt64(isSorted ? index * 7 : index &* 48_271 % 99_999_989))
}
