/// What an engine makes of a call that is over.
struct CallConclusion: Hashable, Sendable {
  var disposition: Disposition
  var at: Timestamp?
  var duration: Duration?
  var answeredBy: AnsweredBy?
  var costMicros: Int64?
  var failure: Call.Failure?
  var isAttempt = true
  /// What becomes of the lead, where it is plain; nil where the retry rule decides.
  var step: LeadStep?
  /// Whether a callback was agreed, and for when.
  var callback: Timestamp??
  /// Whether the number itself is at fault, so that only another one can do better.
  var isNumberBad = false

  /// The conclusion from what was heard, or from the verdict where nothing was.
  ///
  /// - Parameters:
  ///   - call: The call.
  ///   - needsAgent: Whether people were to take it.
  init(_ call: FollowedCall, needsAgent: Bool) {
    let progress = call.progress
    answeredBy = progress.answeredBy
    costMicros = progress.ending?.end.costMicros ?? progress.costMicros
    callback = progress.callback
    switch call.verdict {
    case .withheld(let retryAt):
      disposition = .cancelled
      isAttempt = false
      step = .release(at: retryAt)
      return
    case .refused(let failure):
      disposition = .failed
      self.failure = failure
      isNumberBad = true
    case .expired: disposition = .expired
    case .unknown: disposition = .unknown
    case nil:
      disposition = Self.disposition(of: call, needsAgent: needsAgent)
      at = progress.ending?.at
      duration = progress.ending?.end.duration
      failure = progress.ending?.end.failure
    }
    if progress.optedOut {
      step = .suppress
    } else if disposition == .answered, callback == nil {
      step = .complete
    } else if call.lead == nil {
      // It means nothing for a single call.
      step = .fail
    }
  }

  private static func disposition(of call: FollowedCall, needsAgent: Bool) -> Disposition {
    let progress = call.progress
    switch progress.ending?.end.outcome {
    case .busy: return .busy
    case .noAnswer: return .noAnswer
    case .rejected: return .rejected
    case .cancelled where progress.answeredAt == nil: return .cancelled
    case .failed: return .failed
    case .completed, .cancelled: break
    case nil: return .unknown
    }
    switch progress.answeredBy {
    case .screening: return .screened
    case .fax: return .machine
    case let by? where by.isMachine: return progress.leftMessage ? .voicemail : .machine
    default:
      let isAlone = call.isAgentAbsent || needsAgent && call.agent.agent == nil
      return call.hangUp == .abandoned || isAlone ? .abandoned : .answered
    }
  }

  /// The ending that the store is told, once it is known what becomes of the lead.
  func ending(next: LeadStep) -> CallEnding {
    CallEnding(
      disposition, next: next, at: at, duration: duration, answeredBy: answeredBy, costMicros: costMicros,
      failure: failure, isAttempt: isAttempt)
  }
}

extension FollowedCall {
  /// Whether another process may have heard something that decides what becomes of the lead.
  var mayOthersKnowMore: Bool {
    guard let campaign = settings?.value, verdict == nil, progress.answeredAt != nil else { return false }
    if progress.answeredBy?.isMachine == true {
      return campaign.machineDetection.messageURL != nil && !progress.leftMessage
    }
    return campaign.callback.isEnabled && progress.callback == nil
  }

  /// How it ended and what becomes of its lead, where nothing has to be looked up for that.
  var plainEnding: CallEnding? {
    guard !isGuest, campaign == nil || settings != nil, !mayOthersKnowMore else { return nil }
    let conclusion = CallConclusion(self, needsAgent: settings?.value.agents.group != nil)
    return conclusion.step.map { conclusion.ending(next: $0) }
  }
}
