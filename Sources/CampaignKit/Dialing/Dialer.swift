/// Places calls with a carrier.
///
/// ## What an implementation promises
///
/// - **Once.** One order is one call at most, whatever happens on the way. ``CallOrder/id`` is the name under which
///   the carrier knows it, or can be asked for it.
/// - **Honest.** ``place(_:)`` throws an error that ``DialerError/isCertain`` only when it is certain that no call was
///   made and none will be. In any doubt it throws ``DialerError/Code/uncertain``; the engine then asks
///   ``lookUp(_:)`` and never places the order again.
/// - **In time.** Nothing is sent to the carrier after ``CallOrder/placeBy``.
/// - **Heard.** What happens to calls comes out of ``events()``, in any order and as often as it likes. Carriers that
///   call back over HTTP may leave it empty; what they tell is then handed to ``CampaignEngine/take(_:)``.
/// - **Without blocking.** What takes time is awaited: the orders of one claim begin one after the other in one task,
///   and one that held its thread would hold up the others.
/// - **Soon.** No method takes much longer than ``DialerCapabilities/longestRequest``.
public protocol Dialer: Sendable {
  /// The name of the carrier, as it is kept with each call.
  var name: String { get }

  /// What the carrier can do.
  var capabilities: DialerCapabilities { get }

  /// Places a call.
  ///
  /// - Returns: The name that the carrier gave the call.
  /// - Throws: Why there is no call, or that it is not known whether there is one.
  func place(_ order: CallOrder) async throws(DialerError) -> String

  /// Ends a call, whatever it is doing. A call that is over already is no error.
  func hangUp(_ call: CallReference) async throws(DialerError)

  /// Plays a message to the person who answered a call, and ends the call then.
  ///
  /// It returns when the carrier is to do it, not when it is done. The engine asks for it where no agent takes the person
  /// in time and the campaign has a message, ``AgentAssignment/abandonedMessageURL``; when this throws it ends the call at
  /// once, and when the call goes on a minute later it ends it, too. A dialer without it hangs up.
  func hangUp(_ call: CallReference, after message: String) async throws(DialerError)

  /// Asks the carrier what has become of a call.
  func lookUp(_ call: CallReference) async throws(DialerError) -> CallFindings

  /// Lets an agent talk to the person who answered a call.
  ///
  /// It may be asked for again where an answer was lost, and by a process that took the call over: an agent who rings or
  /// talks already goes on, and is not rung twice. Of an agent who does not come it tells
  /// ``CallEvent/Kind/agentAbsent(_:)``, and the engine ends the call and rings them for no other. What it tells may be
  /// lost: once the agent must have come, the engine asks ``lookUp(_:)``, which tells it as well.
  func connect(_ call: CallReference, to agent: Agent) async throws(DialerError)

  /// Lets the agent of a call go, as the call is over or nobody is to talk in it any more: a telephone that rings for it
  /// rings no longer, and who waits alone is hung up on. A dialer that sees to that itself does nothing.
  func dismissAgent(of call: CallReference) async

  /// What happens to calls, from now on. It is asked for once by each engine, which takes what happens together in
  /// one step (``CallEvents/init(batches:)``).
  func events() -> CallEvents
}

extension Dialer {
  /// Ends the call at once, as a carrier does that plays nothing.
  public func hangUp(_ call: CallReference, after message: String) async throws(DialerError) { try await hangUp(call) }

  /// Does nothing.
  public func dismissAgent(of call: CallReference) async {}
}

/// What a carrier can do.
public struct DialerCapabilities: Hashable, Sendable {
  /// The most calls that may be started in a second, over all processes that use the account; nil for no limit.
  public var callsPerSecond: Double?
  /// How many may be started at once after a pause; at least 1.
  public var burst: Int
  /// Whether it can tell people from machines.
  public var detectsMachines: Bool
  /// The longest that a request to it takes before it is given up. A call that the carrier does not know that long
  /// after the last moment at which it could be placed was never placed.
  public var longestRequest: Duration

  /// Creates a description; without arguments, of a carrier without a limit that tells people from machines.
  public init(
    callsPerSecond: Double? = nil, burst: Int = 1, detectsMachines: Bool = true, longestRequest: Duration = .seconds(30)
  ) {
    self.callsPerSecond = callsPerSecond
    self.burst = burst
    self.detectsMachines = detectsMachines
    self.longestRequest = longestRequest
  }
}

/// Enough to find a call with its carrier.
public struct CallReference: Hashable, Sendable {
  /// The name under which it was ordered.
  public var call: Call.ID
  /// The name that the carrier gave it, if that is known.
  public var reference: String?
  /// The number that is called.
  public var to: PhoneNumber
  /// The number it is called from.
  public var from: PhoneNumber?
  /// When it was decided to place it, by the clock of whoever asks.
  public var createdAt: Timestamp
  /// When it was answered; nil if it was not yet, or that is not known.
  public var answeredAt: Timestamp?

  /// Creates a reference.
  public init(
    call: Call.ID, reference: String?, to: PhoneNumber, from: PhoneNumber?, createdAt: Timestamp,
    answeredAt: Timestamp? = nil
  ) {
    self.call = call
    self.reference = reference
    self.to = to
    self.from = from
    self.createdAt = createdAt
    self.answeredAt = answeredAt
  }

  /// The reference of a stored call.
  ///
  /// Its moments were told by the store's clock. A dialer looks for a call by its own, so what the two differ by has to be
  /// known: ``CampaignEngine/reference(of:)`` knows it.
  ///
  /// - Parameters:
  ///   - call: The call.
  ///   - storeAhead: How far the store's clock is ahead of the one of whoever asks.
  public init(_ call: Call, storeAhead: Duration) {
    self.init(
      call: call.id, reference: call.carrierReference, to: call.to, from: call.from,
      createdAt: call.createdAt - storeAhead, answeredAt: call.answeredAt)
  }
}

/// What a carrier knows of a call.
public enum CallFindings: Hashable, Sendable {
  /// It has or had the call: all that happened to it so far.
  case found([CallEvent])
  /// It does not have the call.
  case absent
  /// It cannot tell.
  case unknown
}
