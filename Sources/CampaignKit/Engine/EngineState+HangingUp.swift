// How calls are hung up: again and again, until it is known that they are over.
extension EngineState {
  /// How long a carrier that has hung a call up has to tell of its end.
  private static let patience = Duration.seconds(10)

  /// Hangs a call up, as soon as the carrier has it, and until its end is known.
  mutating func hangUp(
    _ id: Call.ID, because reason: FollowedCall.HangUp, at now: Timestamp, _ actions: inout [EngineAction]
  ) {
    guard let call = calls[id], call.progress.ending == nil, call.verdict == nil else { return }
    // Whoever asks once more does not wait for the next try.
    guard call.hangUp == nil || reason == .asked else { return }
    calls[id]?.hangUp = call.hangUp ?? reason
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
    actions.append(.hangUp(call.carrierReference))
    if call.hangingUp.tries > 0 { ask(id, at: now, &actions) }
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
