import CampaignKit
import JSON
import Locks

/// The way to a carrier: sends requests, and tries those again that may be tried again.
final class CarrierLine: Sendable {
  let transport: any HTTPTransport
  let clock: any EngineClock
  /// How long all tries of a request may take together.
  let patience: Duration
  /// By how much the carrier's clock is ahead of ours, from its last answer.
  private let ahead = Locked(Duration.zero)

  init(_ transport: any HTTPTransport, clock: any EngineClock, patience: Duration) {
    self.transport = transport
    self.clock = clock
    self.patience = patience
  }

  /// A moment of ours by the carrier's clock.
  func carrierTime(_ moment: Timestamp) -> Timestamp { moment + ahead.withLock { $0 } }

  /// Sends a request once.
  func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
    let response = try await transport.send(request)
    if let date = response.fields["date"].flatMap(CarrierText.moment) {
      // The date has no fractions: half a second is added to it on average.
      let difference = date + .milliseconds(500) - clock.now()
      ahead.withLock { $0 = difference }
    }
    return response
  }

  /// Makes a request that may be made again: asks, or sees to it that something is so.
  func ask(_ request: HTTPRequest) async throws(DialerError) -> HTTPResponse {
    let deadline = clock.elapsed + patience
    var failures = 0
    while true {
      let failure: DialerError
      do throws(HTTPTransportError) {
        let response = try await send(request)
        guard response.status == 429 || response.status >= 500 else { return response }
        failure = DialerError(
          response.status == 429 ? .throttled : .unavailable, "the carrier answered \(response.status)",
          retryAfter: response.retryAfter(now: clock.now()))
      } catch {
        failure = DialerError(.unavailable, error.message)
      }
      failures += 1
      let wait = Backoff.wait(afterFailure: failures, asked: failure.retryAfter)
      guard failures < Backoff.mostTries, clock.elapsed + wait < deadline, !Task.isCancelled else { throw failure }
      await clock.wait(for: wait)
    }
  }
}

extension HTTPResponse {
  /// The content as JSON, where it is.
  var json: JSONValue? {
    do throws(JSONError) { return try JSONValue(parsing: body, duplicateKeys: .lastWins) } catch { return nil }
  }

  /// How long the server wants to be left alone.
  func retryAfter(now: Timestamp) -> Duration? {
    guard let text = fields["retry-after"] else { return nil }
    if let duration = CarrierText.duration(text) { return duration }
    return CarrierText.moment(text).map { max(.zero, $0 - now) }
  }
}
