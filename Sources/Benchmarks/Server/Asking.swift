import CampaignKit
import Foundation

/// `GET` of one campaign, with a key that is looked up each time, beside the web server's bare answer of JSON.
func measureOneCampaign(_ context: Context) async throws {
  let load = try Load()
  let fixture = try await StoreFixture(LocalStore())
  var source = LeadSource()
  try await fixture.fill(100, from: &source)
  let served = try await ServedCampaigns(fixture, dialer: SimulatedCarrier())
  let (bare, barePort) = try startServer()
  let seconds = context.isQuick ? 1 : 4
  var latency = Samples()
  let rates = try await alternate(rounds: context.rounds(5)) {
    let result = try load.ask(
      port: served.port, path: "/api/campaigns/\(fixture.campaign)", seconds: seconds, field: served.proof)
    guard result.errors == 0 else { throw BareServer.Failure(description: "\(result.errors) requests were refused.") }
    latency.add(result.p99)
    return result.requestsPerSecond
  } _: {
    try load.ask(port: barePort, path: "/async", seconds: seconds).requestsPerSecond
  }
  context.report.add(
    Figure(
      name: "GET of one campaign", value: rates.value.median, unit: "1/s", limit: rates.limit.median,
      target: .ratioAtLeast(0.6),
      note: "the web server's bare JSON, wrk with 64 connections; p99 \(latency.median.short) ms; \(spread(rates))"))
  await served.stop()
  await bare.shutdown()
}

/// Statistics and pages of a campaign of a million leads, one request after the other.
func measureManyLeads(_ context: Context) async throws {
  let load = try Load()
  let count = context.scaled(1_000_000)
  let many = try await served(leads: count)
  let few = try await served(leads: 10)
  let seconds = context.isQuick ? 1 : 2
  func milliseconds(_ served: ServedCampaigns, _ path: String) throws -> Double {
    let result = try load.ask(port: served.port, path: path, seconds: seconds, connections: 1, field: served.proof)
    guard result.errors == 0, result.requestsPerSecond > 0 else {
      throw BareServer.Failure(description: "\(path) is not answered well.")
    }
    return 1000 / result.requestsPerSecond
  }
  let times = try await alternate(rounds: context.rounds(5)) {
    try milliseconds(many, "/api/campaigns/\(many.fixture.campaign)/statistics")
  } _: {
    try milliseconds(few, "/api/campaigns/\(few.fixture.campaign)/statistics")
  }
  context.report.add(
    Figure(
      name: "statistics of \(count.grouped) leads", value: times.value.median, unit: "ms", limit: times.limit.median,
      target: .ratioAtMost(1.1), note: "the same of 10 leads; over one connection; \(spread(times))"))
  for offset in [0, count / 2] {
    var samples = Samples()
    for _ in 0..<context.rounds(3) {
      samples.add(
        try milliseconds(many, "/api/leads?campaign_id=\(many.fixture.campaign)&limit=50&offset=\(offset)"))
    }
    context.report.add(
      Figure(
        name: "page of 50 leads at \(offset.grouped)", value: samples.median, unit: "ms", target: .atMost(5),
        note: "over one connection, with the total of all"))
  }
  await many.stop()
  await few.stop()
}

private func served(leads count: Int) async throws -> ServedCampaigns {
  let fixture = try await StoreFixture(LocalStore())
  var source = LeadSource()
  try await fixture.fill(count, from: &source)
  return try await ServedCampaigns(fixture, dialer: SimulatedCarrier())
}
