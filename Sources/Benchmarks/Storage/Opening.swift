import CampaignKit

/// Opening a store of a million leads from a snapshot.
func measureOpeningSnapshot(_ context: Context) async throws {
  let count = context.scaled(1_000_000)
  let folder = context.folder.fresh("open-snapshot")
  do {
    let fixture = try await StoreFixture(LocalStore.file(at: folder, configuration: .quick()))
    var source = LeadSource()
    try await fixture.fill(count, from: &source)
    try fixture.store.snapshot()
    try await fixture.store.close()
  }
  let result = try await alternate(rounds: context.rounds(7)) {
    try await timeToOpen(folder) * 1e3
  } _: {
    try await seconds { try BareOpening.run(folder, keys: count) } * 1e3
  }
  context.report.add(
    Figure(
      name: "open \(count.grouped) leads from a snapshot", value: result.value.median, unit: "ms",
      limit: result.limit.median, target: .ratioAtMost(2),
      note: "read the files into memory, sum them up, fill a bare index of so many keys; \(spread(result))"))
}

private func timeToOpen(_ folder: String) async throws -> Double {
  var store: LocalStore?
  let time = try await seconds { store = try LocalStore.file(at: folder, configuration: .quick(.caller)) }
  try await store?.close()
  return time
}

/// Opening a store from a journal of small changes.
func measureOpeningJournal(_ context: Context) async throws {
  let folder = context.folder.fresh("open-journal")
  let leads = context.scaled(200_000)
  var changes = 0
  do {
    let fixture = try await StoreFixture(LocalStore.file(at: folder, configuration: .quick(.caller)))
    changes = try await fixture.live(leads)
    try await fixture.store.close()
  }
  // The unit is changes in a second on both sides, so that more is better and the ratio is a share.
  let result = try await alternate(rounds: context.rounds(7)) {
    Double(changes) / (try await timeToOpen(folder))
  } _: {
    Double(changes) / (try await seconds { try BareOpening.run(folder, keys: 0) })
  }
  context.report.add(
    Figure(
      name: "changes read from a journal", value: result.value.median, unit: "1/s", limit: result.limit.median,
      target: .atLeast(2_000_000),
      note: "\(changes.grouped) changes, in turn 1 insert, 1 claim, 2 news, 1 finish; read and sum up; "
        + spread(result)))
}

extension StoreFixture {
  /// Adds leads one by one and calls each; the number of changes.
  fileprivate func live(_ leads: Int) async throws -> Int {
    var source = LeadSource()
    var request: ClaimRequest?
    let ending = CallEnding(.answered, next: .complete)
    // One lead stays ahead of the calls, so that the campaign does not complete.
    try await fill(1, from: &source)
    for index in 0..<leads {
      try await fill(1, from: &source)
      if request == nil { request = Self.request(try await start(), count: 1) }
      guard let request else { continue }
      for call in try await claim(request) {
        let now = try await store.now()
        _ = try await store.record(.placed(carrier: "carrier", reference: "C-\(index)", at: now), of: call.call)
        _ = try await store.record(.answered(at: now, by: .human), of: call.call)
        _ = try await store.finish(call.call, ending)
      }
    }
    return 5 * leads
  }
}
