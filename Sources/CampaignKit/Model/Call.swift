public import JSON

/// One attempt to reach somebody, from intent to outcome.
public struct Call: Hashable, Sendable, Codable, Identifiable {
  /// The name of a call. It is the reference that the carrier is given.
  public typealias ID = Identifier<Call>

  /// The name of this call.
  public var id: ID
  /// The account.
  public var account: Account.ID
  /// The campaign; nil for a single call.
  public var campaign: Campaign.ID?
  /// The lead; nil for a single call.
  public var lead: Lead.ID?
  /// The contact; nil when the number belongs to none.
  public var contact: Contact.ID?
  /// The agent who takes it, or took it.
  public var agent: Agent.ID?
  /// What it is about: the subject that the lead had when the call was made.
  public var subject: String?
  /// Which attempt at the lead this is, counted from 1.
  public var attempt: Int
  /// The number that is called.
  public var to: PhoneNumber
  /// The number it is called from.
  public var from: PhoneNumber?
  /// Where it is in its life.
  public var status: Status
  /// How it ended; nil while it is live.
  public var disposition: Disposition?
  /// Who or what answered.
  public var answeredBy: AnsweredBy?
  /// When it was decided to place it. From then on it holds its slots.
  public var createdAt: Timestamp
  /// When the carrier had taken it.
  public var placedAt: Timestamp?
  /// When it rang.
  public var ringingAt: Timestamp?
  /// When it was answered.
  public var answeredAt: Timestamp?
  /// When it ended.
  public var endedAt: Timestamp?
  /// Until when it may be placed. One that was not placed by then is never placed.
  public var placeBy: Timestamp
  /// When it counts as over if its end is never heard of.
  public var expiresAt: Timestamp
  /// How long it lasted, as the carrier counts.
  @OptionalMilliseconds public var duration: Duration?
  /// How long the two sides talked.
  @OptionalMilliseconds public var talkTime: Duration?
  /// What it cost, in millionths of the carrier's currency.
  public var costMicros: Int64?
  /// The carrier that has it.
  public var carrier: String?
  /// The name that the carrier gave it.
  public var carrierReference: String?
  /// The conference it was put into.
  public var conference: String?
  /// The recording.
  public var recording: Recording?
  /// When a message was left on a machine.
  public var messageLeftAt: Timestamp?
  /// When it was found that its agent does not come to the telephone; nil if nothing of that is known. It is of the agent
  /// whom the call has, and goes with them.
  public var agentAbsentAt: Timestamp?
  /// The callback that was agreed in it, and that its end then sets.
  public var agreedCallback: AgreedCallback?
  /// Why it failed, where it did.
  public var failure: Failure?
  /// Whether it counts as an attempt. One that was withdrawn before it was placed does not, and is in no roll-up.
  public var isAttempt: Bool
  /// What became of its lead with it; nil while it is live, and for a single call.
  public var followUp: FollowUp?
  /// The rule under which it was dialled.
  public var rule: String?
  /// What somebody wrote about it.
  public var notes: String?
  /// Whatever its owner wants to keep with it. Together with the texts of the call it takes 1 MiB at most.
  public var metadata: JSONObject

  /// Creates a call that is about to be placed.
  public init(
    id: ID, account: Account.ID, attempt: Int, to: PhoneNumber, createdAt: Timestamp, placeBy: Timestamp,
    expiresAt: Timestamp
  ) {
    self.id = id
    self.account = account
    self.attempt = attempt
    self.to = to
    status = .intended
    self.createdAt = createdAt
    self.placeBy = placeBy
    self.expiresAt = expiresAt
    isAttempt = true
    metadata = [:]
  }

  /// A recording of a call.
  public struct Recording: Hashable, Sendable, Codable {
    /// Where it is.
    public var url: String
    /// The name that the carrier gave it.
    public var reference: String?
    /// How long it is.
    @OptionalMilliseconds public var duration: Duration?

    /// Creates a recording.
    public init(url: String, reference: String? = nil, duration: Duration? = nil) {
      self.url = url
      self.reference = reference
      self.duration = duration
    }
  }

  /// A callback that was agreed in a call.
  public struct AgreedCallback: Hashable, Sendable, Codable {
    /// When; nil if no time was agreed.
    public var at: Timestamp?

    /// Creates an agreement.
    public init(at: Timestamp? = nil) {
      self.at = at
    }

    /// What two agreements come to, in whatever order they are heard of: a time before none, the earlier time before
    /// the later.
    public func merged(with other: AgreedCallback?) -> AgreedCallback {
      guard let other else { return self }
      return AgreedCallback(at: [at, other.at].compactMap(\.self).min())
    }
  }

  /// Why a call failed. A store keeps 100 characters of the code and 2,000 of the cause.
  public struct Failure: Hashable, Sendable, Codable {
    /// The carrier's code.
    public var code: String?
    /// The cause, in words.
    public var cause: String

    /// Creates a failure.
    public init(code: String? = nil, cause: String) {
      self.code = code
      self.cause = cause
    }
  }
}

extension Call {
  /// Where a call is in its life. A call never moves back.
  public enum Status: String, Hashable, Sendable, Codable, CaseIterable {
    /// It is about to be placed; whether the carrier has it is not known.
    case intended
    /// The carrier has it.
    case placed
    /// It rings.
    case ringing
    /// Somebody or something answered.
    case answered
    /// It is over.
    case ended

    /// Whether it holds its slots.
    public var isLive: Bool { self != .ended }
  }

  /// What changes the status of a call.
  public enum Trigger: String, Hashable, Sendable, Codable, CaseIterable {
    /// The carrier took it.
    case place
    /// It rings.
    case ring
    /// Somebody or something answered.
    case answer
    /// It is over.
    case end
  }

  /// Which status follows which. News may skip steps; what comes late finds no step and changes no status.
  public static let statuses = StatusMachine<Status, Trigger>([
    (from: [.intended], trigger: .place, to: .placed),
    (from: [.intended, .placed], trigger: .ring, to: .ringing),
    (from: [.intended, .placed, .ringing], trigger: .answer, to: .answered),
    (from: [.intended, .placed, .ringing, .answered], trigger: .end, to: .ended),
  ])
}

extension Call {
  /// What became of a lead when its call ended.
  public enum FollowUp: String, Hashable, Sendable, Codable, CaseIterable {
    /// It was reached, and is done.
    case completed
    /// It gets no further attempt.
    case failed
    /// It was taken out.
    case cancelled
    /// It is not to be called again.
    case suppressed
    /// It is tried again.
    case retry
    /// A callback was agreed.
    case callback

    /// What a step makes of a lead.
    public init(_ step: LeadStep) {
      switch step {
      case .complete: self = .completed
      case .fail: self = .failed
      case .cancel: self = .cancelled
      case .suppress: self = .suppressed
      case .retry(_, _, let isCallback): self = isCallback ? .callback : .retry
      case .release: self = .retry
      }
    }

    /// Whether the lead is done.
    public var endsLead: Bool {
      switch self {
      case .completed, .failed, .cancelled, .suppressed: true
      case .retry, .callback: false
      }
    }
  }
}

extension Call {
  /// Whether it keeps its agent busy, or waits for one if it has none: while it goes on, unless a machine that takes
  /// messages has answered.
  ///
  /// A call that was taken for a machine's, and then for a person's, goes back to the agent whom it had. If they can take
  /// no further call by then, it loses them and waits for an agent.
  public var wantsAgent: Bool { status.isLive && answeredBy?.isMachine != true }

  /// Whether it keeps this agent busy.
  public func keeps(_ agent: Agent.ID) -> Bool { wantsAgent && self.agent == agent }
}

/// How a call ended.
public enum Disposition: String, Hashable, Sendable, Codable, CodingKeyRepresentable, CaseIterable {
  /// A person answered.
  case answered
  /// A machine answered, and no message was left.
  case machine
  /// A machine answered, and a message was left.
  case voicemail
  /// A program asked who is calling.
  case screened
  /// Nobody answered.
  case noAnswer
  /// The line was busy.
  case busy
  /// The call was declined.
  case rejected
  /// The call could not be made.
  case failed
  /// It was given up on our side before it was answered.
  case cancelled
  /// A person answered, and nobody was there to talk to them.
  case abandoned
  /// Its end was never heard of, and the longest possible call has passed.
  case expired
  /// The carrier cannot tell.
  case unknown
}

/// Who or what answered a call.
public enum AnsweredBy: String, Hashable, Sendable, Codable, CaseIterable {
  /// A person.
  case human
  /// A machine; its greeting may still go on.
  case machineStart
  /// A machine, after the beep.
  case machineEndBeep
  /// A machine, after its greeting, without a beep.
  case machineEndSilence
  /// A machine, after its greeting, in another way.
  case machineEndOther
  /// A program that asks who is calling.
  case screening
  /// A fax machine.
  case fax
  /// It could not be told.
  case unknown

  /// Whether it is a machine that takes messages.
  public var isMachine: Bool {
    switch self {
    case .machineStart, .machineEndBeep, .machineEndSilence, .machineEndOther: true
    default: false
    }
  }
}

/// A duration that may be missing, coded as a whole number of milliseconds.
@propertyWrapper
public struct OptionalMilliseconds: Hashable, Sendable, Codable {
  /// The duration.
  public var wrappedValue: Duration?

  /// Wraps a duration.
  public init(wrappedValue: Duration?) {
    self.wrappedValue = wrappedValue
  }

  /// Reads the number of milliseconds, or null.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    wrappedValue = container.decodeNil() ? nil : .milliseconds(try container.decode(Int64.self))
  }

  /// Writes the number of milliseconds, or null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let wrappedValue { try container.encode(wrappedValue.milliseconds) } else { try container.encodeNil() }
  }
}
