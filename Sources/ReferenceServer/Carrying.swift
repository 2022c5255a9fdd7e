import CampaignCarriers
import CampaignKit
import Foundation

/// Who carries the calls.
enum Carrying {
  /// The dialer that the settings ask for.
  ///
  /// - Throws: A ``UsageError`` for a carrier of which something is not set that it needs.
  static func dialer(_ settings: Settings) throws(UsageError) -> any Dialer {
    var common = CarrierSettings()
    common.defaultFrom = settings.defaultCaller.flatMap { PhoneNumber(e164: $0) }
    switch settings.carrier {
    case .simulated:
      return SimulatedCarrier(
        mix: settings.simulationSpeed == nil ? .fast : .lifelike, seed: settings.simulationSeed,
        speed: settings.simulationSpeed ?? 1)
    case .twilio:
      return TwilioDialer(
        account: try needed(settings.twilioAccount, "TWILIO_ACCOUNT_SID", settings),
        credentials: .authToken(try needed(settings.twilioToken, "TWILIO_AUTH_TOKEN", settings)),
        publicURL: try publicURL(settings), baseURL: settings.twilioBaseURL, settings: common)
    case .plivo:
      return PlivoDialer(
        authID: try needed(settings.plivoAccount, "PLIVO_AUTH_ID", settings),
        authToken: try needed(settings.plivoToken, "PLIVO_AUTH_TOKEN", settings),
        publicURL: try publicURL(settings), baseURL: settings.plivoBaseURL, settings: common)
    case .signalwire:
      return SignalWireDialer(
        space: try needed(settings.signalWireSpace, "SIGNALWIRE_SPACE", settings),
        project: try needed(settings.signalWireProject, "SIGNALWIRE_PROJECT_ID", settings),
        token: try needed(settings.signalWireToken, "SIGNALWIRE_API_TOKEN", settings),
        publicURL: try publicURL(settings), baseURL: settings.signalWireBaseURL, settings: common)
    case .asterisk: return try asterisk(settings, common)
    }
  }

  private static func asterisk(_ settings: Settings, _ common: CarrierSettings) throws(UsageError) -> AsteriskDialer {
    var asterisk = AsteriskSettings()
    asterisk.common = common
    asterisk.application = settings.asteriskApplication ?? asterisk.application
    asterisk.agentEndpoint = settings.asteriskAgentEndpoint ?? asterisk.agentEndpoint
    asterisk.detectionContext = settings.asteriskDetection
    asterisk.announcement = settings.asteriskAnnouncement
    return AsteriskDialer(
      address: try needed(settings.asteriskURL, "ASTERISK_URL", settings),
      user: try needed(settings.asteriskUser, "ASTERISK_USER", settings),
      password: try needed(settings.asteriskPassword, "ASTERISK_PASSWORD", settings),
      endpoint: try needed(settings.asteriskEndpoint, "ASTERISK_ENDPOINT", settings), settings: asterisk)
  }

  private static func publicURL(_ settings: Settings) throws(UsageError) -> URL {
    let text = try needed(settings.publicURL, "PUBLIC_URL", settings)
    guard let url = URL(string: text) else { throw UsageError("PUBLIC_URL must be an address, which \(text) is not") }
    return url
  }

  private static func needed(_ text: String?, _ name: String, _ settings: Settings) throws(UsageError) -> String {
    guard let text, !text.isEmpty else {
      throw UsageError("\(name) must be set to call with the carrier \(settings.carrier.rawValue)")
    }
    return text
  }
}
