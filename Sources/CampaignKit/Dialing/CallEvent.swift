/// What a carrier tells of a call.
public struct CallEvent: Hashable, Sendable {
  /// Which call it is about.
  public enum Subject: Hashable, Sendable {
    /// The call that was ordered under this name.
    case call(Call.ID)
    /// The call to which a carrier gave this name.
    case carrier(String, reference: String)
  }

  /// What happened.
  public enum Kind: Hashable, Sendable {
    /// The carrier has taken the call and given it a name.
    case placed(reference: String)
    /// It rings.
    case ringing
    /// Somebody or something answered.
    case answered(AnsweredBy?)
    /// It has become known who or what answered.
    case detected(AnsweredBy)
    /// A message was left on a machine.
    case messageLeft
    /// The person asked to be called back, at a moment if one was agreed.
    case callbackAgreed(Timestamp?)
    /// The person asked not to be called again.
    case optedOut
    /// The agent who was rung for it did not come to the telephone: they have not talked to anybody, and do not ring any more.
    case agentAbsent(Agent.ID)
    /// It is over.
    case ended(CallEnd)
    /// There is a recording.
    case recording(Call.Recording)
    /// What it cost, in millionths of the carrier's currency.
    case cost(micros: Int64)
  }

  /// Which call it is about.
  public var subject: Subject
  /// What happened.
  public var kind: Kind
  /// When it happened, by the carrier's clock; nil if it did not say.
  public var at: Timestamp?

  /// Creates an event.
  public init(_ kind: Kind, of subject: Subject, at: Timestamp? = nil) {
    self.subject = subject
    self.kind = kind
    self.at = at
  }
}

/// What a carrier says about the end of a call.
public struct CallEnd: Hashable, Sendable {
  /// How it ended, as carriers tell it.
  public enum Outcome: String, Hashable, Sendable, CaseIterable {
    /// It was answered, and is over.
    case completed
    /// The line was busy.
    case busy
    /// Nobody answered.
    case noAnswer
    /// It was declined.
    case rejected
    /// It was given up on our side before it was answered.
    case cancelled
    /// It could not be made.
    case failed
  }

  /// How it ended.
  public var outcome: Outcome
  /// How long it lasted, as the carrier counts.
  public var duration: Duration?
  /// Who or what answered, if the carrier says so now.
  public var answeredBy: AnsweredBy?
  /// What it cost, in millionths of the carrier's currency.
  public var costMicros: Int64?
  /// Why it failed.
  public var failure: Call.Failure?

  /// Creates an end.
  public init(
    _ outcome: Outcome, duration: Duration? = nil, answeredBy: AnsweredBy? = nil, costMicros: Int64? = nil,
    failure: Call.Failure? = nil
  ) {
    self.outcome = outcome
    self.duration = duration
    self.answeredBy = answeredBy
    self.costMicros = costMicros
    self.failure = failure
  }
}

/// Events of calls, as they come; it ends when its dialer has no more to tell, or its reader is cancelled.
public struct CallEvents: AsyncSequence, Sendable {
  /// Reads events.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let step: @Sendable (_ most: Int) async -> [CallEvent]

    /// The next event; nil when there are no more.
    public mutating func next() async -> CallEvent? { await step(1).first }

    /// The events that are there, at least one and not more than `most`; nil when there are no more.
    public mutating func nextBatch(atMost most: Int) async -> [CallEvent]? {
      let events = await step(Swift.max(1, most))
      return events.isEmpty ? nil : events
    }
  }

  private let step: @Sendable (_ most: Int) async -> [CallEvent]

  /// Creates events from a function that waits for the next one, and returns nil when there are no more.
  public init(_ next: @escaping @Sendable () async -> CallEvent?) {
    step = { _ in await next().map { [$0] } ?? [] }
  }

  /// Creates events from a function that waits until there are some, and returns none when there are no more.
  ///
  /// It is told how many it may return. Where many happen at the same time, handing them out together costs much less
  /// than one after the other.
  public init(batches next: @escaping @Sendable (_ most: Int) async -> [CallEvent]) {
    step = next
  }

  /// No events.
  public static let none = CallEvents(batches: { _ in [] })

  /// Starts to read.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(step: step) }
}
