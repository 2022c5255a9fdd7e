// How calls are hung up: again and again, until it is known that they are over.
extension EngineState {
  /// How long a carrier that has hung a call up has to tell of its end.
  private static let patience = Duration.seconds(10)
  /// How long a carrier that plays a message first has to end a call.
  private static let longestMessage = Duration.seconds(60)

  /// Hangs a call up, as soon as the carrier has it, and until its end is known.
  mutating func hangUp(
    _ id: Call.ID, because reason: FollowedCall.HangUp, at now: Timestamp, _ actions: inout [EngineAction]
  ) {
    guard let call = calls[id], call.progress.ending == nil, call.verdict == nil else { return }
    // Whoever asks once more does not wait for the next try.
    guard call.hangUp == nil || reason == .asked else { return }
    let message = reason == .abandoned ? message(for: call) : nil
    calls[id]?.hangUp = call.hangUp ?? reason
    calls[id]?.hangingUp.message = message
    if !call.hangingUp.isUnderWay { calls[id]?.hangingUp.dueAt = now }
    sendHangUp(id, at: now, &actions)
    if let call = calls[id] { look(at: id, by: deadline(of: call)) }
  }

  /// Asks the carrier to hang a call up, if that is due.
  mutating func sendHangUp(_ id: Call.ID, at now: Timestamp, _ actions: inout [EngineAction]) {
    // Before the carrier has it, there is nothing to hang up.
    guard let call = calls[id], let dueAt = call.hangingUp.dueAt, now >= dueAt, call.phase != .ordering,
      call.progress.ending == nil, call.verdict == nil
    else { return }
    calls[id]?.hangingUp.dueAt = nil
    calls[id]?.hangingUp.isUnderWay = true
    if let message = call.hangingUp.message {
      return actions.append(.dismiss(call.reference(at: now, elapsed: elapsed), after: message))
    }
    actions.append(.hangUp(call.reference(at: now, elapsed: elapsed)))
    if call.hangingUp.tries > 0 { ask(id, at: now, &actions) }
  }

  /// What a person hears whom no agent takes.
  private func message(for call: FollowedCall) -> String? {
    call.campaign.flatMap { runs[$0]?.campaign.agents.abandonedMessageURL }
  }

  /// Notes whether the person hears the message, after which the carrier ends the call by itself. Who does not hear it,
  /// or is to be hung up on by now for another reason, is hung up on at once.
  mutating func dismissed(_ id: Call.ID, _ error: DialerError?, at now: Timestamp) {
    guard var call = calls[id], call.hangingUp.isUnderWay else { return }
    let isHeard = error == nil && call.hangingUp.message != nil
    call.hangingUp.isUnderWay = false
    call.hangingUp.message = nil
    call.hangingUp.dueAt = isHeard ? now + Self.longestMessage : now
    calls[id] = call
    touch(id)
    look(at: id, by: deadline(of: call))
  }

  /// Notes what the carrier said, and asks again later if nothing is heard of the end.
  mutating func hungUp(_ id: Call.ID, _ error: DialerError?, at now: Timestamp, _ actions: inout [EngineAction]) {
    guard var call = calls[id] else { return }
    call.hangingUp.isUnderWay = false
    call.hangingUp.tries += 1
    call.hangingUp.error = error
    let wait = restingTime(afterFailure: call.hangingUp.tries)
    call.hangingUp.dueAt = now + (error == nil ? max(wait, Self.patience) : wait)
    if error == nil, call.progress.ending == nil, call.verdict == nil, elapsed >= call.expiresAfter {
      call.verdict = .expired
    }
    calls[id] = call
    touch(id)
    look(at: id, by: deadline(of: call))
  }
}
