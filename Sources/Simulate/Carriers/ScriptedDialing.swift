import CampaignCarriers
import CampaignKit
import CampaignTesting
import Foundation

/// A dialer and the carrier on this machine that it speaks to, by one clock.
struct ScriptedDialing: Sendable {
  let carrier: ScriptedCarrier
  let dialer: any Dialer
  let transport: any HTTPTransport

  /// Starts the carrier, which tells what happens to calls to a function.
  ///
  /// - Parameters:
  ///   - carrier: Which carrier it is.
  ///   - scripted: How it behaves.
  ///   - requestTimeout: How long a request may take, by the carrier's clock.
  ///   - speed: How fast that clock is.
  ///   - tell: Is told what happens to calls.
  /// - Throws: Why the carrier cannot listen.
  init(
    _ carrier: ScriptedCarrier.Kind, _ scripted: ScriptedCarrier.Configuration, requestTimeout: Duration = .seconds(20),
    speed: Double = 1, tell: @escaping @Sendable (ScriptedCallback) async -> Void
  ) throws {
    self.carrier = ScriptedCarrier(carrier, scripted, tell: tell)
    let base = try self.carrier.start()
    var sending = URLSessionTransport.Configuration()
    sending.timeout = requestTimeout / speed
    let transport = UndatedTransport(URLSessionTransport(sending, clock: scripted.clock))
    self.transport = transport
    var settings = CarrierSettings()
    settings.requestTimeout = requestTimeout
    settings.defaultFrom = PhoneNumber(digits: 15_005_550_006)
    let (account, token, clock) = (scripted.account, scripted.token, scripted.clock)
    guard let address = URL(string: "https://calls.example.com") else { throw URLError(.badURL) }
    switch carrier {
    case .twilio:
      dialer = TwilioDialer(
        account: account, credentials: .authToken(token), publicURL: address, baseURL: base, settings: settings,
        transport: transport, clock: clock)
    case .signalWire:
      dialer = SignalWireDialer(
        space: "example", project: account, token: token, publicURL: address, baseURL: base, settings: settings,
        transport: transport, clock: clock)
    case .plivo:
      dialer = PlivoDialer(
        authID: account, authToken: token, publicURL: address, baseURL: base, settings: settings,
        transport: transport, clock: clock)
    case .asterisk:
      var asterisk = AsteriskSettings()
      asterisk.detectionContext = "campaignkit-amd"
      asterisk.common = settings
      dialer = AsteriskDialer(
        address: base, user: account, password: token, endpoint: "PJSIP/{number}@trunk", settings: asterisk,
        transport: transport, clock: clock)
    }
  }
}

/// Leaves out the date of answers, which is by the system's clock and not by the carrier's.
private struct UndatedTransport: HTTPTransport {
  private let transport: URLSessionTransport

  init(_ transport: URLSessionTransport) {
    self.transport = transport
  }

  func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
    var response = try await transport.send(request)
    response.fields["date"] = nil
    return response
  }
}
