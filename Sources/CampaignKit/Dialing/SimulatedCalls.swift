/// The calls of a ``SimulatedCarrier``, and which event comes next.
struct SimulatedCalls: CallEventSource {
  private struct Line {
    var call: SimulatedCall
    var delivery: SimulatedDelivery
    /// How many of its events were told.
    var told = 0
    /// Its entry in the heap; older ones mean nothing.
    var entry: UInt64?
  }

  /// What a request comes to, and how long the answer takes.
  struct Answer: Sendable {
    var result: Result<String, DialerError>
    var delay: Duration
  }

  private let configuration: SimulatedCarrier.Configuration
  private let rate: Rate?
  /// Until when starts are taken, as ``Rate`` counts.
  private var rateUntil: Int64 = 0
  private var lines: [Line?] = []
  private var freeLines: [Int] = []
  private var lineOfCall: [Call.ID: Int] = [:]
  /// Calls that are over and whose events were told, oldest first.
  private var over: [Int] = []
  private var forgotten = 0
  /// Calls that were made before this may have been forgotten.
  private var horizon: Timestamp?
  /// How often each number was called.
  private var callsOfNumber: [UInt64: UInt32] = [:]
  private var refusedOnce: Set<UInt64> = []
  private var heap = DueHeap()

  init(_ configuration: SimulatedCarrier.Configuration) {
    self.configuration = configuration
    rate = configuration.callsPerSecond.map { Rate(perSecond: $0, burst: configuration.burst) }
  }

  // MARK: Requests

  mutating func place(_ order: CallOrder, at now: Timestamp) -> Answer {
    if let number = lineOfCall[order.id], let line = lines[number] {
      return Answer(result: .success(line.call.reference), delay: .zero)
    }
    let forced = configuration.forcesOutcomes ? ForcedOutcome(order.to) : nil
    if forced == .throttledOnce, refusedOnce.insert(order.to.digits).inserted {
      return Answer(result: .failure(Self.throttled(for: .seconds(1))), delay: .zero)
    }
    if let wait = takeStart(at: now) { return Answer(result: .failure(Self.throttled(for: wait)), delay: .zero) }

    let before = callsOfNumber[order.to.digits, default: 0]
    callsOfNumber[order.to.digits] = before &+ 1
    var random = SplitMix64(seed: configuration.seed, order.to.digits, UInt64(before))
    let call = SimulatedCall(
      order, as: forced?.fate, mix: configuration.mix, speed: configuration.speed, at: now, random: &random)
    let request = Tempo(configuration.speed)(configuration.mix.request.draw(&random))
    add(Line(call: call, delivery: forced?.delivery ?? .plain))
    guard forced != .answerLost else {
      let error = DialerError(.uncertain, "the answer was lost; look the call up")
      return Answer(result: .failure(error), delay: request)
    }
    return Answer(result: .success(call.reference), delay: request)
  }

  private static func throttled(for wait: Duration) -> DialerError {
    DialerError(.throttled, "calls are placed too fast", carrierCode: "SIM-429", retryAfter: wait)
  }

  /// Takes one start of the rate; if there is none, says when there is.
  private mutating func takeStart(at now: Timestamp) -> Duration? {
    guard let rate else { return nil }
    let nanoseconds = Rate.nanoseconds(now)
    guard rate.permits(at: nanoseconds, until: rateUntil) > 0 else {
      return .milliseconds(max(1, (rate.nextStart(until: rateUntil) &- nanoseconds &+ 999_999) / 1_000_000))
    }
    rateUntil = rate.until(after: 1, at: nanoseconds, until: rateUntil)
    return nil
  }

  mutating func hangUp(_ id: Call.ID, at now: Timestamp) {
    change(id) { call in call.hangUp(at: now) }
  }

  mutating func dismiss(_ id: Call.ID, at now: Timestamp) {
    change(id) { call in call.dismiss(at: now) }
  }

  mutating func connect(_ id: Call.ID, at now: Timestamp) -> Bool {
    change(id) { call in call.connect(at: now) }
  }

  @discardableResult
  private mutating func change(_ id: Call.ID, _ body: (inout SimulatedCall) -> Bool) -> Bool {
    guard let number = lineOfCall[id], var line = lines[number], body(&line.call) else { return false }
    lines[number] = line
    schedule(number)
    return true
  }

  func findings(of id: Call.ID, at now: Timestamp) -> CallFindings {
    if let number = lineOfCall[id], let line = lines[number] { return .found(line.call.events(until: now)) }
    if let horizon, id.createdAt <= horizon { return .unknown }
    return .absent
  }

  func liveCount(at now: Timestamp) -> Int {
    lines.count { $0?.call.isLive(at: now) ?? false }
  }

  // MARK: Events

  var nextDue: Timestamp? { heap.first.map { Timestamp(milliseconds: $0.due) } }

  mutating func takeEvent(at now: Timestamp) -> CallEvent? {
    while let first = heap.first, first.due <= now.milliseconds {
      guard var line = lines[first.key], line.entry == first.order else {
        heap.removeFirst()
        continue
      }
      let event = line.delivery.next(of: line.call, told: line.told)?.step.flatMap { line.call.event(of: $0) }
      line.told += 1
      lines[first.key] = line
      // Most often the next one is due at once, or there is none.
      if line.delivery.next(of: line.call, told: line.told)?.at.milliseconds != first.due {
        heap.removeFirst()
        schedule(first.key)
      }
      if let event { return event }
    }
    return nil
  }

  /// Plans the next event of a call, or that there is none.
  private mutating func schedule(_ number: Int) {
    guard var line = lines[number] else { return }
    if let next = line.delivery.next(of: line.call, told: line.told) {
      line.entry = heap.add(number, due: next.at.milliseconds)
      lines[number] = line
    } else if line.call.endsAt < .distantFuture {
      line.entry = nil
      lines[number] = line
      over.append(number)
      forgetSome()
    }
  }

  // MARK: Remembering

  private mutating func add(_ line: Line) {
    let number: Int
    if let free = freeLines.popLast() {
      number = free
      lines[number] = line
    } else {
      number = lines.count
      lines.append(line)
    }
    lineOfCall[line.call.id] = number
    schedule(number)
  }

  private mutating func forgetSome() {
    while over.count - forgotten > max(0, configuration.remembered) {
      let number = over[forgotten]
      forgotten += 1
      guard let line = lines[number] else { continue }
      lines[number] = nil
      lineOfCall[line.call.id] = nil
      freeLines.append(number)
      horizon = max(horizon ?? line.call.id.createdAt, line.call.id.createdAt)
    }
    if forgotten > 4096, forgotten * 2 > over.count {
      over.removeFirst(forgotten)
      forgotten = 0
    }
  }
}
