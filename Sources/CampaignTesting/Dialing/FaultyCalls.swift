import CampaignKit

/// The calls of a ``FaultyCarrier``: what really happens to them, and what is told of it.
struct FaultyCalls: CallEventSource {
  private struct Line {
    var call: SimulatedCall
    var order: CallOrder
    /// How many steps happened so far.
    var happened = 0
    /// Its entry among the steps; older ones mean nothing.
    var entry: UInt64 = 0
    /// The agent who is rung for it, and does not come.
    var absentAgent: Agent.ID?
    /// How many requests about it there were; each has a fate of its own.
    var requests: UInt64 = 0
  }

  /// What a request comes to, and how long the answer takes.
  struct Answer<Value: Sendable>: Sendable {
    var result: Result<Value, DialerError>
    var delay = Duration.zero
  }

  /// What a fate is drawn for, so that each has random numbers of its own.
  private enum Purpose: UInt64 {
    case order = 1
    case number, outcome, step, lookUp, hangUp, connection
  }

  let name: String
  var faults: CarrierFaults
  private let mix: CarrierMix
  private let seed: UInt64
  private let longestRequest: Duration
  private var lines: [Line] = []
  private var lineOfCall: [Call.ID: Int] = [:]
  private var placements: [CarrierBooks.Placement] = []
  private var ordersOfCall: [Call.ID: UInt64] = [:]
  private var callsOfNumber: [PhoneNumber: UInt64] = [:]
  /// Lines by their next step.
  private var steps = DueHeap()
  /// Events by when they are told.
  private var telling = DueHeap()
  private var told: [Int: CallEvent] = [:]
  private var lastEvent = 0

  init(
    name: String, mix: CarrierMix, faults: CarrierFaults, seed: UInt64, longestRequest: Duration
  ) {
    self.name = name
    self.mix = mix
    self.faults = faults
    self.seed = seed
    self.longestRequest = longestRequest
  }

  private func random(_ purpose: Purpose, _ call: Call.ID, _ number: UInt64 = 0) -> SplitMix64 {
    SplitMix64(seed: seed, purpose.rawValue, call.high, UInt64(call.low), number)
  }

  // MARK: Orders

  mutating func place(_ order: CallOrder, at now: Timestamp) -> Answer<String> {
    let before = ordersOfCall[order.id, default: 0]
    ordersOfCall[order.id] = before + 1
    var placement = CarrierBooks.Placement(
      call: order.id, account: order.account, campaign: order.campaign?.id, lead: order.lead, number: order.to,
      requestedAt: now, acceptedAt: nil, answer: .accepted, isRepeated: before > 0)
    defer { placements.append(placement) }
    if let number = lineOfCall[order.id] {
      placement.acceptedAt = lines[number].call.placedAt
      return Answer(result: .success(lines[number].call.reference))
    }
    var random = self.random(.order, order.id, before)
    if let refusal = refusal(of: order, &random) {
      placement.answer = .refused(refusal.code)
      return Answer(result: .failure(refusal))
    }
    // Drawn in any case, so that one fault does not change the others.
    let isHanging = random.hits(faults.hanging)
    let hang = min(faults.hang.draw(&random), longestRequest)
    let (isResetBefore, isResetAfter) = (random.hits(faults.resetBefore), random.hits(faults.resetAfter))
    let (isLate, isRefused, isLost) = (random.hits(0.4), random.hits(0.2), random.hits(0.5))
    let delay = isHanging ? hang : mix.request.draw(&random)
    let isUncertain = isResetBefore || isResetAfter || isHanging && isLost
    if isResetBefore || isHanging && isRefused {
      placement.answer = .uncertain
      return Answer(result: .failure(Self.uncertain), delay: delay)
    }
    let acceptedAt = isHanging && isLate ? now + hang : now
    let reference = add(order, at: acceptedAt)
    placement.acceptedAt = acceptedAt
    guard isUncertain else { return Answer(result: .success(reference), delay: delay) }
    placement.answer = .uncertain
    return Answer(result: .failure(Self.uncertain), delay: delay)
  }

  private static let uncertain = DialerError(.uncertain, "the connection was lost")

  /// Why an order is refused for certain.
  private func refusal(of order: CallOrder, _ random: inout SplitMix64) -> DialerError? {
    var ofNumber = SplitMix64(seed: seed, Purpose.number.rawValue, order.to.digits)
    let isThrottled = random.hits(faults.throttled)
    let isUnavailable = random.hits(faults.unavailable)
    if ofNumber.hits(faults.badNumbers) {
      return ofNumber.hits(0.5)
        ? DialerError(.invalidNumber, "the number does not exist", carrierCode: "21211")
        : DialerError(.blocked, "the number is blocked", carrierCode: "21610")
    }
    if isThrottled { return DialerError(.throttled, "calls are placed too fast", retryAfter: .seconds(1)) }
    if isUnavailable { return DialerError(.unavailable, "the carrier cannot place calls now") }
    return nil
  }

  private mutating func add(_ order: CallOrder, at moment: Timestamp) -> String {
    let before = callsOfNumber[order.to, default: 0]
    callsOfNumber[order.to] = before + 1
    var random = SplitMix64(seed: seed, Purpose.outcome.rawValue, order.to.digits, before)
    var mix = mix
    if random.hits(faults.slowRinging) { mix.setup = faults.slowness }
    let call = SimulatedCall(order, mix: mix, at: moment, random: &random)
    lineOfCall[order.id] = lines.count
    lines.append(Line(call: call, order: order))
    if self.random(.step, order.id).once({ $0.hits(faults.talkative) }) {
      tell(.placed(reference: call.reference), of: call, at: moment, number: 100)
    }
    planStep(of: lines.count - 1)
    return call.reference
  }

  // MARK: Other requests

  /// Random numbers for one more request about a call.
  private mutating func request(_ purpose: Purpose, _ id: Call.ID) -> SplitMix64 {
    guard let number = lineOfCall[id] else { return random(purpose, id) }
    lines[number].requests += 1
    return random(purpose, id, lines[number].requests)
  }

  mutating func lookUp(_ id: Call.ID, at now: Timestamp) -> Answer<CallFindings> {
    var random = request(.lookUp, id)
    guard faults.canLookUp else { return Answer(result: .success(.unknown)) }
    let delay = random.hits(faults.lateLookUps) ? min(faults.hang.draw(&random), longestRequest) : .zero
    if random.hits(faults.failingLookUps) {
      return Answer(result: .failure(DialerError(.unavailable, "the look-up failed")), delay: delay)
    }
    if random.hits(faults.unknownLookUps) { return Answer(result: .success(.unknown), delay: delay) }
    guard let number = lineOfCall[id], lines[number].call.placedAt <= now else {
      return Answer(result: .success(.absent), delay: delay)
    }
    return Answer(result: .success(.found(lines[number].call.events(until: now))), delay: delay)
  }

  mutating func hangUp(
    _ id: Call.ID, afterMessage: Bool = false, at now: Timestamp
  ) -> Result<Void, DialerError> {
    var random = request(.hangUp, id)
    let fails = random.hits(faults.failingHangUps)
    if !fails || random.hits(0.5), let number = lineOfCall[id], lines[number].call.placedAt <= now,
      afterMessage ? lines[number].call.dismiss(at: now) : lines[number].call.hangUp(at: now)
    {
      planStep(of: number)
    }
    return fails ? .failure(DialerError(.unavailable, "the request failed")) : .success(())
  }

  mutating func connect(_ id: Call.ID, to agent: Agent.ID, at now: Timestamp) -> Result<Void, DialerError> {
    var random = request(.connection, id)
    if random.hits(faults.failingConnections) {
      return .failure(DialerError(.unavailable, "the request failed"))
    }
    guard let number = lineOfCall[id], lines[number].call.isAnswered(at: now) else {
      return .failure(DialerError(.invalidOrder, "nobody is on the line"))
    }
    var absence = self.random(.connection, id, .max)
    if absence.hits(faults.absentAgents) {
      // Whoever is rung already is not rung twice.
      guard lines[number].absentAgent != agent else { return .success(()) }
      lines[number].absentAgent = agent
      tell(.agentAbsent(agent), of: lines[number].call, at: now + faults.absence.draw(&absence), number: 105)
    } else if lines[number].call.connect(at: now) {
      planStep(of: number)
    }
    return .success(())
  }

  // MARK: Events

  var nextDue: Timestamp? {
    [steps.first?.due, telling.first?.due].compactMap { $0 }.min().map(Timestamp.init(milliseconds:))
  }

  mutating func takeEvent(at now: Timestamp) -> CallEvent? {
    while let first = steps.first, first.due <= now.milliseconds {
      steps.removeFirst()
      if lines[first.key].entry == first.order { happen(to: first.key) }
    }
    while let first = telling.first, first.due <= now.milliseconds {
      telling.removeFirst()
      guard let event = told.removeValue(forKey: first.key) else { continue }
      if let patience = faults.patience, now - Timestamp(milliseconds: first.due) > patience { continue }
      return event
    }
    return nil
  }

  /// The next step of a call, and when.
  private func nextStep(of line: Line) -> (step: SimulatedCall.Step, at: Timestamp)? {
    let steps = SimulatedCall.Step.allCases.lazy.compactMap { step in line.call.moment(of: step).map { (step, $0) } }
    return steps.dropFirst(line.happened).first.map { (step: $0.0, at: $0.1) }
  }

  private mutating func planStep(of number: Int) {
    guard let next = nextStep(of: lines[number]) else { return }
    lines[number].entry = steps.add(number, due: next.at.milliseconds)
  }

  /// Lets the next step of a call happen, and decides what is told of it.
  private mutating func happen(to number: Int) {
    let line = lines[number]
    guard let (step, moment) = nextStep(of: line), let event = line.call.event(of: step) else { return }
    var delay = Duration.zero
    if event.kind == .detected(.human) {
      var random = self.random(.step, line.call.id, 103)
      if random.hits(faults.mistaken) {
        tell(.detected(.machineStart), of: line.call, at: moment, number: 104)
        delay = .milliseconds(Int.random(in: 1...10_000, using: &random))
      }
    }
    tell(event.kind, of: line.call, at: moment, after: delay, number: UInt64(step.rawValue))
    if step == .ended, random(.step, line.call.id).once({ $0.hits(faults.talkative) }) {
      tell(.cost(micros: mix.minuteMicros), of: line.call, at: moment, number: 101)
      if line.order.campaign?.recordsCalls == true, line.call.moment(of: .answered) != nil {
        let recording = Call.Recording(url: "https://carrier.example/\(line.call.reference)")
        tell(.recording(recording), of: line.call, at: moment, number: 102)
      }
    }
    lines[number].happened += 1
    planStep(of: number)
  }

  /// Plans when and how often an event is told, if at all.
  private mutating func tell(
    _ kind: CallEvent.Kind, of call: SimulatedCall, at moment: Timestamp, after delay: Duration = .zero, number: UInt64
  ) {
    var random = self.random(.step, call.id, number + 1)
    let isLost = random.hits(faults.lostEvents)
    let isLostEnd = random.hits(faults.lostEnds)
    let copies = random.hits(faults.duplicated) ? Int.random(in: 2...3, using: &random) : 1
    if case .ended = kind, isLostEnd { return }
    guard !isLost else { return }
    for _ in 0..<copies {
      var due = moment + delay
      if random.hits(faults.delayed) { due = due + faults.delay.draw(&random) }
      if random.hits(faults.reordered) { due = due + .milliseconds(Int.random(in: 1...5000, using: &random)) }
      let subject: CallEvent.Subject =
        random.hits(faults.byReference) ? .carrier(name, reference: call.reference) : .call(call.id)
      lastEvent += 1
      told[lastEvent] = CallEvent(kind, of: subject, at: moment)
      telling.add(lastEvent, due: due.milliseconds)
    }
  }

  // MARK: Books

  func books(at now: Timestamp) -> CarrierBooks {
    var books = CarrierBooks(now: now)
    books.placements = placements
    books.lines = lines.map { line in
      CarrierBooks.Line(
        call: line.call.id, account: line.order.account, campaign: line.order.campaign?.id, lead: line.order.lead,
        number: line.order.to, startedAt: line.call.placedAt, answeredAt: line.call.moment(of: .answered),
        endedAt: line.call.moment(of: .ended))
    }
    return books
  }
}

extension SplitMix64 {
  /// Whether something that has this probability happens.
  fileprivate mutating func hits(_ share: Double) -> Bool { fraction() < share }

  /// Draws from a copy.
  fileprivate func once<Value>(_ draw: (inout SplitMix64) -> Value) -> Value {
    var copy = self
    return draw(&copy)
  }
}
