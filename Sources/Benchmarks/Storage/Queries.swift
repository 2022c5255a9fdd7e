import CampaignKit

/// Statistics and pages of a campaign of a million leads.
func measureQueries(_ context: Context) async throws {
  let count = context.scaled(1_000_000)
  let time = SettableTime(SystemTime().now())
  var configuration = LocalStore.Configuration()
  configuration.time = time
  let fixture = try await StoreFixture(LocalStore(configuration: configuration))
  var source = LeadSource()
  source.hasPriorities = true
  source.waitingShare = 30
  source.waitingFrom = time.now() + .seconds(60 * 86_400)
  try await fixture.fill(count, from: &source)
  try await callForAMonth(fixture, time)
  try await measureStatistics(fixture, time, context)
  try await measurePages(fixture, count: count, context)
  try await measureSearch(fixture, context)
}

/// Twenty calls in each hour of thirty days, half of them tried again later.
private func callForAMonth(_ fixture: StoreFixture, _ time: SettableTime) async throws {
  let request = StoreFixture.request(try await fixture.start(), count: 20)
  for _ in 0..<30 * 24 {
    for (index, call) in try await fixture.claim(request).enumerated() {
      let retry = LeadStep.retry(
        at: time.now() + .seconds(70 * 86_400 + Int64(index)), numberIndex: 0, isCallback: false)
      let ending =
        index.isMultiple(of: 2) ? CallEnding(.answered, next: .complete) : CallEnding(.noAnswer, next: retry)
      _ = try await fixture.store.finish(call.call, ending)
    }
    time.advance(by: .seconds(3600))
  }
}

private func measureStatistics(_ fixture: StoreFixture, _ time: SettableTime, _ context: Context) async throws {
  var samples = Samples()
  var processor = Samples()
  let scope = RollupScope.campaign(fixture.campaign)
  for _ in 0..<context.rounds(21) {
    let turns = 200
    let from = time.now() - .seconds(30 * 86_400)
    let taken = try await seconds {
      let taken = try await processorSeconds {
        for _ in 0..<turns {
          keep(try await fixture.store.leadCounts(of: fixture.campaign))
          keep(try await fixture.store.total(of: scope))
          keep(try await fixture.store.quarters(of: scope, from: from, until: nil))
        }
      }
      processor.add(taken / Double(turns) * 1e6)
    }
    samples.add(taken / Double(turns) * 1e6)
  }
  let quarters = try await fixture.store.quarters(of: scope, from: nil, until: nil).count
  context.report.add(
    Figure(
      name: "statistics of a campaign", value: samples.median, unit: "us", target: .atMost(50),
      note: "counts, total and \(quarters) quarters; by processor time \(processor.median.short); "
        + "spread \((samples.spread * 100).short) %"))
}

private func measurePages(_ fixture: StoreFixture, count: Int, _ context: Context) async throws {
  for offset in [0, count / 2] {
    var worst = (time: 0.0, processor: 0.0, name: "")
    var best = Double.infinity
    for sort in LeadQuery.Sort.allCases {
      for isDescending in [false, true] {
        let query = LeadQuery(
          .campaign(fixture.campaign), statuses: [.waiting], sort: sort, isDescending: isDescending)
        let page = PageRequest(limit: 50, start: .offset(offset), countsTotal: true)
        var samples = Samples()
        var processor = Samples()
        for _ in 0..<context.rounds(7) {
          let time = try await seconds {
            let time = try await processorSeconds {
              let page = try await fixture.store.leads(query, page: page)
              guard page.elements.count == 50 else {
                throw Options.Failure(description: "A page has \(page.elements.count) leads.")
              }
            }
            processor.add(time * 1e3)
          }
          samples.add(time * 1e3)
        }
        best = min(best, samples.median)
        if samples.median > worst.time {
          worst = (samples.median, processor.median, "\(sort) \(isDescending ? "descending" : "ascending")")
        }
      }
    }
    context.report.add(
      Figure(
        name: "page of 50 at offset \(offset.grouped), worst", value: worst.time, unit: "ms", target: .atMost(5),
        note: "waiting leads with total; worst is \(worst.name), \(worst.processor.short) by processor time; "
          + "best took \(best.short) ms"))
  }
}

private func measureSearch(_ fixture: StoreFixture, _ context: Context) async throws {
  for (text, what) in [("moreau", "frequent"), ("greta.hansen.123", "rare")] {
    var samples = Samples()
    var found = 0
    for _ in 0..<context.rounds(5) {
      samples.add(
        try await seconds {
          let query = LeadQuery(.campaign(fixture.campaign), search: text)
          found = try await fixture.store.leads(query, page: PageRequest(countsTotal: true)).total ?? 0
        } * 1e3)
    }
    context.report.add(
      Figure(name: "search for a \(what) text", value: samples.median, unit: "ms", note: "\(found) found, with total"))
  }
}
