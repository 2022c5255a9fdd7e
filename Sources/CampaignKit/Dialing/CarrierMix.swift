import Foundation

/// What becomes of calls in the large: who answers, and how long everything takes.
public struct CarrierMix: Hashable, Sendable {
  /// How calls come out, each relative to the sum of all; what is below zero counts as zero.
  public struct Shares: Hashable, Sendable {
    /// A person answers.
    public var human: Double
    /// A machine answers.
    public var machine: Double
    /// A program answers that asks who is calling.
    public var screening: Double
    /// Nobody answers.
    public var noAnswer: Double
    /// The line is busy.
    public var busy: Double
    /// The call is declined.
    public var rejected: Double
    /// The call cannot be made.
    public var failed: Double

    /// Creates shares.
    public init(
      human: Double = 0, machine: Double = 0, screening: Double = 0, noAnswer: Double = 0, busy: Double = 0,
      rejected: Double = 0, failed: Double = 0
    ) {
      self.human = human
      self.machine = machine
      self.screening = screening
      self.noAnswer = noAnswer
      self.busy = busy
      self.rejected = rejected
      self.failed = failed
    }
  }

  /// How a duration varies from call to call.
  public enum Spread: Hashable, Sendable {
    /// Not at all.
    case exactly(Duration)
    /// Evenly between two durations.
    case between(Duration, Duration)
    /// Around a mean, never below zero and now and then far above, as talking does (a log-normal distribution). The
    /// variation is the standard deviation as a share of the mean.
    case skewed(mean: Duration, variation: Double)
  }

  /// How calls come out.
  public var shares: Shares
  /// Which share of machines beeps, 0 to 1.
  public var beeping: Double
  /// Which share of persons asks to be called back, where the campaign takes callbacks, 0 to 1.
  public var callbacks: Double
  /// Which share of persons asks not to be called again, 0 to 1.
  public var optOuts: Double
  /// How long the carrier takes to answer a request.
  public var request: Spread
  /// From the request until it rings.
  public var setup: Spread
  /// From the first ring until an answer.
  public var answer: Spread
  /// Until a line turns out to be busy, a call to be impossible, or one that rings is declined.
  public var refusal: Spread
  /// The longest that a call rings. One that orders less rings less.
  public var longestRing: Duration
  /// From the answer until a person, a machine and a screening program are told apart.
  public var detection: Spread
  /// How long a machine's greeting is.
  public var greeting: Spread
  /// How long a message on a machine is.
  public var message: Spread
  /// How long a person talks.
  public var talk: Spread
  /// How long a person waits to be connected to an agent before hanging up.
  public var patience: Spread
  /// What a minute costs, in millionths of the carrier's currency. Begun minutes are full ones.
  public var minuteMicros: Int64

  /// Creates a mix; without arguments, the lifelike one.
  public init() {
    shares = Shares(
      human: 0.25, machine: 0.28, screening: 0.02, noAnswer: 0.3, busy: 0.1, rejected: 0.02, failed: 0.03)
    beeping = 0.8
    callbacks = 0.02
    optOuts = 0.01
    request = .between(.milliseconds(40), .milliseconds(160))
    setup = .between(.milliseconds(500), .seconds(3))
    answer = .between(.seconds(5), .seconds(22))
    refusal = .between(.seconds(1), .seconds(4))
    longestRing = .seconds(60)
    detection = .between(.seconds(1), .seconds(4))
    greeting = .between(.seconds(6), .seconds(20))
    message = .between(.seconds(10), .seconds(25))
    talk = .skewed(mean: .seconds(120), variation: 1)
    patience = .between(.seconds(4), .seconds(12))
    minuteMicros = 14_000
  }

  /// Cold calls to private numbers: a quarter is answered by people, after 5 to 22 seconds, who talk for two minutes.
  public static let lifelike = CarrierMix()

  /// The outcomes of ``lifelike`` in calls of 0.15 to 1 second.
  public static let fast = {
    var mix = CarrierMix()
    mix.request = .exactly(.zero)
    mix.setup = .between(.milliseconds(20), .milliseconds(50))
    mix.answer = .between(.milliseconds(50), .milliseconds(250))
    mix.refusal = .between(.milliseconds(130), .milliseconds(200))
    mix.longestRing = .milliseconds(400)
    mix.detection = .between(.milliseconds(30), .milliseconds(60))
    mix.greeting = .between(.milliseconds(80), .milliseconds(200))
    mix.message = .between(.milliseconds(80), .milliseconds(200))
    mix.talk = .between(.milliseconds(80), .milliseconds(650))
    mix.patience = .between(.milliseconds(300), .milliseconds(600))
    return mix
  }()

  /// The outcomes of ``lifelike`` without any delay: all that happens to a call is known as soon as it is placed. Only
  /// a person who is to be connected to an agent stays for five seconds.
  public static let instant = {
    var mix = CarrierMix()
    let nothing = Spread.exactly(.zero)
    (mix.request, mix.setup, mix.answer, mix.refusal) = (nothing, nothing, nothing, nothing)
    (mix.detection, mix.greeting, mix.message, mix.talk) = (nothing, nothing, nothing, nothing)
    mix.longestRing = .zero
    mix.patience = .exactly(.seconds(5))
    return mix
  }()
}

extension CarrierMix.Shares {
  /// Draws one of the outcomes.
  func draw(_ random: inout SplitMix64, beeping: Double) -> SimulatedCall.Fate {
    let fates: [(share: Double, fate: SimulatedCall.Fate)] = [
      (human, .human), (machine, .machine), (screening, .screening), (noAnswer, .noAnswer), (busy, .busy),
      (rejected, .rejected), (failed, .failed),
    ]
    let sum = fates.reduce(0) { $0 + max(0, $1.share) }
    var rest = random.fraction() * sum
    let beeps = random.fraction() < beeping
    for (share, fate) in fates where share > 0 {
      rest -= share
      if rest < 0 { return fate == .machine && beeps ? .beepingMachine : fate }
    }
    return .noAnswer
  }
}

extension CarrierMix.Spread {
  /// Draws a duration, to the millisecond; never less than zero.
  package func draw(_ random: inout SplitMix64) -> Duration {
    switch self {
    case .exactly(let duration): return max(.zero, duration)
    case .between(let shortest, let longest):
      let (low, high) = (max(0, shortest.milliseconds), max(0, longest.milliseconds))
      guard low < high else { return .milliseconds(low) }
      return .milliseconds(low + Int64(random.fraction() * Double(high - low)))
    case .skewed(let mean, let variation):
      let mean = Double(max(0, mean.milliseconds))
      guard mean > 0, variation > 0 else { return .milliseconds(Int64(mean)) }
      let variance = log(1 + variation * variation)
      let normal = (-2 * log(1 - random.fraction())).squareRoot() * cos(2 * .pi * random.fraction())
      let drawn = mean * exp(variance.squareRoot() * normal - variance / 2)
      return .milliseconds(Int64(min(drawn, 1e15)))
    }
  }
}
