import CampaignKit
import Locks

/// Places the calls of one account: once, in time, and not too fast.
final class PlacingDesk: Sendable {
  /// What an answer to an order means.
  typealias Reading = @Sendable (HTTPResponse) -> PlacementAnswer

  /// What has become of orders.
  let book = Locked(OrderBook())
  private let line: CarrierLine
  private let pace: Locked<PlacementPace>
  private var clock: any EngineClock { line.clock }

  init(_ line: CarrierLine, _ settings: CarrierSettings) {
    self.line = line
    pace = Locked(PlacementPace(perSecond: settings.callsPerSecond, burst: settings.burst))
  }

  var callsPerSecond: Double? { pace.withLock { $0.perSecond } }

  /// Places an order that was not placed before, and returns the carrier's name for the call.
  func place(
    _ order: CallOrder, _ request: HTTPRequest, reading: @escaping Reading
  ) async throws(DialerError) -> String {
    if let reference = try Self.reference(of: book.withLock { $0.begin(order.id) }) { return reference }
    do throws(DialerError) {
      let reference = try await send(order, request, reading)
      book.withLock { _ = $0.claim(reference, for: order.id) }
      return reference
    } catch {
      let now = clock.elapsed
      book.withLock { $0.fail(order.id, isCertain: error.isCertain, at: now) }
      throw error
    }
  }

  /// The carrier's name for a call that was placed before; nil for one that was not.
  func reference(of call: Call.ID) throws(DialerError) -> String? {
    try Self.reference(of: book.withLock { $0[call] })
  }

  private static func reference(of standing: OrderBook.Standing?) throws(DialerError) -> String? {
    switch standing {
    case .placed(let reference): return reference
    case .underWay, .doubtful:
      throw DialerError(
        .uncertain, "this order was sent already, and what came of it is not known; look it up", wasHeldBack: true)
    case nil: return nil
    }
  }

  /// Sends an order until the carrier has taken or refused it, or its time is over. It is sent again only when there is
  /// no call for certain.
  private func send(
    _ order: CallOrder, _ request: HTTPRequest, _ reading: @escaping Reading
  ) async throws(DialerError) -> String {
    var request = request
    request.sendBy = order.placeBy
    let deadline = clock.elapsed + CarrierSettings.patience
    var failures = 0
    while true {
      try await waitForTurn(order, until: deadline)
      let failure: DialerError
      switch await send(request, reading: reading) {
      case .success(let reference): return reference
      case .failure(let error) where error.code == .throttled || error.code == .unavailable: failure = error
      case .failure(let error): throw error
      }
      failures += 1
      let wait = Backoff.wait(afterFailure: failures, asked: failure.retryAfter)
      guard failures < Backoff.mostTries, clock.now() + wait < order.placeBy, clock.elapsed + wait < deadline else {
        throw failure
      }
      await clock.wait(for: wait)
    }
  }

  /// Waits until the pace lets one more call start.
  private func waitForTurn(_ order: CallOrder, until deadline: Duration) async throws(DialerError) {
    let now = clock.elapsed
    let longest = min(deadline - now, order.placeBy - clock.now())
    switch pace.withLock({ $0.take(at: now, within: longest) }) {
    case .after(let wait) where wait > .zero: await clock.wait(for: wait)
    case .after: break
    case .notWithin(let wait):
      throw DialerError(
        .throttled, "calls are placed faster than the carrier takes them", retryAfter: wait, wasHeldBack: true)
    }
    if Task.isCancelled {
      throw DialerError(.unavailable, "the order was cancelled before it was sent", wasHeldBack: true)
    }
    guard clock.now() < order.placeBy else { throw Self.tooLate }
  }

  /// Sends a request for a call that waits for no turn, once.
  func sendAtOnce(_ request: HTTPRequest, reading: Reading) async -> Result<String, DialerError> {
    let now = clock.elapsed
    pace.withLock { $0.takeAtOnce(at: now) }
    return await send(request, reading: reading)
  }

  static var tooLate: DialerError {
    DialerError(.unavailable, "the time for which the order was made is over", wasHeldBack: true)
  }

  /// Sends a request for a call once. A failure of the kinds that may pass says that there is no call.
  private func send(_ request: HTTPRequest, reading: Reading) async -> Result<String, DialerError> {
    let response: HTTPResponse
    let sentAt = clock.elapsed
    do throws(HTTPTransportError) {
      response = try await line.send(request)
    } catch {
      switch error.kind {
      case .notSent: return .failure(DialerError(.unavailable, error.message))
      // It went on to the carrier in time, and did not get there.
      case .tooLate: return .failure(DialerError(.unavailable, Self.tooLate.message))
      case .uncertain: return .failure(DialerError(.uncertain, error.message))
      }
    }
    let now = clock.elapsed
    switch reading(response) {
    case .placed(let reference, let queued):
      // A call that waits with the carrier starts later than was decided, so the pace is too fast.
      let isLate = queued.map { $0 >= .seconds(1) } ?? false
      pace.withLock { pace in
        if isLate { pace.slowDown(at: now, sentAt: sentAt, resting: nil) } else { pace.goOn(at: now) }
      }
      return .success(reference)
    case .refused(var error):
      if error.retryAfter == nil { error.retryAfter = response.retryAfter(now: clock.now()) }
      if error.code == .throttled {
        pace.withLock { $0.slowDown(at: now, sentAt: sentAt, resting: error.retryAfter) }
      }
      return .failure(error)
    case .uncertain(let reason): return .failure(DialerError(.uncertain, reason))
    }
  }
}
