import CampaignKit
import Locks

/// What every dialer over HTTP does whose carrier reports to webhooks: places calls, ends them, and finds them again.
final class CarrierDesk<API: CarrierAPI>: Sendable {
  let api: API
  let line: CarrierLine
  let settings: CarrierSettings
  let clock: any EngineClock
  let desk: PlacingDesk
  /// The calls to the telephones of agents.
  let legs = Locked(AgentLegs())
  /// When calls were first in no list of the carrier's, by the clock that only runs on.
  private let missing = Locked(CallBook<Duration>())

  init(_ api: API, settings: CarrierSettings, transport: (any HTTPTransport)?, clock: any EngineClock) {
    self.api = api
    self.settings = settings
    self.clock = clock
    line = CarrierLine(transport ?? Self.transport(settings, clock), clock: clock, patience: CarrierSettings.patience)
    desk = PlacingDesk(line, settings)
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

  var callsPerSecond: Double? { desk.callsPerSecond }

  func place(_ order: CallOrder) async throws(DialerError) -> String {
    guard let from = order.from ?? settings.defaultFrom else {
      throw DialerError(.invalidOrder, "the order has no caller number, and no default is set")
    }
    return try await desk.place(order, api.placing(order, from: from)) { [api] in api.placement($0) }
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

  /// Lets a call go on with the document for people whom no agent takes, at whose end the carrier hangs up.
  func dismiss(_ call: CallReference) async throws(DialerError) {
    try await redirect(call, to: api.addresses.address(.abandoned, of: call.call))
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
      return .found(found.history(of: call.call) + (await absence(from: call.call, found)))
    }
    switch try await search(for: call) {
    case .found(let found): return .found(found.history(of: call.call) + (await absence(from: call.call, found)))
    case .absent: return .absent
    case .unknown: return .unknown
    }
  }

  func known(_ call: CallReference) -> String? { desk.book.withLock { $0.reference(of: call.call) } }

  // MARK: Finding

  private enum Search {
    case found(CarrierCall)
    case absent
    case unknown
  }

  /// How much earlier than its order a call may seem to be made, as clocks differ and dates have no fractions.
  static var tolerance: Duration { .seconds(5) }
  /// How long after the order a call may have been made that is taken for it without the carrier's word.
  private static var nearness: Duration { .seconds(600) }

  func owner(of reference: String) -> Call.ID? { desk.book.withLock { $0.owner(of: reference) } }

  private func isLeg(_ reference: String) -> Bool { legs.withLock { $0.owner(of: reference) != nil } }

  /// Whether a call that was made would be in what the carrier lists by now, unless it is over.
  ///
  /// What was ordered here counts from the end of its own order, which may have been sent long after it was decided.
  private func isSettled(_ call: CallReference) -> Bool {
    switch desk.book.withLock({ $0[call.call] }) {
    case .doubtful(let since): clock.elapsed >= since + api.settlesWithin
    case .underWay, .placed: false
    case nil: clock.now() >= call.createdAt + api.settlesWithin
    }
  }

  /// Whether a call that was in no list is in none because there is no such call.
  ///
  /// One that is over may not have a record yet. As it was over by the time at which it was first in no list, its record
  /// is written a while after that, however long it was.
  private func isAbsent(_ call: CallReference, askedAt: Duration) -> Bool {
    guard api.recordsWithin > .zero else { return true }
    return missing.withLock { missing in
      if let since = missing[call.call] { return askedAt >= since + api.recordsWithin }
      missing.note(clock.elapsed, of: call.call)
      return false
    }
  }

  /// For how long before its order a call is taken for one that it could be after all, if a clock was wrong.
  private static var memory: Duration { .seconds(3600) }

  /// Finds a call whose name was lost with the answer to its order, by its numbers and the time.
  ///
  /// A call that is known to be another one is left out. What the carrier can tell counts most: it may know the
  /// address to which it reported, which holds our name. Else the only call that it can be is the one; of several,
  /// none is taken. That a call was made somewhat before its order keeps it from being taken, and this one from being
  /// absent: the clocks may be wrong.
  private func search(for call: CallReference) async throws(DialerError) -> Search {
    let isOwn = desk.book.withLock { $0[call.call] != nil }
    let (askedAt, isSettled) = (clock.elapsed, isSettled(call))
    let expected = call.from ?? settings.defaultFrom
    // From which number a process before this one has called by default is not known: all count.
    let from = isOwn ? expected : call.from
    let listed = try await api.calls(
      from: from, to: call.to, since: call.createdAt, knows: { self.owner(of: $0) != nil || self.isLeg($0) }, line)
    let createdAt = line.carrierTime(call.createdAt)
    let earliest = createdAt - Self.tolerance
    let (found, candidates) = await claimed(listed.calls, for: call.call) { $0 >= earliest }
    if let found { return .found(found) }
    guard listed.isComplete else { return .unknown }
    guard let only = candidates.first else {
      guard isSettled else { return .unknown }
      let (found, others) = await claimed(listed.calls, for: call.call) {
        $0 < earliest && $0 >= createdAt - Self.memory
      }
      if let found { return .found(found) }
      return others.isEmpty && isAbsent(call, askedAt: askedAt) ? .absent : .unknown
    }
    guard candidates.count == 1, only.createdAt.map({ $0 <= earliest + Self.nearness }) ?? true,
      from != nil || expected != nil && only.from == expected,
      desk.book.withLock({ $0.claim(only.report.reference, for: call.call) })
    else { return .unknown }
    return .found(only)
  }

  /// The calls of a time that belong to nobody, not to an agent either; or the one of them that is a call's for certain.
  private func claimed(
    _ listed: [CarrierCall], for call: Call.ID, madeAt isMade: (Timestamp) -> Bool
  ) async -> (found: CarrierCall?, unowned: [CarrierCall]) {
    var unowned: [CarrierCall] = []
    for candidate in listed where candidate.createdAt.map(isMade) ?? true {
      let reference = candidate.report.reference
      var owner = owner(of: reference)
      if owner == nil, let told = await api.owner(of: reference, line) {
        owner = told
        desk.book.withLock { _ = $0.claim(reference, for: told) }
      }
      if owner == call { return (candidate, []) }
      if owner == nil, !isLeg(reference) { unowned.append(candidate) }
    }
    return (nil, unowned)
  }
}
