import CampaignCarriers
import CampaignKit
import CampaignTesting
import Foundation

/// Orders that a dialer places with a carrier in the same process, over connections that are kept open.
func measurePlacements(_ context: Context) async throws {
  for kind in [WebCarrier.twilio, .plivo] {
    let count = context.scaled(20_000)
    let connections = 100
    var scripted = ScriptedCarrier.Configuration()
    // Nothing happens to the calls while they are measured.
    scripted.script = { _, _ in CallPlot(.noAnswer, setup: .seconds(3600)) }
    let carrier = ScriptedCarrier(kind == .plivo ? .plivo : .twilio, scripted) { _ in }
    let dialer = try placingDialer(kind, carrier, connections: connections)
    _ = try await place(connections * 10, from: 0, with: dialer, atOnce: connections)
    let before = carrier.books.connections
    var latency = Samples()
    let took = try await seconds {
      latency = try await place(count, from: connections * 10, with: dialer, atOnce: connections)
    }
    let books = carrier.books
    await carrier.stop()
    guard books.calls.count == count + connections * 10 else {
      throw Options.Failure(description: "\(count) orders made \(books.calls.count) calls.")
    }
    context.report.add(
      Figure(
        name: "placements, \(kind.rawValue)", value: Double(count) / took, unit: "1/s", target: .atLeast(1000),
        note:
          "\(count.grouped) orders, \(connections) at once; \(books.connections) connections in all, "
          + "\(books.connections - before) of them new; half within \(latency.median.short) ms, "
          + "99 of 100 within \(latency.quantile(0.99).short) ms"))
  }
}

private func placingDialer(
  _ kind: WebCarrier, _ carrier: ScriptedCarrier, connections: Int
) throws -> any Dialer {
  var sending = URLSessionTransport.Configuration()
  sending.maximumConnections = connections
  let transport = URLSessionTransport(sending)
  var settings = CarrierSettings()
  settings.defaultFrom = PhoneNumber(digits: 15_005_550_006)
  guard let publicURL = URL(string: "https://calls.example.com") else { throw URLError(.badURL) }
  let base = try carrier.start()
  if kind == .plivo {
    return PlivoDialer(
      authID: carrier.account, authToken: carrier.token, publicURL: publicURL, baseURL: base, settings: settings,
      transport: transport)
  }
  return TwilioDialer(
    account: carrier.account, credentials: .authToken(carrier.token), publicURL: publicURL, baseURL: base,
    settings: settings, transport: transport)
}

/// Places orders, so many at once, and returns how many milliseconds each took.
private func place(_ count: Int, from first: Int, with dialer: any Dialer, atOnce: Int) async throws -> Samples {
  let identifiers = IdentifierGenerator()
  let now = SystemTime().now()
  let account: Account.ID = identifiers.next(at: now)
  return try await withThrowingTaskGroup(of: [Double].self) { group in
    for lane in 0..<atOnce {
      group.addTask {
        var times: [Double] = []
        for index in stride(from: first + lane, to: first + count, by: atOnce) {
          guard let to = PhoneNumber(digits: 12_000_000_000 + UInt64(index)) else { continue }
          let order = CallOrder(
            id: identifiers.next(at: now), account: account, to: to, createdAt: now, placeBy: .distantFuture)
          let begin = ContinuousClock.now
          _ = try await dialer.place(order)
          times.append((ContinuousClock.now - begin).seconds * 1000)
        }
        return times
      }
    }
    return try await group.reduce(into: Samples()) { samples, times in
      for time in times { samples.add(time) }
    }
  }
}
