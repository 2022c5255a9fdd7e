public import CampaignKit

/// A carrier for simulations on which nothing can be relied, but that writes down what really happened.
///
/// Calls come out as a `CarrierMix` says. On the way, orders and other requests fail, hang and leave one in doubt,
/// and events are lost, doubled, late and out of order, as ``CarrierFaults`` says. What happens to an order depends on
/// the seed and the names of order and number only, not on what else goes on.
///
/// It keeps what a `Dialer` promises, whatever goes wrong: an order is one call at most, an error that is certain
/// means that there is no call, and a call that it does not know `DialerCapabilities.longestRequest` after the order
/// was never placed.
public final class FaultyCarrier: Dialer {
  /// The name of the carrier.
  public let name: String
  /// What the carrier can do.
  public let capabilities: DialerCapabilities
  private let feed: CallEventFeed<FaultyCalls>
  private let time: VirtualTime

  /// Creates a carrier.
  ///
  /// - Parameters:
  ///   - time: Its clock. When the clock on the wall jumps, the carrier does not notice.
  ///   - mix: How calls come out.
  ///   - faults: What goes wrong.
  ///   - seed: What is drawn depends on it.
  ///   - name: Its name.
  ///   - capabilities: What it says that it can do. It does not refuse what is too fast; its books show it.
  public init(
    _ time: VirtualTime, mix: CarrierMix = .lifelike, faults: CarrierFaults = .all, seed: UInt64 = 1,
    name: String = "faulty", capabilities: DialerCapabilities = DialerCapabilities()
  ) {
    self.name = name
    self.capabilities = capabilities
    self.time = time
    let start = time.now() - time.elapsed
    let calls = FaultyCalls(
      name: name, mix: mix, faults: faults, seed: seed, longestRequest: capabilities.longestRequest)
    feed = CallEventFeed(calls, clock: time) { start + time.elapsed }
  }

  /// What goes wrong from now on; it can be changed at any time.
  public var faults: CarrierFaults {
    get { feed.withSource { calls, _ in calls.faults } }
    set { feed.withSource { calls, _ in calls.faults = newValue } }
  }

  /// What really happened so far.
  public var books: CarrierBooks { feed.withSource { calls, now in calls.books(at: now) } }

  /// Places a call, or does not, or does so later, and says so, or something else that a dialer may say.
  public func place(_ order: CallOrder) async throws(DialerError) -> String {
    let answer = feed.withSource { calls, now in calls.place(order, at: now) }
    if answer.delay > .zero {
      await time.wait(for: answer.delay)
      // Nobody has heard the answer to a request that was given up.
      if Task.isCancelled { throw DialerError(.uncertain, "the request was cancelled") }
    }
    return try answer.result.get()
  }

  /// Ends a call, or fails, and may end it all the same.
  public func hangUp(_ call: CallReference) async throws(DialerError) {
    try feed.withSource { calls, now in calls.hangUp(call.call, at: now) }.get()
  }

  /// Plays a message and ends the call then, or fails, and may do it all the same.
  public func hangUp(_ call: CallReference, after message: String) async throws(DialerError) {
    try feed.withSource { calls, now in calls.hangUp(call.call, afterMessage: true, at: now) }.get()
  }

  /// Tells the truth about a call, or fails, or cannot tell.
  public func lookUp(_ call: CallReference) async throws(DialerError) -> CallFindings {
    let answer = feed.withSource { calls, now in calls.lookUp(call.call, at: now) }
    if answer.delay > .zero { await time.wait(for: answer.delay) }
    return try answer.result.get()
  }

  /// Lets an agent talk to the person who answered, or fails, or rings an agent who does not come.
  public func connect(_ call: CallReference, to agent: Agent) async throws(DialerError) {
    try feed.withSource { calls, now in calls.connect(call.call, to: agent.id, at: now) }.get()
  }

  /// What happens to calls, as far as it is told. What happens while nobody listens is told to the next reader, if it
  /// comes in time.
  public func events() -> CallEvents { feed.events() }
}
