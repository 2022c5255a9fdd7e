import CampaignKit

/// Draws what goes wrong between a client and a ``ScriptedCarrier``.
struct WireWeather: Sendable {
  /// What becomes of a request.
  enum Fate: Hashable, Sendable {
    case answered, throttled
    case failed(isDone: Bool)
    case reset(isDone: Bool)
    case slow(isDoneAtOnce: Bool)
  }

  var faults: WireFaults {
    didSet { (failing, throttled) = (0, 0) }
  }
  private var random: SplitMix64
  /// How many further requests belong to a burst of failures, and of refusals.
  private var failing = 0
  private var throttled = 0

  init(_ faults: WireFaults, seed: UInt64) {
    self.faults = faults
    random = SplitMix64(seed: seed)
  }

  private mutating func hits(_ share: Double) -> Bool { share > 0 && random.fraction() < share }

  /// What becomes of the next request.
  mutating func fate(isOrder: Bool) -> Fate {
    if failing == 0, hits(faults.failing) { failing = max(1, faults.burst) }
    if failing > 0 {
      failing -= 1
      return .failed(isDone: hits(0.5))
    }
    if isOrder, throttled == 0, hits(faults.throttled) { throttled = max(1, faults.burst) }
    if isOrder, throttled > 0 {
      throttled -= 1
      return .throttled
    }
    if hits(faults.resetBefore) { return .reset(isDone: false) }
    if hits(faults.resetAfter) { return .reset(isDone: true) }
    if hits(faults.slow) { return .slow(isDoneAtOnce: hits(0.5)) }
    return .answered
  }

  /// The ways on which a callback comes, each with its delay; none if it is lost.
  mutating func ways() -> [Duration] {
    if hits(faults.dropped) { return [] }
    var delay = Duration.zero
    if hits(faults.delayed) { delay += faults.delay * random.fraction() }
    if hits(faults.reordered) { delay += .seconds(5) * random.fraction() }
    guard hits(faults.doubled) else { return [delay] }
    return [delay, hits(0.5) ? delay : delay + .seconds(5) * random.fraction()]
  }

  /// How long it takes until there is a record of a call that is over.
  mutating func recordDelay() -> Duration { faults.recordDelay * random.fraction() }
}
