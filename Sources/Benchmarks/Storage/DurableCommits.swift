import CampaignKit

/// Small durable changes, by one writer and by many.
func measureCommits(_ context: Context) async throws {
  var configuration = LocalStore.Configuration()
  configuration.snapshotEvery = 1 << 40
  let store = try LocalStore.file(at: context.folder.fresh("commits"), configuration: configuration)
  let fixture = try await StoreFixture(store)
  let writers = 64
  let calls = try await fixture.singleCalls(writers)
  let log = try BareLog(context.folder.fresh("bare-commits"))

  let commits = 200
  let size = try await bytes(of: calls[0], in: store)
  let one = try await alternate(rounds: context.rounds(21)) {
    let time = try await seconds { try await annotate(calls[0], times: commits, in: store) }
    return Double(commits) / time
  } _: {
    try await log.rate(appends: commits, of: size)
  }
  context.report.add(
    Figure(
      name: "durable commits, 1 writer", value: one.value.median, unit: "1/s", limit: one.limit.median,
      target: .ratioAtLeast(0.9),
      note: "pwrite and fdatasync of \(size) bytes, reserved file; \(spread(one))",
      peers: [Peer.sqlite.reach(context.folder.fresh("commits.sqlite"), "\(commits)")].compactMap { $0 }))

  let each = context.scaled(200)
  let group = BareGroupCommit(log)
  let many = try await alternate(rounds: context.rounds(11)) {
    let time = try await seconds {
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        for call in calls { tasks.addTask { try await annotate(call, times: each, in: store) } }
        try await tasks.waitForAll()
      }
    }
    return Double(writers * each) / time
  } _: {
    try await group.rate(threads: writers, commits: each, of: size)
  }
  context.report.add(
    Figure(
      name: "durable commits, \(writers) writers", value: many.value.median, unit: "1/s", limit: many.limit.median,
      target: .ratioAtLeast(1), note: "group commit of \(writers) blocking threads; \(spread(many))"))
  try await store.close()
}

@Sendable private func annotate(_ call: Call.ID, times: Int, in store: LocalStore) async throws {
  for turn in 0..<times {
    let notes = turn.isMultiple(of: 2) ? "asked to be called" : "is on holiday now."
    _ = try await store.annotate(call, notes: notes, metadata: nil)
  }
}

/// The bytes that one change of these takes in the journal, its frame included.
private func bytes(of call: Call.ID, in store: LocalStore) async throws -> Int {
  let before = store.condition.logBytes
  try await annotate(call, times: 1, in: store)
  return 32 + (store.condition.logBytes - before + 7) & ~7
}

/// How much the rounds differed.
func spread(_ samples: (value: Samples, limit: Samples)) -> String {
  "spread \((samples.value.spread * 100).short) % and \((samples.limit.spread * 100).short) %"
}

/// Durable claims of one, ten and a hundred calls.
func measureDurableClaims(_ context: Context) async throws {
  let rounds = context.rounds(15)
  let plan = [(batch: 1, claims: 200), (batch: 10, claims: 200), (batch: 100, claims: 100)]
  var configuration = LocalStore.Configuration()
  configuration.snapshotEvery = 1 << 40
  let store = try LocalStore.file(at: context.folder.fresh("claims"), configuration: configuration)
  let fixture = try await StoreFixture(store)
  var source = LeadSource()
  try await fixture.fill(plan.reduce(0) { $0 + $1.batch * $1.claims } * (rounds + 1), from: &source)
  let lease = try await fixture.start()
  let log = try BareLog(context.folder.fresh("bare-claims"))
  for (batch, claims) in plan {
    let request = StoreFixture.request(lease, count: batch)
    let size = 40 + 17 * batch
    let result = try await alternate(rounds: rounds) {
      let time = try await seconds { for _ in 0..<claims { _ = try await fixture.claim(request) } }
      return Double(claims) / time
    } _: {
      try await log.rate(appends: claims, of: size)
    }
    context.report.add(
      Figure(
        name: "durable claims of \(batch)", value: result.value.median, unit: "1/s", limit: result.limit.median,
        target: .ratioAtLeast(0.6),
        note: "pwrite and fdatasync of \(size) bytes, reserved file; \(spread(result))"))
  }
  try await store.close()
}
