import CampaignKit

// How agents are rung, and let go.
extension CarrierDesk {
  private typealias Leg = AgentLegs.Leg

  /// How long after its order a leg rings at most that was taken.
  private static var longestRing: Duration { CarrierSettings.agentRingTime + .seconds(10) }
  /// How long after an answer its agent is rung at the latest, but where the carrier could not be asked.
  private static var slowest: Duration { .seconds(15) }

  // MARK: Ringing

  func connect(_ call: CallReference, to agent: Agent) async throws(DialerError) {
    guard let phone = agent.phone else {
      throw DialerError(.invalidOrder, "the agent has no phone number; give the agent one")
    }
    guard let from = call.from ?? settings.defaultFrom else {
      throw DialerError(.invalidOrder, "the call has no caller number, and no default is set")
    }
    if legs.withLock({ $0.isDismissed(call.call) }) { try await readmit(call) }
    // A telephone on which an earlier call still rings is busy.
    for stale in legs.withLock({ $0.stale(for: agent, at: phone, but: call.call) }) { await endLeg(of: stale) }
    if !isOwn(call.call), legs.withLock({ $0[call.call] == nil }) { suspect(call, agent.id, phone) }
    // Where an answer was lost, or another process has placed the call, the agent may ring or talk already.
    if let leg = legs.withLock({ $0[call.call] }), try await isOnTelephone(leg, of: call) { return }
    let leg = Leg(agent: agent.id, phone: phone, from: from, orderedAt: clock.now(), since: clock.elapsed)
    legs.withLock { $0.note(leg, of: call.call) }
    switch await desk.sendAtOnce(api.ringing(agent, at: phone, for: call, from: from), reading: { api.placement($0) }) {
    case .success(let reference): legs.withLock { $0.change(call.call) { $0.standing = .rung(reference) } }
    case .failure(let error):
      let now = clock.elapsed
      legs.withLock { legs in
        if error.isCertain {
          legs.strike(call.call)
        } else {
          legs.change(call.call) { $0.standing = .doubtful(since: now) }
        }
      }
      throw error
    }
    if legs.withLock({ $0.isDismissed(call.call) }) { await endLeg(of: call.call) }
  }

  /// Goes on only where a call whose agent was let go is not over: what seemed to be a machine was a person.
  private func readmit(_ call: CallReference) async throws(DialerError) {
    if let reference = call.reference ?? known(call), let found = try await api.call(reference, line),
      !found.report.isOver
    {
      return legs.withLock { $0.readmit(call.call) }
    }
    throw DialerError(.invalidOrder, "the call is over")
  }

  /// Notes that a process before this one may have rung the agent of a call.
  private func suspect(_ call: CallReference, _ agent: Agent.ID, _ phone: PhoneNumber) {
    let (now, elapsed) = (clock.now(), clock.elapsed)
    let answeredAt = call.answeredAt ?? now
    let since = elapsed - max(.zero, now - answeredAt - Self.slowest)
    var leg = Leg(
      agent: agent, phone: phone, from: call.from, orderedAt: call.answeredAt ?? call.createdAt, since: since)
    leg.standing = .doubtful(since: since)
    legs.withLock { [leg] in $0.note(leg, of: call.call) }
  }

  private func isOwn(_ call: Call.ID) -> Bool { desk.book.withLock { $0[call] != nil } }

  /// Whether a leg that was ordered, or may have been, goes on.
  private func isOnTelephone(_ leg: Leg, of call: CallReference) async throws(DialerError) -> Bool {
    do throws(DialerError) {
      if leg.isOver { return false }
      if let reference = leg.reference { return try await isGoingOn(leg, reference) }
      let found = try await find(leg, of: call.call)
      if found.isGoingOn { return true }
      // Soon the carrier lists a call that goes on; until then nobody is rung twice.
      guard found.isSettled else { throw DialerError(.uncertain, "the carrier may not list it yet") }
      return false
    } catch {
      throw DialerError(.uncertain, "whether the agent was rung already is not known: \(error.message)")
    }
  }

  /// Whether a leg that the carrier has taken goes on. What is over may be in no list for a while.
  private func isGoingOn(_ leg: Leg, _ reference: String) async throws(DialerError) -> Bool {
    if let found = try await api.call(reference, line) { return !found.report.isOver }
    guard clock.elapsed >= leg.since + Self.longestRing else {
      throw DialerError(.uncertain, "the carrier does not tell")
    }
    return false
  }

  /// Looks for a leg whose name was lost among the calls to its telephone that go on, and notes its name.
  ///
  /// - Returns: Whether one goes on, and whether it would be listed by now if it did.
  private func find(
    _ leg: Leg, of call: Call.ID
  ) async throws(DialerError) -> (isGoingOn: Bool, isSettled: Bool) {
    let isAnothers: @Sendable (String) -> Bool = { reference in
      self.owner(of: reference) != nil || self.legs.withLock { $0.owner(of: reference) }.map { $0 != call } ?? false
    }
    let listed = try await api.calls(from: leg.from, to: leg.phone, since: leg.orderedAt, knows: isAnothers, line)
    // What rang before is the leg of another call.
    let earliest = line.carrierTime(leg.orderedAt) - Self.tolerance
    let going = listed.calls.filter { found in
      !found.report.isOver && found.createdAt.map { $0 >= earliest } ?? true && !isAnothers(found.report.reference)
    }
    if let only = going.first, going.count == 1 {
      legs.withLock { $0.change(call) { $0.standing = .rung(only.report.reference) } }
    }
    let settlesWithin = min(api.settlesWithin, CarrierSettings.agentRingTime)
    var isSettled = false
    if case .doubtful(let since) = leg.standing { isSettled = clock.elapsed >= since + settlesWithin }
    return (!going.isEmpty, isSettled && listed.isComplete)
  }

  // MARK: Letting go

  /// Ends the leg of a call whose agent is let go.
  func dismissAgent(of call: CallReference) async {
    if legs.withLock({ $0.dismiss(call.call) }) { await endLeg(of: call.call) }
  }

  /// Ends a leg, if it goes on. What cannot be ended now is ended before its telephone is rung again.
  private func endLeg(of call: Call.ID) async {
    guard let leg = legs.withLock({ $0[call] }), !leg.isOver else { return }
    var reference = leg.reference
    do throws(DialerError) {
      // Who rings it sees that nobody waits any more, and ends it.
      if leg.standing == .underWay { return }
      if reference == nil {
        let found = try await find(leg, of: call)
        reference = legs.withLock { $0[call]?.reference }
        guard reference != nil || found.isSettled && !found.isGoingOn else { return }
      }
      if let reference { try await api.end(reference, line) }
      legs.withLock { $0.change(call) { if $0.reference == reference { $0.isOver = true } } }
    } catch {}
  }

  // MARK: Looking

  /// What there is to tell of the agent of a call that goes on: that they have not come, which may have been told and
  /// not heard.
  func absence(from call: Call.ID, _ found: CarrierCall) async -> [CallEvent] {
    guard found.report.status == .answered, let leg = legs.withLock({ $0[call] }), let reference = leg.reference,
      !leg.isAnswered, !leg.isOver, !legs.withLock({ $0.isDismissed(call) })
    else { return [] }
    do throws(DialerError) {
      let absent = CallEvent(.agentAbsent(leg.agent), of: .call(call))
      guard let found = try await api.call(reference, line) else {
        // The carrier tells of the person's call, so it would tell of this one if it went on; its record may come late.
        return clock.elapsed >= leg.since + Self.longestRing ? [absent] : []
      }
      switch found.report.status {
      case .answered, .ended(.completed): legs.withLock { $0.change(call) { $0.isAnswered = true } }
      case .ended: return [absent]
      case .placed, .ringing, nil: break
      }
    } catch {}
    return []
  }
}
