import CampaignKit

/// What a carrier makes of one order, drawn by the number and by how often that was ordered before.
struct CallStory: Sendable {
  /// What becomes of the order.
  enum Arrival: Hashable, Sendable {
    case taken
    /// It is refused, for certain.
    case refused(DialerError.Code)
    /// It is lost on its way, and nobody knows.
    case lost
    /// It is taken, and the answer is lost.
    case unanswered
    /// It is taken after its sender has given up.
    case late(Duration)
  }

  /// Something that happens to the call, and when whoever listens is told, which may be never or twice.
  struct Step: Sendable {
    /// How long after the call was taken.
    var after: Duration
    var kind: CallEvent.Kind
    /// How long after it happened each telling comes.
    var tellings: [Duration]
    var saysWhen: Bool
  }

  /// How long the order is on its way, and how long the answer.
  var sending: Duration
  var answering: Duration
  var arrival: Arrival
  var steps: [Step]
  /// Whether a request to end the call gets through.
  var hangsUp: Bool
  /// Whether events name the call as the carrier does.
  var namesReference: Bool
  /// Which of the questions after the call, counted from 0, get an answer; none from the number of them on.
  var answersFrom: Int

  init(_ order: CallOrder, nth: Int, plan: SimulationPlan) {
    var draw = Draw(seed: plan.seed &* 31 &+ order.to.digits &* 1_000_003 &+ UInt64(nth))
    let carrier = plan.carrier
    let isFaulty = carrier.isFaulty
    sending = .milliseconds(draw.int(1...300))
    answering = .milliseconds(draw.int(1...300))
    hangsUp = !isFaulty || draw.chance(0.8)
    namesReference = draw.chance(0.3)
    answersFrom = !isFaulty ? 0 : !carrier.canLookUp ? .max : draw.pick([0, 0, 1, 3])
    arrival = .taken
    if isFaulty {
      switch draw.int(0...19) {
      case 0: arrival = .lost
      case 1...2: arrival = .unanswered
      case 3: arrival = .late(.milliseconds(draw.int(100...Int(carrier.longestRequest.milliseconds) - 1000)))
      case 4: arrival = .refused(draw.pick([.throttled, .unavailable, .throttled, .notPermitted, .outOfFunds]))
      case 5: sending = .milliseconds(draw.int(1000...8000))
      case 6: answering = .milliseconds(draw.int(1000...8000))
      default: break
      }
    }
    if draw.chance(0.04) { arrival = .refused(draw.pick([.invalidNumber, .blocked])) }
    if isFaulty, draw.chance(0.01) { arrival = .refused(.invalidOrder) }
    steps = []
    tell(order, carrier, &draw)
    guard isFaulty else { return }
    for index in steps.indices { steps[index].disturb(&draw) }
  }

  private mutating func tell(_ order: CallOrder, _ carrier: SimulationPlan.CarrierPlan, _ draw: inout Draw) {
    var after = Duration.milliseconds(draw.int(10...3000))
    func add(_ kind: CallEvent.Kind) {
      steps.append(Step(after: after, kind: kind, tellings: [.milliseconds(40)], saysWhen: true))
    }
    if draw.chance(0.3) { add(.placed(reference: Self.reference(order.id))) }
    let failure = Call.Failure(code: "500", cause: "drawn")
    switch draw.int(0...9) {
    case 0: return add(.ended(CallEnd(.busy)))
    case 1: return add(.ended(CallEnd(.failed, failure: failure)))
    case 2...4:
      add(.ringing)
      after = order.ringTime
      return add(.ended(CallEnd(draw.chance(0.8) ? .noAnswer : .rejected)))
    default: break
    }
    add(.ringing)
    after += .milliseconds(draw.int(500...Int(order.ringTime.milliseconds) - 500))
    let listens = carrier.detectsMachines && order.campaign?.machineDetection.mode ?? .off != .off
    let isMachine = draw.chance(0.3)
    add(.answered(nil))
    if listens {
      after += .milliseconds(draw.int(100...4000))
      add(.detected(isMachine ? draw.pick([.machineStart, .machineEndBeep, .fax]) : draw.pick([.human, .screening])))
    }
    var talk = Duration.milliseconds(draw.int(1000...90_000))
    // Some never come to an end by themselves.
    if draw.chance(0.06) { talk = order.longestCall }
    talk = min(talk, order.longestCall)
    if isMachine, listens, order.campaign?.machineDetection.messageURL != nil, draw.chance(0.8) { add(.messageLeft) }
    if !isMachine, draw.chance(0.12) {
      add(
        .callbackAgreed(
          draw.chance(0.5) ? order.createdAt + .seconds(draw.int(60...5400)) : nil))
    }
    if !isMachine, draw.chance(0.08) { add(.optedOut) }
    after += talk
    add(.ended(CallEnd(.completed, duration: talk, costMicros: draw.chance(0.5) ? 12_000 : nil)))
    after += .milliseconds(draw.int(1...20_000))
    if draw.chance(0.2) { add(.recording(Call.Recording(url: "https://example.com/r", reference: nil))) }
    if draw.chance(0.2) { add(.cost(micros: 15_000)) }
  }

  /// The name that the carrier gives a call.
  static func reference(_ id: Call.ID) -> String { "network-\(id)" }
}

extension CallStory.Step {
  mutating func disturb(_ draw: inout Draw) {
    saysWhen = draw.chance(0.6)
    switch draw.int(0...9) {
    case 0: tellings = []
    case 1: tellings = [.milliseconds(draw.int(1...3000)), .milliseconds(draw.int(1...60_000))]
    case 2: tellings = [.milliseconds(draw.int(1...8000))]
    case 3: tellings = [.milliseconds(draw.int(1...120_000))]
    default: break
    }
  }
}
