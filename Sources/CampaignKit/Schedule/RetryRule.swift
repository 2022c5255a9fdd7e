/// An attempt that has ended, as the retry rule sees it.
public struct EndedAttempt: Hashable, Sendable {
  /// How it ended.
  public var disposition: Disposition
  /// When it ended.
  public var endedAt: Timestamp
  /// How many attempts were made at the lead, this one included.
  public var attempts: Int
  /// How many callbacks were agreed before.
  public var callbacks: Int
  /// Which of the contact's numbers was called, counted from 0.
  public var numberIndex: Int
  /// How many numbers the contact has.
  public var numberCount: Int
  /// Whether the person wants to be called back, and when.
  public var callback: CallbackWish?

  /// Creates a description of an attempt.
  public init(
    _ disposition: Disposition, endedAt: Timestamp, attempts: Int, callbacks: Int = 0, numberIndex: Int = 0,
    numberCount: Int = 1, callback: CallbackWish? = nil
  ) {
    self.disposition = disposition
    self.endedAt = endedAt
    self.attempts = attempts
    self.callbacks = callbacks
    self.numberIndex = numberIndex
    self.numberCount = numberCount
    self.callback = callback
  }
}

/// When a person wants to be called back.
public enum CallbackWish: Hashable, Sendable {
  /// At a time that was agreed.
  case at(Timestamp)
  /// Some time later.
  case later
}

extension RetryPolicy {
  /// What becomes of a lead after an attempt.
  ///
  /// In this order:
  /// 1. When the attempts are used up, nothing follows, whatever was agreed.
  /// 2. A callback that is wanted, and that `callback` permits, comes at its time, on the number on which it was
  ///    agreed.
  /// 3. After an outcome that is not in ``retried``, nothing follows. An attempt that was given up on our side says
  ///    nothing of the person, and is made again in any case.
  /// 4. After an outcome that suggests it, the person's next number is called after ``nextNumberDelay``; see
  ///    ``Disposition/suggestsNextNumber``.
  /// 5. Otherwise the delay of the outcome runs, and then comes the same number, or the first one where the next would
  ///    have come and there is none left.
  ///
  /// Where nothing follows, the lead is complete if a person or their voicemail was reached, and has failed otherwise.
  ///
  /// - Parameters:
  ///   - attempt: The attempt.
  ///   - callback: Whether and how often a person may be called back.
  ///   - hours: When the lead may be called; it matters only if ``countsCallableTimeOnly``. That no call is made
  ///     outside is not this rule's to see to.
  /// - Returns: What becomes of it.
  public func step(
    after attempt: EndedAttempt, callback: Callback = Callback(), hours: (any OpenTime)? = nil
  ) -> LeadStep {
    let end: LeadStep = attempt.disposition.reachesPerson ? .complete : .fail
    guard attempt.attempts < maximumAttempts else { return end }
    if let wish = attempt.callback, callback.isEnabled, attempt.callbacks < callback.maximumAttempts {
      return .retry(
        at: wish.time(after: attempt.endedAt, delay: callback.delay), numberIndex: max(attempt.numberIndex, 0),
        isCallback: true)
    }
    guard retried.contains(attempt.disposition) || attempt.disposition == .cancelled else { return end }
    let numberIndex = max(attempt.numberIndex, 0)
    if attempt.disposition.suggestsNextNumber, numberIndex < max(attempt.numberCount, 1) - 1 {
      return .retry(at: attempt.endedAt + max(nextNumberDelay, .zero), numberIndex: numberIndex + 1)
    }
    let delay = max((delays[attempt.disposition] ?? self.delay).delay(afterAttempt: attempt.attempts), .zero)
    let time =
      countsCallableTimeOnly
      ? hours?.moment(after: delay, from: attempt.endedAt) ?? attempt.endedAt + delay : attempt.endedAt + delay
    return .retry(at: time, numberIndex: attempt.disposition.suggestsNextNumber ? 0 : numberIndex)
  }
}

extension CallbackWish {
  fileprivate func time(after end: Timestamp, delay: Duration) -> Timestamp {
    switch self {
    case .at(let time): max(time, end)
    case .later: end + max(delay, .zero)
    }
  }
}

extension Disposition {
  /// Whether the person, or the machine that takes their messages, has heard what was to be said.
  public var reachesPerson: Bool { self == .answered || self == .voicemail }

  /// Whether it makes sense to try another number of the person soon.
  ///
  /// It does where nobody was there and where the number did not work. It does not where the person is there and cannot
  /// or will not talk now (`busy`, `rejected`, `screened`, `abandoned`), where they were reached, where we gave up
  /// ourselves, and where nobody knows what happened (`expired`, `unknown`): ringing their other phone a minute later
  /// would be a nuisance.
  public var suggestsNextNumber: Bool {
    switch self {
    case .noAnswer, .machine, .failed: true
    case .answered, .voicemail, .screened, .busy, .rejected, .cancelled, .abandoned, .expired, .unknown: false
    }
  }
}
