public import CampaignKit
import Foundation

/// Places calls with SignalWire, through its interface that is compatible with Twilio's.
///
/// SignalWire reports what happens to calls to the webhooks of ``WebhookAddresses``; ``events()`` is empty. How a call
/// is found again whose answer was lost is written in `Documentation/Carriers.md`.
public struct SignalWireDialer: RedirectingDialer {
  private let desk: CarrierDesk<TwilioAPI>

  /// The name of the carrier.
  public let name = WebCarrier.signalWire.rawValue

  /// Creates a dialer.
  ///
  /// - Parameters:
  ///   - space: The name of the space, as in `https://NAME.signalwire.com`.
  ///   - project: The name of the project.
  ///   - token: A token of the project that may place calls.
  ///   - publicURL: The server's address as SignalWire reaches it; see ``WebhookAddresses``.
  ///   - baseURL: Where the interface is, if it is elsewhere.
  ///   - detection: When a machine is looked for, in campaigns that ask for it.
  ///   - settings: What is the same for all dialers.
  ///   - transport: Sends requests; over `URLSession` unless told otherwise.
  ///   - clock: The clock.
  public init(
    space: String, project: String, token: String, publicURL: URL, baseURL: String? = nil,
    detection: MachineDetectionTiming = .whileTalking, settings: CarrierSettings = CarrierSettings(),
    transport: (any HTTPTransport)? = nil, clock: any EngineClock = .system
  ) {
    let base = CarrierText.withoutSlash(baseURL ?? "https://\(space).signalwire.com")
    let api = TwilioAPI(
      carrier: .signalWire, account: "\(base)/api/laml/2010-04-01/Accounts/\(project)",
      authorization: BasicAuthorization.field(user: project, password: token),
      addresses: WebhookAddresses(.signalWire, publicURL: publicURL), detection: detection)
    desk = CarrierDesk(api, settings: settings, transport: transport, clock: clock)
  }

  /// What the carrier can do.
  public var capabilities: DialerCapabilities { desk.capabilities }

  /// How many calls are started in a second at most, as far as SignalWire has let on; nil while there is no limit.
  public var callsPerSecond: Double? { desk.callsPerSecond }

  /// Places a call.
  public func place(_ order: CallOrder) async throws(DialerError) -> String { try await desk.place(order) }

  /// Ends a call, whatever it is doing.
  public func hangUp(_ call: CallReference) async throws(DialerError) { try await desk.hangUp(call) }

  /// Lets a call go on with the document at ``WebhookAddresses/Purpose/abandoned``, which plays the message and hangs up.
  public func hangUp(_ call: CallReference, after message: String) async throws(DialerError) {
    try await desk.dismiss(call)
  }

  /// Lets a call that was answered go on with the document at another address.
  public func redirect(_ call: CallReference, to address: String) async throws(DialerError) {
    try await desk.redirect(call, to: address)
  }

  /// Asks SignalWire what has become of a call.
  public func lookUp(_ call: CallReference) async throws(DialerError) -> CallFindings { try await desk.lookUp(call) }

  /// Rings an agent, who is told what to do by the document at ``WebhookAddresses/Purpose/agentAnswer``.
  public func connect(_ call: CallReference, to agent: Agent) async throws(DialerError) {
    try await desk.connect(call, to: agent)
  }

  /// Ends the call to the telephone of an agent who was rung for a call.
  public func dismissAgent(of call: CallReference) async { await desk.dismissAgent(of: call) }

  /// Nothing: what SignalWire reports to the webhooks is handed to the engine by them.
  public func events() -> CallEvents { .none }
}
