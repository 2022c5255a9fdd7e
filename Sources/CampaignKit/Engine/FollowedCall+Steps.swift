extension FollowedCall {
  /// What a call needs next.
  enum Need: Sendable {
    case nothing
    /// The store is to be told news, and the end if it is over.
    case write([CallNews], isOver: Bool)
    /// Somebody or something has answered.
    case attend(FollowedCall)
  }

  /// Takes what the call needs next; while one thing is under way, it needs no other.
  mutating func takeNext(
    carrier: String, _ capabilities: DialerCapabilities, settling: Duration, at now: Timestamp
  ) -> Need {
    guard !isWriting, restsUntil.map({ now >= $0 }) ?? true else { return .nothing }
    let news = news(carrier: carrier)
    let isOver = verdict != nil || isSettled(capabilities, settling, at: now)
    if isOver || !news.isEmpty {
      isWriting = true
      return .write(news, isOver: isOver)
    }
    return progress.ending == nil && progress.answeredAt != nil && !isGuest && campaign != nil
      ? .attend(self) : .nothing
  }

  /// Whether all is known of a call that is over, or has been waited for long enough.
  private func isSettled(_ capabilities: DialerCapabilities, _ settling: Duration, at now: Timestamp) -> Bool {
    guard let ending = progress.ending else { return false }
    if now >= ending.heardAt + settling { return true }
    guard !isOrdering else { return false }
    guard ending.end.outcome == .completed else { return true }
    guard progress.answeredAt != nil else { return false }
    // What was agreed in a call is often told just after its end.
    if settings?.value.callback.isEnabled == true, progress.answeredBy?.isMachine != true, progress.callback == nil {
      return false
    }
    guard detectsMachines(capabilities) else { return true }
    guard let by = progress.answeredBy else { return false }
    return !by.isMachine || progress.leftMessage || hangUp != nil
      || settings?.value.machineDetection.messageURL == nil
  }

  /// Whether the carrier will say who or what answered.
  func detectsMachines(_ capabilities: DialerCapabilities) -> Bool {
    capabilities.detectsMachines && settings?.value.machineDetection.mode ?? .off != .off
  }
}
