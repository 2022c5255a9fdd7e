import CampaignKit
import Locks

/// What every dialer over HTTP does, whatever its carrier: places calls once, in time and not too fast, ends them, and
/// finds them again.
final class CarrierDesk<API: CarrierAPI>: Sendable {
  private let api: API
  private let line: CarrierLine
  private let settings: CarrierSettings
  private let clock: any EngineClock
  private let pace: Locked<PlacementPace>
  private let book = Locked(OrderBook())

  init(_ api: API, settings: CarrierSettings, transport: (any HTTPTransport)?, clock: any EngineClock) {
    self.api = api
    self.settings = settings
    self.clock = clock
    line = CarrierLine(transport ?? Self.transport(settings, clock), clock: clock, patience: CarrierSettings.patience)
    pace = Locked(PlacementPace(perSecond: settings.callsPerSecond, burst: settings.burst))
  }

  private static func transport(_ settings: CarrierSettings, _ clock: any EngineClock) -> URLSessionTransport {
    var configuration = URLSessionTransport.Configuration()
    configuration.timeout = settings.requestTimeout
    return URLSessionTransport(configuration, clock: clock)
  }

  var capabilities: DialerCapabilities {
    DialerCapabilities(
      callsPerSecond: settings.callsPerSecond, burst: settings.burst, detectsMachines: true,
      longestRequest: settings.longestRequest)
  }

  var callsPerSecond: Double? { pace.withLock { $0.perSecond } }

  // MARK: Placing

  func place(_ order: CallOrder) async throws(DialerError) -> String {
    guard let from = order.from ?? settings.defaultFrom else {
      throw DialerError(.invalidOrder, "the order has no caller number, and no default is set")
    }
    switch book.withLock({ $0.begin(order.id) }) {
    case .placed(let reference): return reference
    case .underWay, .doubtful:
      throw DialerError(.uncertain, "this order was sent already, and what came of it is not known; look it up")
    case nil: break
    }
    do throws(DialerError) {
      let reference = try await send(order, api.placing(order, from: from))
      book.withLock { _ = $0.claim(reference, for: order.id) }
      return reference
    } catch {
      book.withLock { $0.fail(order.id, isCertain: error.isCertain) }
      throw error
    }
  }

  /// Sends an order until the carrier has taken or refused it, or its time is over. It is sent again only when there is
  /// no call for certain.
  private func send(_ order: CallOrder, _ request: HTTPRequest) async throws(DialerError) -> String {
    var request = request
    request.sendBy = order.placeBy
    let deadline = clock.elapsed + CarrierSettings.patience
    var failures = 0
    while true {
      try await waitForTurn(order, until: deadline)
      let failure: DialerError
      switch await answer(to: request) {
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
      throw DialerError(.throttled, "calls are placed faster than the carrier takes them", retryAfter: wait)
    }
    if Task.isCancelled { throw DialerError(.unavailable, "the order was cancelled before it was sent") }
    guard clock.now() < order.placeBy else { throw Self.tooLate }
  }

  private static var tooLate: DialerError { DialerError(.unavailable, "the time for which the order was made is over") }

  /// Sends an order once. A failure of the kinds that may pass says that there is no call.
  private func answer(to request: HTTPRequest) async -> Result<String, DialerError> {
    let response: HTTPResponse
    let sentAt = clock.elapsed
    do throws(HTTPTransportError) {
      response = try await line.send(request)
    } catch {
      switch error.kind {
      case .notSent: return .failure(DialerError(.unavailable, error.message))
      case .tooLate: return .failure(Self.tooLate)
      case .uncertain: return .failure(DialerError(.uncertain, error.message))
      }
    }
    let now = clock.elapsed
    switch api.placement(response) {
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

  // MARK: Following

  func hangUp(_ call: CallReference) async throws(DialerError) {
    guard let reference = try await name(of: call) else { return }
    try await api.hangUp(reference, line)
  }

  func redirect(_ call: CallReference, to address: String) async throws(DialerError) {
    guard let reference = try await name(of: call) else { return }
    try await api.redirect(reference, to: address, line)
  }

  /// The carrier's name of a call; nil if the carrier does not have the call.
  private func name(of call: CallReference) async throws(DialerError) -> String? {
    if let reference = call.reference ?? known(call) { return reference }
    switch try await search(for: call) {
    case .found(let found): return found.report.reference
    case .absent: return nil
    case .unknown: throw DialerError(.unavailable, "the call cannot be found with the carrier yet; try again")
    }
  }

  func lookUp(_ call: CallReference) async throws(DialerError) -> CallFindings {
    if let reference = call.reference ?? known(call) {
      guard let found = try await api.call(reference, line) else { return .unknown }
      return .found(found.history(of: call.call))
    }
    switch try await search(for: call) {
    case .found(let found): return .found(found.history(of: call.call))
    case .absent: return .absent
    case .unknown: return .unknown
    }
  }

  private func known(_ call: CallReference) -> String? { book.withLock { $0.reference(of: call.call) } }

  func connect(_ call: CallReference, to agent: Agent) async throws(DialerError) {
    guard let phone = agent.phone else {
      throw DialerError(.invalidOrder, "the agent has no phone number; give the agent one")
    }
    guard let from = call.from ?? settings.defaultFrom else {
      throw DialerError(.invalidOrder, "the call has no caller number, and no default is set")
    }
    _ = try await answer(to: api.ringing(agent, at: phone, for: call, from: from)).get()
  }

  // MARK: Finding

  private enum Search {
    case found(CarrierCall)
    case absent
    case unknown
  }

  /// How much earlier than its order a call may seem to be made, as clocks differ and dates have no fractions.
  private static var tolerance: Duration { .seconds(5) }
  /// How long after the order a call may have been made that is taken for it without the carrier's word.
  private static var nearness: Duration { .seconds(600) }

  private func owner(of reference: String) -> Call.ID? { book.withLock { $0.owner(of: reference) } }

  /// Finds a call whose name was lost with the answer to its order, by its numbers and the time.
  ///
  /// A call that is known to be another one is left out. What the carrier can tell counts most: it may know the
  /// address to which it reported, which holds our name. Else the only call that it can be is the one; of several,
  /// none is taken.
  private func search(for call: CallReference) async throws(DialerError) -> Search {
    guard let from = call.from ?? settings.defaultFrom else { return .unknown }
    let listed = try await api.calls(
      from: from, to: call.to, since: call.createdAt, knows: { self.owner(of: $0) != nil }, line)
    let earliest = line.carrierTime(call.createdAt) - Self.tolerance
    var candidates: [CarrierCall] = []
    for candidate in listed.calls where candidate.createdAt.map({ $0 >= earliest }) ?? true {
      let reference = candidate.report.reference
      var owner = owner(of: reference)
      if owner == nil, let told = await api.owner(of: reference, line) {
        owner = told
        book.withLock { _ = $0.claim(reference, for: told) }
      }
      if owner == call.call { return .found(candidate) }
      if owner == nil { candidates.append(candidate) }
    }
    guard listed.isComplete else { return .unknown }
    guard let only = candidates.first else {
      return clock.now() >= call.createdAt + api.settlesWithin ? .absent : .unknown
    }
    guard candidates.count == 1, only.createdAt.map({ $0 <= earliest + Self.nearness }) ?? true,
      book.withLock({ $0.claim(only.report.reference, for: call.call) })
    else { return .unknown }
    return .found(only)
  }
}
