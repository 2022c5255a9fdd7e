/// A call as the simulated network has it: what happens to it and when, decided when it is placed.
///
/// It is a value and knows no clock. Whoever has it asks what happened up to some moment, ends it, or connects it.
package struct SimulatedCall: Sendable {
  /// How a call comes out.
  package enum Fate: Sendable {
    case human, machine, beepingMachine, screening, noAnswer, busy, rejected, failed
    /// It rings for as long as somebody lets it.
    case endlessRinging
    /// A person who talks for as long as a call may last.
    case longTalk
  }

  /// What can happen, in the order in which it does.
  package enum Step: UInt8, Sendable, CaseIterable {
    case ringing, answered, detected, messageLeft, wished, ended
  }

  /// What a person asks for.
  enum Wish: Sendable {
    case callback, optOut
  }

  package let id: Call.ID
  package let placedAt: Timestamp
  private var ringsAt = Timestamp.distantFuture
  private var answersAt = Timestamp.distantFuture
  private var detectedAt = Timestamp.distantFuture
  private var messageAt = Timestamp.distantFuture
  private var wishesAt = Timestamp.distantFuture
  /// When it ends; in the distant future while nothing ends it.
  package private(set) var endsAt = Timestamp.distantFuture
  /// When it ends at the latest, once it was answered.
  private var latestEnd = Timestamp.distantFuture
  private var outcome = CallEnd.Outcome.noAnswer
  private var answeredBy: AnsweredBy?
  private var wish: Wish?
  /// How long somebody talks who is connected to an agent.
  private var talk: Duration
  /// How long a message takes.
  private var message = Duration.zero
  private let minuteMicros: Int64

  /// Decides what happens to a call.
  ///
  /// - Parameters:
  ///   - order: The call.
  ///   - forced: How it comes out; nil to draw it.
  ///   - mix: How calls come out and how long everything takes.
  ///   - speed: By what all times are divided.
  ///   - now: When it is placed, by the carrier's clock.
  ///   - random: What is drawn comes from here.
  package init(
    _ order: CallOrder, as forced: Fate? = nil, mix: CarrierMix, speed: Double = 1, at now: Timestamp,
    random: inout SplitMix64
  ) {
    id = order.id
    placedAt = now
    minuteMicros = mix.minuteMicros
    let scale = Tempo(speed)
    let fate = mix.shares.draw(&random, beeping: mix.beeping)
    let setup = scale(mix.setup.draw(&random))
    let answer = scale(mix.answer.draw(&random))
    let refusal = scale(mix.refusal.draw(&random))
    let longestRing = scale(max(.zero, min(order.ringTime, mix.longestRing)))
    talk = scale(mix.talk.draw(&random))

    switch forced ?? fate {
    case .busy:
      outcome = .busy
      endsAt = now + setup + refusal
    case .failed:
      outcome = .failed
      endsAt = now + setup + refusal
    case .rejected:
      outcome = .rejected
      ringsAt = now + setup
      endsAt = ringsAt + min(refusal, longestRing)
    case .noAnswer:
      ringsAt = now + setup
      endsAt = ringsAt + longestRing
    case .endlessRinging:
      outcome = .cancelled
      ringsAt = now + setup
    case .human, .machine, .beepingMachine, .screening, .longTalk:
      ringsAt = now + setup
      guard forced != nil || answer <= longestRing else {
        endsAt = ringsAt + longestRing
        return
      }
      answersAt = ringsAt + min(answer, longestRing)
      latestEnd = answersAt + scale(max(.zero, order.longestCall))
      outcome = .completed
      answered(by: forced ?? fate, order.campaign, mix, scale, &random)
      endsAt = min(endsAt, latestEnd)
    }
  }

  private mutating func answered(
    by fate: Fate, _ campaign: Campaign?, _ mix: CarrierMix, _ scale: Tempo, _ random: inout SplitMix64
  ) {
    let detection = scale(mix.detection.draw(&random))
    let greeting = scale(mix.greeting.draw(&random))
    let message = scale(mix.message.draw(&random))
    self.message = message
    let patience = scale(mix.patience.draw(&random))
    let mode = campaign?.machineDetection.mode ?? .off
    if mode != .off { detectedAt = answersAt + detection }
    switch fate {
    case .machine, .beepingMachine:
      guard mode != .off else {
        answeredBy = .machineStart
        endsAt = answersAt + greeting + message
        return
      }
      answeredBy = .machineStart
      if mode == .greetingEnd {
        detectedAt = answersAt + max(detection, greeting)
        answeredBy = fate == .beepingMachine ? .machineEndBeep : .machineEndSilence
      }
      endsAt = detectedAt
      if campaign?.machineDetection.messageURL != nil {
        messageAt = detectedAt + message
        endsAt = messageAt
      }
    case .screening:
      answeredBy = .screening
      endsAt = answersAt + max(detection, patience)
    default:
      answeredBy = .human
      if mode != .off { talk = max(talk, detection) }
      if fate == .longTalk { talk = latestEnd - answersAt }
      let wishing = random.fraction()
      if wishing < mix.optOuts {
        wish = .optOut
      } else if wishing < mix.optOuts + mix.callbacks, campaign?.callback.isEnabled == true {
        wish = .callback
      }
      if campaign?.agents.group != nil {
        endsAt = answersAt + patience
      } else {
        talk(from: answersAt)
      }
    }
  }

  private mutating func talk(from moment: Timestamp) {
    endsAt = min(moment + talk, latestEnd)
    if wish != nil { wishesAt = min(moment + talk * 0.8, endsAt) }
  }

  /// The name that the carrier gives the call.
  package var reference: String { "SIM\(id)" }

  /// Whether it is not over yet.
  package func isLive(at now: Timestamp) -> Bool { endsAt > now }

  /// When a step happens; nil if it does not.
  package func moment(of step: Step) -> Timestamp? {
    let moment =
      switch step {
      case .ringing: ringsAt
      case .answered: answersAt
      case .detected: detectedAt
      case .messageLeft: messageAt
      case .wished: wishesAt
      case .ended: endsAt
      }
    return moment <= endsAt && moment < .distantFuture ? moment : nil
  }

  /// Whether somebody or something has answered who is still there.
  package func isAnswered(at now: Timestamp) -> Bool { isLive(at: now) && answersAt <= now }

  /// What the carrier tells of a step.
  package func event(of step: Step) -> CallEvent? {
    guard let moment = moment(of: step) else { return nil }
    let kind: CallEvent.Kind
    switch step {
    case .ringing: kind = .ringing
    case .answered: kind = .answered(nil)
    case .detected: kind = .detected(answeredBy ?? .unknown)
    case .messageLeft: kind = .messageLeft
    case .wished: kind = wish == .optOut ? .optedOut : .callbackAgreed(moment + .seconds(3600))
    case .ended: kind = .ended(end)
    }
    return CallEvent(kind, of: .call(id), at: moment)
  }

  /// All that happened up to a moment, in order.
  package func events(until now: Timestamp) -> [CallEvent] {
    var events = [CallEvent(.placed(reference: reference), of: .call(id), at: placedAt)]
    for step in Step.allCases {
      if let moment = moment(of: step), moment <= now, let event = event(of: step) { events.append(event) }
    }
    return events
  }

  private var end: CallEnd {
    var end = CallEnd(outcome, duration: .zero, costMicros: 0)
    if answersAt <= endsAt {
      let duration = endsAt - answersAt
      end.duration = duration
      end.costMicros = max(1, (duration.milliseconds + 59_999) / 60_000) &* minuteMicros
      if detectedAt <= endsAt { end.answeredBy = answeredBy }
    }
    if outcome == .failed { end.failure = Call.Failure(code: "SIM-404", cause: "The number cannot be reached.") }
    return end
  }

  /// Ends it; false if it is over already.
  package mutating func hangUp(at now: Timestamp) -> Bool {
    guard isLive(at: now) else { return false }
    outcome = answersAt <= now ? .completed : .cancelled
    endsAt = now
    return true
  }

  /// Plays a message to the person who answered, who may be gone before its end, and ends it then; at once where nobody
  /// has answered. False if it is over already.
  package mutating func dismiss(at now: Timestamp) -> Bool {
    let (end, hasAnswered) = (min(endsAt, now + message), answersAt <= now)
    guard hangUp(at: now) else { return false }
    if hasAnswered { endsAt = end }
    return true
  }

  /// Lets somebody talk to the person who answered, from now on; false if nobody is there.
  package mutating func connect(at now: Timestamp) -> Bool {
    guard isAnswered(at: now) else { return false }
    talk(from: now)
    return true
  }
}

/// Divides durations by a speed; one that is not positive counts as 1.
struct Tempo {
  private let speed: Double

  init(_ speed: Double) {
    self.speed = speed > 0 && speed.isFinite ? speed : 1
  }

  func callAsFunction(_ duration: Duration) -> Duration {
    guard speed != 1 else { return duration }
    return .milliseconds(Int64(min(Double(duration.milliseconds) / speed, 1e15)))
  }
}
