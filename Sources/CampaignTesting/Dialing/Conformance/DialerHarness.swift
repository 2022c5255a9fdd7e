public import CampaignKit

/// Makes the dialers that are to be checked.
///
/// ```swift ignore
/// struct MyHarness: DialerHarness {
///   func makeDialer() async throws -> DialerUnderTest {
///     let carrier = MyTestCarrier()
///     return DialerUnderTest(
///       MyDialer(carrier), callee: { carrier.number(that: $0) }, arrivals: { carrier.arrivals(of: $0) })
///   }
/// }
/// ```
public protocol DialerHarness: Sendable {
  /// Makes a dialer, and a carrier behind it that has no calls.
  func makeDialer() async throws -> DialerUnderTest
}

/// A dialer that is to be checked, and what the checks need to know and do beside it.
public struct DialerUnderTest: Sendable {
  /// Who is called.
  public enum Callee: Hashable, Sendable, CaseIterable {
    /// A person who answers soon, and talks until the call is hung up by us.
    case talks
    /// A person who answers soon, and hangs up soon.
    case answers
    /// A line that is busy.
    case busy
    /// A telephone that rings, and nobody answers.
    case rings
  }

  /// What can go wrong with orders.
  public enum Fault: String, Hashable, Sendable, CaseIterable {
    /// The carrier refuses them, and has no call.
    case refused
    /// The carrier says that they come too fast, and has no call.
    case throttled
    /// They are lost before the carrier has them, in such a way that the dialer cannot tell.
    case lostBefore
    /// The carrier takes them, and its answers are lost.
    case lostAfter
  }

  /// An order as the carrier got it.
  public struct Arrival: Hashable, Sendable {
    /// When it came.
    public var at: Timestamp
    /// Whether the carrier made a call of it.
    public var isCall: Bool

    /// Creates an entry.
    public init(at: Timestamp, isCall: Bool) {
      self.at = at
      self.isCall = isCall
    }
  }

  /// What an agent does whose telephone rings.
  public enum Attendance: Hashable, Sendable, CaseIterable {
    /// They come to the telephone, and stay as long as the call does.
    case comes
    /// They do not come.
    case staysAway
  }

  /// The telephone of an agent, as the carrier has it.
  public struct Telephone: Hashable, Sendable {
    /// How often it was rung.
    public var timesRung: Int
    /// Whether it rings, or somebody talks on it.
    public var isBusy: Bool

    /// Creates a description.
    public init(timesRung: Int, isBusy: Bool) {
      self.timesRung = timesRung
      self.isBusy = isBusy
    }
  }

  /// The dialer.
  public var dialer: any Dialer
  /// The clock of the dialer, and of the carrier behind it.
  public var clock: any EngineClock
  /// The number that is called from; nil leaves it to the dialer.
  public var from: PhoneNumber?
  /// A number that was not called before, of somebody who behaves in this way.
  public var callee: @Sendable (Callee) -> PhoneNumber
  /// Orders of a name that came to the carrier.
  public var arrivals: @Sendable (Call.ID) async -> [Arrival]
  /// Lets something go wrong with all orders that come, or nothing any more; nil where that cannot be done.
  public var setFault: (@Sendable (Fault?) async -> Void)?
  /// What can be made to go wrong; nothing where ``setFault`` is nil.
  public var faults: Set<Fault>
  /// Makes an agent who was not rung before and behaves in this way, if there are such; nil for a dialer that connects
  /// nobody.
  public var agent: (@Sendable (Attendance) -> Agent?)?
  /// The telephone of an agent; nil where the carrier rings none.
  public var telephone: (@Sendable (Agent) async -> Telephone)?
  /// What is told of calls.
  public var events: CallEvents
  /// How long an order is on its way to the carrier at most.
  public var travel: Duration
  /// How long after an order the dialer must know what became of it, if it can know at all.
  public var settling: Duration
  /// Ends all that was started for the dialer.
  public var stop: @Sendable () async -> Void

  /// Describes a dialer.
  ///
  /// - Parameters:
  ///   - dialer: The dialer.
  ///   - clock: The clock of the dialer, and of the carrier behind it.
  ///   - from: The number that is called from.
  ///   - callee: A number that was not called before, of somebody who behaves in this way.
  ///   - arrivals: Orders of a name that came to the carrier.
  ///   - faults: What can be made to go wrong.
  ///   - setFault: Lets it go wrong.
  ///   - agent: Makes an agent who behaves in this way, if there are such.
  ///   - telephone: The telephone of an agent, as the carrier has it.
  ///   - events: What is told of calls, if it does not come out of the dialer.
  ///   - travel: How long an order is on its way to the carrier at most.
  ///   - settling: How long after an order the dialer must know what became of it, if it can know at all.
  ///   - stop: Ends all that was started for the dialer.
  public init(
    _ dialer: any Dialer, clock: any EngineClock = .system, from: PhoneNumber? = nil,
    callee: @escaping @Sendable (Callee) -> PhoneNumber,
    arrivals: @escaping @Sendable (Call.ID) async -> [Arrival], faults: Set<Fault> = [],
    setFault: (@Sendable (Fault?) async -> Void)? = nil, agent: (@Sendable (Attendance) -> Agent?)? = nil,
    telephone: (@Sendable (Agent) async -> Telephone)? = nil, events: CallEvents? = nil,
    travel: Duration = .seconds(1), settling: Duration = .seconds(60),
    stop: @escaping @Sendable () async -> Void = {}
  ) {
    self.dialer = dialer
    self.clock = clock
    self.from = from
    self.callee = callee
    self.arrivals = arrivals
    self.faults = faults
    self.setFault = setFault
    self.agent = agent
    self.telephone = telephone
    self.events = events ?? dialer.events()
    self.travel = travel
    self.settling = settling
    self.stop = stop
  }
}
