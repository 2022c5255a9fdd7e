public import CampaignKit
import Foundation

/// Places calls with Plivo.
///
/// Plivo reports what happens to calls to the webhooks of ``WebhookAddresses``; ``events()`` is empty. How a call is
/// found again whose answer was lost is written in `Documentation/Carriers.md`. Plivo is not told with the order that a
/// call is to be recorded: the document that is read to whoever answers has to say it
/// (``CallScript/Step/recordCall(toldAt:longest:)``), as that of the dialect `webhooks` does.
public struct PlivoDialer: RedirectingDialer {
  private let desk: CarrierDesk<PlivoAPI>

  /// The name of the carrier.
  public let name = WebCarrier.plivo.rawValue

  /// Creates a dialer.
  ///
  /// - Parameters:
  ///   - authID: The name of the account.
  ///   - authToken: Its token.
  ///   - publicURL: The server's address as Plivo reaches it; see ``WebhookAddresses``.
  ///   - baseURL: Where Plivo's interface is, if it is elsewhere.
  ///   - detection: When a machine is looked for, in campaigns that ask for it.
  ///   - settings: What is the same for all dialers.
  ///   - transport: Sends requests; over `URLSession` unless told otherwise.
  ///   - clock: The clock.
  public init(
    authID: String, authToken: String, publicURL: URL, baseURL: String? = nil,
    detection: MachineDetectionTiming = .whileTalking, settings: CarrierSettings = CarrierSettings(),
    transport: (any HTTPTransport)? = nil, clock: any EngineClock = .system
  ) {
    let base = CarrierText.withoutSlash(baseURL ?? "https://api.plivo.com")
    let api = PlivoAPI(
      account: "\(base)/v1/Account/\(authID)",
      authorization: BasicAuthorization.field(user: authID, password: authToken),
      addresses: WebhookAddresses(.plivo, publicURL: publicURL), detection: detection)
    desk = CarrierDesk(api, settings: settings, transport: transport, clock: clock)
  }

  /// What the carrier can do.
  public var capabilities: DialerCapabilities { desk.capabilities }

  /// How many calls are started in a second at most, as far as Plivo has let on; nil while there is no limit.
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

  /// Asks Plivo what has become of a call.
  public func lookUp(_ call: CallReference) async throws(DialerError) -> CallFindings { try await desk.lookUp(call) }

  /// Rings an agent, who is told what to do by the document at ``WebhookAddresses/Purpose/agentAnswer``.
  public func connect(_ call: CallReference, to agent: Agent) async throws(DialerError) {
    try await desk.connect(call, to: agent)
  }

  /// Ends the call to the telephone of an agent who was rung for a call.
  public func dismissAgent(of call: CallReference) async { await desk.dismissAgent(of: call) }

  /// Nothing: what Plivo reports to the webhooks is handed to the engine by them.
  public func events() -> CallEvents { .none }
}
