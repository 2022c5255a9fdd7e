import CampaignKit
import Locks

/// What every dialer over HTTP does whose carrier reports to webhooks: places calls, ends them, and finds them again.
final class CarrierDesk<API: CarrierAPI>: Sendable {
  private let api: API
  private let line: CarrierLine
  private let settings: CarrierSettings
  private let clock: any EngineClock
  private let desk: PlacingDesk
  /// The calls for which an agent was rung, or may have been.
  private let rung = Locked(CallBook<Void>())

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
      return .found(found.history(of: call.call))
    }
    switch try await search(for: call) {
    case .found(let found): return .found(found.history(of: call.call))
    case .absent: return .absent
    case .unknown: return .unknown
    }
  }

  private func known(_ call: CallReference) -> String? { desk.book.withLock { $0.reference(of: call.call) } }

  func connect(_ call: CallReference, to agent: Agent) async throws(DialerError) {
    guard let phone = agent.phone else {
      throw DialerError(.invalidOrder, "the agent has no phone number; give the agent one")
    }
    guard let from = call.from ?? settings.defaultFrom else {
      throw DialerError(.invalidOrder, "the call has no caller number, and no default is set")
    }
    // Where an answer was lost, or another process has placed the call, the agent may ring or talk already.
    let isOwn = desk.book.withLock { $0[call.call] != nil }
    let mayRing = !isOwn || rung.withLock { $0[call.call] != nil }
    if mayRing, try await isOnTelephone(phone, from: from, since: call.createdAt) { return }
    do throws(DialerError) {
      _ = try await desk.send(api.ringing(agent, at: phone, for: call, from: from)) { api.placement($0) }.get()
    } catch {
      if !error.isCertain { noteRung(call.call) }
      throw error
    }
    noteRung(call.call)
  }

  private func noteRung(_ call: Call.ID) { rung.withLock { _ = $0.note((), of: call) } }

  /// Whether a call to an agent goes on, as far as the carrier lists it.
  private func isOnTelephone(
    _ phone: PhoneNumber, from: PhoneNumber, since: Timestamp
  ) async throws(DialerError) -> Bool {
    do throws(DialerError) {
      let listed = try await api.calls(
        from: from, to: phone, since: since, knows: { self.owner(of: $0) != nil }, line)
      if listed.calls.contains(where: { !$0.report.isOver }) { return true }
      if listed.isComplete { return false }
      throw DialerError(.uncertain, "the carrier has more calls than it lists")
    } catch {
      throw DialerError(.uncertain, "whether the agent was rung already is not known: \(error.message)")
    }
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

  private func owner(of reference: String) -> Call.ID? { desk.book.withLock { $0.owner(of: reference) } }

  /// Whether a call that was made would be in what the carrier lists by now.
  ///
  /// What was ordered here counts from the end of its own order, which may have been sent long after it was decided.
  private func isSettled(_ call: CallReference) -> Bool {
    switch desk.book.withLock({ $0[call.call] }) {
    case .doubtful(let since): clock.elapsed >= since + api.settlesWithin
    case .underWay, .placed: false
    case nil: clock.now() >= call.createdAt + api.settlesWithin
    }
  }

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
        desk.book.withLock { _ = $0.claim(reference, for: told) }
      }
      if owner == call.call { return .found(candidate) }
      if owner == nil { candidates.append(candidate) }
    }
    guard listed.isComplete else { return .unknown }
    guard let only = candidates.first else {
      return isSettled(call) ? .absent : .unknown
    }
    guard candidates.count == 1, only.createdAt.map({ $0 <= earliest + Self.nearness }) ?? true,
      desk.book.withLock({ $0.claim(only.report.reference, for: call.call) })
    else { return .unknown }
    return .found(only)
  }
}
