public import CampaignKit

/// Places calls through a PBX of one's own, Asterisk, over its REST interface (ARI): no account with anybody is needed
/// but that of a SIP trunk.
///
/// ```swift ignore
/// let dialer = AsteriskDialer(
///   address: "http://127.0.0.1:8088", user: "campaign", password: password, endpoint: "PJSIP/{number}@trunk")
/// ```
///
/// A call is a channel with a name that is made of ours, so Asterisk refuses a second call of the same name. What happens
/// to calls comes over a WebSocket that is opened when the dialer is made and again whenever it is lost, until nobody has
/// the dialer any more. Without it no call is placed. Calls are not recorded, whatever a campaign says
/// (`Campaign.recordsCalls`). What becomes of a call in a time in which nothing was
/// heard is written in `Documentation/Carriers.md`.
public final class AsteriskDialer: Dialer {
  /// The name of the carrier.
  public let name = "asterisk"
  private let desk: AsteriskDesk
  private let following: Task<Void, Never>

  /// Creates a dialer.
  ///
  /// - Parameters:
  ///   - address: Where Asterisk's HTTP server is, such as `http://127.0.0.1:8088`. Events come over `http` alone, so it
  ///     is on the same machine, or behind something that adds TLS: `https` is refused.
  ///   - user: A user of `ari.conf`.
  ///   - password: What proves that it is that user. It is sent to this address and nowhere else, and is in no message.
  ///   - endpoint: Where a number is called, such as `PJSIP/{number}@trunk`; `{number}` stands for its digits.
  ///   - settings: What else there is to say.
  ///   - transport: Sends requests; over `URLSession` unless told otherwise.
  ///   - sockets: Opens the WebSocket.
  ///   - clock: The clock.
  public init(
    address: String, user: String, password: String, endpoint: String,
    settings: AsteriskSettings = AsteriskSettings(), transport: (any HTTPTransport)? = nil,
    sockets: any EventSocketTransport = SocketTransport(), clock: any EngineClock = .system
  ) {
    var sending = URLSessionTransport.Configuration()
    sending.timeout = settings.common.requestTimeout
    // A channel that is listed has about a kilobyte, and a PBX may have tens of thousands.
    sending.maximumResponseBytes = 64 << 20
    let desk = AsteriskDesk(
      AsteriskAPI(address: address, user: user, password: password, endpoint: endpoint, settings: settings),
      transport: transport ?? URLSessionTransport(sending, clock: clock), sockets: sockets, clock: clock)
    self.desk = desk
    following = Task { await desk.run() }
  }

  deinit { following.cancel() }

  /// What Asterisk can do: it tells people from machines where a context of its dialplan does.
  public var capabilities: DialerCapabilities { desk.capabilities }

  /// Whether events are heard now.
  public var isConnected: Bool { desk.link.isOpen }

  /// Places a call. While events are not heard it waits for them, ten seconds at most, and then refuses.
  public func place(_ order: CallOrder) async throws(DialerError) -> String { try await desk.place(order) }

  /// Ends a call, whatever it is doing.
  public func hangUp(_ call: CallReference) async throws(DialerError) { try await desk.hangUp(call) }

  /// Plays a message to the person who answered, and ends the call when it was played or cannot be. In a call in which the
  /// dialer plays something by itself already, that is played to its end instead.
  public func hangUp(_ call: CallReference, after message: String) async throws(DialerError) {
    desk.change { $0.dismiss(call.call, after: message) }
  }

  /// Tells what has become of a call: from what was heard of its end, or by asking Asterisk whether it has it.
  public func lookUp(_ call: CallReference) async throws(DialerError) -> CallFindings { try await desk.lookUp(call) }

  /// Rings an agent, and lets both talk when the agent answers. When one of them is gone, so is the other.
  ///
  /// The agent is rung at the `extension` in the agent's metadata, otherwise at the agent's number, for thirty seconds.
  /// When the agent does not answer, the call is hung up, after the campaign's message if it has one.
  public func connect(_ call: CallReference, to agent: Agent) async throws(DialerError) {
    try await desk.connect(call, to: agent)
  }

  /// Plays something to the person who has answered a call.
  ///
  /// - Parameters:
  ///   - media: What is played: an address of the web, or what Asterisk takes, such as `sound:tt-monkeys`, also several
  ///     with commas between.
  ///   - call: The call.
  /// - Throws: Why it is not played.
  public func play(_ media: String, to call: CallReference) async throws(DialerError) {
    try await desk.play(media, to: call, as: "ckm-\(UInt64.random(in: 0 ... .max))")
  }

  /// What happens to calls. What happens while there is no reader is told to the next one.
  public func events() -> CallEvents { desk.feed.events() }
}
