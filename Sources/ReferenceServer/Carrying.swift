import CampaignCarriers
import CampaignKit
import Foundation

/// Who carries the calls.
enum Carrying {
  /// The dialer that the settings ask for: that of the carrier, or trunks where there are several.
  ///
  /// - Throws: A ``UsageError`` that names all that carriers need and that is not set.
  static func dialer(_ settings: Settings) throws(UsageError) -> any Dialer {
    try check(settings)
    var dialers: [Trunk] = []
    for share in settings.carriers {
      dialers.append(
        Trunk(try dialer(of: share.carrier, settings), priority: share.priority, weight: share.weight))
    }
    guard dialers.count == 1, let only = dialers.first else { return Trunks(dialers) }
    return only.dialer
  }

  /// Sees that all is set that the carriers need.
  static func check(_ settings: Settings) throws(UsageError) {
    let missing = settings.carriers.compactMap { share -> String? in
      let names = needs(of: share.carrier).filter { (settings[keyPath: $0.value] ?? "").isEmpty }.map(\.name)
      guard !names.isEmpty else { return nil }
      return "to call with \(share.carrier.rawValue) set \(names.joined(separator: ", "))"
    }
    if !missing.isEmpty { throw UsageError(missing.joined(separator: "; ")) }
    if settings.carriers.contains(where: { needs(of: $0.carrier).contains { $0.name == publicURLName } }) {
      _ = try publicURL(settings)
    }
  }

  private static let publicURLName = "PUBLIC_URL"

  /// What must be set to call with a carrier, by the names of the variables.
  private static func needs(
    of carrier: Settings.Carrier
  ) -> [(name: String, value: any KeyPath<Settings, String?> & Sendable)] {
    switch carrier {
    case .simulated: []
    case .twilio:
      [
        ("TWILIO_ACCOUNT_SID", \.twilioAccount), ("TWILIO_AUTH_TOKEN", \.twilioToken), (publicURLName, \.publicURL),
      ]
    case .plivo:
      [("PLIVO_AUTH_ID", \.plivoAccount), ("PLIVO_AUTH_TOKEN", \.plivoToken), (publicURLName, \.publicURL)]
    case .signalwire:
      [
        ("SIGNALWIRE_SPACE", \.signalWireSpace), ("SIGNALWIRE_PROJECT_ID", \.signalWireProject),
        ("SIGNALWIRE_API_TOKEN", \.signalWireToken), ("SIGNALWIRE_SIGNING_KEY", \.signalWireKey),
        (publicURLName, \.publicURL),
      ]
    case .asterisk:
      [
        ("ASTERISK_URL", \.asteriskURL), ("ASTERISK_USER", \.asteriskUser),
        ("ASTERISK_PASSWORD", \.asteriskPassword), ("ASTERISK_ENDPOINT", \.asteriskEndpoint),
      ]
    }
  }

  /// The dialer of a carrier for which all is set that it needs.
  private static func dialer(
    of carrier: Settings.Carrier, _ settings: Settings
  ) throws(UsageError) -> any Dialer {
    var common = CarrierSettings()
    common.defaultFrom = settings.defaultCaller.flatMap { PhoneNumber(e164: $0) }
    var web = common
    web.callsPerSecond = settings.callsPerSecond
    switch carrier {
    case .simulated:
      return SimulatedCarrier(
        mix: settings.simulationSpeed == nil ? .fast : .lifelike, seed: settings.simulationSeed,
        speed: settings.simulationSpeed ?? 1)
    case .twilio:
      return TwilioDialer(
        account: settings.twilioAccount ?? "", credentials: .authToken(settings.twilioToken ?? ""),
        publicURL: try publicURL(settings), baseURL: settings.twilioBaseURL, settings: web)
    case .plivo:
      return PlivoDialer(
        authID: settings.plivoAccount ?? "", authToken: settings.plivoToken ?? "",
        publicURL: try publicURL(settings), baseURL: settings.plivoBaseURL, settings: web)
    case .signalwire:
      return SignalWireDialer(
        space: settings.signalWireSpace ?? "", project: settings.signalWireProject ?? "",
        token: settings.signalWireToken ?? "", publicURL: try publicURL(settings),
        baseURL: settings.signalWireBaseURL, settings: web)
    case .asterisk:
      var asterisk = AsteriskSettings()
      asterisk.common = common
      asterisk.application = settings.asteriskApplication ?? asterisk.application
      asterisk.agentEndpoint = settings.asteriskAgentEndpoint ?? asterisk.agentEndpoint
      asterisk.detectionContext = settings.asteriskDetection
      asterisk.announcement = settings.asteriskAnnouncement
      return AsteriskDialer(
        address: settings.asteriskURL ?? "", user: settings.asteriskUser ?? "",
        password: settings.asteriskPassword ?? "", endpoint: settings.asteriskEndpoint ?? "", settings: asterisk)
    }
  }

  private static func publicURL(_ settings: Settings) throws(UsageError) -> URL {
    let text = settings.publicURL ?? ""
    guard let url = URL(string: text) else { throw UsageError("PUBLIC_URL must be an address, which \(text) is not") }
    return url
  }
}
