public import CampaignKit
import Foundation

/// Places calls with Twilio.
///
/// ```swift ignore
/// let dialer = TwilioDialer(
///   account: "AC…", credentials: .apiKey("SK…", secret: secret),
///   publicURL: URL(string: "https://calls.example.com")!)
/// ```
///
/// Twilio reports what happens to calls to the webhooks of ``WebhookAddresses``; ``events()`` is empty. How a call is
/// found again whose answer was lost is written in `Documentation/Carriers.md`.
public struct TwilioDialer: RedirectingDialer {
  /// What Twilio knows a client by.
  public enum Credentials: Sendable {
    /// The account's own token.
    case authToken(String)
    /// A key that can be taken back without changing the account's token.
    case apiKey(String, secret: String)
  }

  private let desk: CarrierDesk<TwilioAPI>

  /// The name of the carrier.
  public let name = WebCarrier.twilio.rawValue

  /// Creates a dialer.
  ///
  /// - Parameters:
  ///   - account: The name of the account, `AC…`.
  ///   - credentials: What Twilio knows the client by.
  ///   - publicURL: The server's address as Twilio reaches it; see ``WebhookAddresses``.
  ///   - baseURL: Where Twilio's interface is, if it is elsewhere; see ``baseURL(region:edge:)`` for other regions.
  ///   - detection: When a machine is looked for, in campaigns that ask for it.
  ///   - settings: What is the same for all dialers.
  ///   - transport: Sends requests; over `URLSession` unless told otherwise.
  ///   - clock: The clock.
  public init(
    account: String, credentials: Credentials, publicURL: URL, baseURL: String? = nil,
    detection: MachineDetectionTiming = .whileTalking, settings: CarrierSettings = CarrierSettings(),
    transport: (any HTTPTransport)? = nil, clock: any EngineClock = .system
  ) {
    let authorization =
      switch credentials {
      case .authToken(let token): BasicAuthorization.field(user: account, password: token)
      case .apiKey(let key, let secret): BasicAuthorization.field(user: key, password: secret)
      }
    let base = CarrierText.withoutSlash(baseURL ?? "https://api.twilio.com")
    let api = TwilioAPI(
      carrier: .twilio, account: "\(base)/2010-04-01/Accounts/\(account)",
      authorization: authorization, addresses: WebhookAddresses(.twilio, publicURL: publicURL), detection: detection)
    desk = CarrierDesk(api, settings: settings, transport: transport, clock: clock)
  }

  /// Where Twilio's interface is for an account of a region, such as `ie1`, by way of an edge, such as `dublin`.
  public static func baseURL(region: String, edge: String) -> String { "https://api.\(edge).\(region).twilio.com" }

  /// What the carrier can do.
  public var capabilities: DialerCapabilities { desk.capabilities }

  /// How many calls are started in a second at most, as far as Twilio has let on; nil while there is no limit.
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

  /// Asks Twilio what has become of a call.
  public func lookUp(_ call: CallReference) async throws(DialerError) -> CallFindings { try await desk.lookUp(call) }

  /// Rings an agent, who is told what to do by the document at ``WebhookAddresses/Purpose/agentAnswer``.
  public func connect(_ call: CallReference, to agent: Agent) async throws(DialerError) {
    try await desk.connect(call, to: agent)
  }

  /// Ends the call to the telephone of an agent who was rung for a call.
  public func dismissAgent(of call: CallReference) async { await desk.dismissAgent(of: call) }

  /// Nothing: what Twilio reports to the webhooks is handed to the engine by them.
  public func events() -> CallEvents { .none }
}
