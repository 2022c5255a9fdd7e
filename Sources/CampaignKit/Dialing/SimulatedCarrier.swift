/// A carrier without a network: calls ring, are answered and end as they do in life, or as a number asks for.
///
/// ```swift
/// let carrier = SimulatedCarrier(mix: .fast, seed: 7)
/// ```
///
/// ## What becomes of a call
///
/// It is drawn from the ``CarrierMix`` by the seed, the number, and how often the number was called before, and by
/// nothing else: the third call to a number comes out the same whatever else is called, and when.
///
/// A number can ask for an outcome by its last four digits, unless ``Configuration/forcesOutcomes`` is off:
///
/// | digits | outcome |
/// |---|---|
/// | 0001 | a person answers |
/// | 0002 | busy |
/// | 0003 | nobody answers |
/// | 0004 | the call fails |
/// | 0005 | a machine without a beep |
/// | 0006 | a machine with a beep |
/// | 0011 | it rings until it is hung up, for longer than it was ordered to |
/// | 0012 | a person talks for as long as the call may last |
/// | 0020 | a person, and every event comes twice |
/// | 0021 | a person, and all events come at the end, the last one first |
/// | 0023 | a person, and no event comes |
/// | 0024 | a person, and the end is not told |
/// | 0040 | the first order is refused as too fast, later ones are answered by a person |
/// | 0045 | a person, but the answer to the order is lost: it is ``DialerError/Code/uncertain`` |
///
/// Machines are told apart only where the campaign asks for it. A message is left where the campaign has one. Somebody
/// who answers a call of a campaign with an agent group waits for ``connect(_:to:)``, and hangs up if it takes too
/// long.
///
/// ## What it promises
///
/// All that a ``Dialer`` promises. An order that comes again is the same call. ``lookUp(_:)`` tells the truth about
/// every live call and about the last ``Configuration/remembered`` that are over; of older ones it says that it cannot
/// tell. There is no task and no timer behind a call: events are made when a reader of ``events()`` asks for them. When
/// the clock is set forwards, calls are over sooner; when it is set back, nothing happens to them.
public final class SimulatedCarrier: Dialer {
  /// How a carrier behaves.
  public struct Configuration: Sendable {
    /// The name that is kept with each call.
    public var name = "simulated"
    /// How calls come out and how long everything takes.
    public var mix: CarrierMix
    /// What is drawn depends on it.
    public var seed: UInt64
    /// By what all times are divided: 10 makes a call of a minute take six seconds. What is not positive counts as 1.
    public var speed: Double
    /// The most calls that may be started in a second, beyond which orders are refused; nil for no limit.
    public var callsPerSecond: Double?
    /// How many may be started at once after a pause.
    public var burst = 1
    /// Whether a number can ask for an outcome.
    public var forcesOutcomes = true
    /// How many calls that are over are remembered.
    public var remembered = 100_000

    /// Creates a configuration; without arguments, of a lifelike carrier without a limit.
    public init(mix: CarrierMix = .lifelike, seed: UInt64 = 1, speed: Double = 1, callsPerSecond: Double? = nil) {
      self.mix = mix
      self.seed = seed
      self.speed = speed
      self.callsPerSecond = callsPerSecond
    }
  }

  /// The name of the carrier.
  public let name: String
  /// What the carrier can do.
  public let capabilities: DialerCapabilities
  private let feed: CallEventFeed<SimulatedCalls>
  private let clock: any EngineClock

  /// Creates a carrier.
  public init(_ configuration: Configuration, clock: any EngineClock = SystemTime()) {
    name = configuration.name
    capabilities = DialerCapabilities(callsPerSecond: configuration.callsPerSecond, burst: configuration.burst)
    feed = CallEventFeed(SimulatedCalls(configuration), clock: clock)
    self.clock = clock
  }

  /// Creates a carrier.
  public convenience init(
    mix: CarrierMix = .lifelike, seed: UInt64 = 1, speed: Double = 1, clock: any EngineClock = SystemTime()
  ) {
    self.init(Configuration(mix: mix, seed: seed, speed: speed), clock: clock)
  }

  /// Places a call. It is refused when its time is over, when calls are placed too fast, or when its number asks for
  /// that.
  public func place(_ order: CallOrder) async throws(DialerError) -> String {
    guard clock.now() < order.placeBy else {
      throw DialerError(.unavailable, "the time for which the order was made is over", wasHeldBack: true)
    }
    let answer = feed.withSource { calls, now in calls.place(order, at: now) }
    if answer.delay > .zero { await clock.wait(for: answer.delay) }
    return try answer.result.get()
  }

  /// Ends a call, whatever it is doing. A call that is over or not known is no error.
  public func hangUp(_ call: CallReference) async throws(DialerError) {
    feed.withSource { calls, now in calls.hangUp(call.call, at: now) }
  }

  /// Ends a call as soon as the person who answered has heard a message, or sooner, as people are.
  public func hangUp(_ call: CallReference, after message: String) async throws(DialerError) {
    feed.withSource { calls, now in calls.dismiss(call.call, at: now) }
  }

  /// Tells what has become of a call, also of one whose events or whose answer were lost.
  public func lookUp(_ call: CallReference) async throws(DialerError) -> CallFindings {
    feed.withSource { calls, now in calls.findings(of: call.call, at: now) }
  }

  /// Lets an agent talk to the person who answered, for as long as people talk.
  ///
  /// - Throws: ``DialerError/Code/invalidOrder`` when nobody has answered, or the call is over.
  public func connect(_ call: CallReference, to agent: Agent) async throws(DialerError) {
    guard feed.withSource({ calls, now in calls.connect(call.call, at: now) }) else {
      throw DialerError(.invalidOrder, "nobody is on the line; connect a call after its answer and before its end")
    }
  }

  /// What happens to calls. Every reader hears all that happens from the moment it was made; what happens while there
  /// is none is told to the next one.
  public func events() -> CallEvents { feed.events() }

  /// How many calls are live.
  public var liveCalls: Int { feed.withSource { calls, now in calls.liveCount(at: now) } }
}
