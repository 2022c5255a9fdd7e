import CampaignKit
import Foundation

/// One thing that can be set: by a flag, by a variable of the environment, or by a line of the configuration file.
struct Setting: Sendable {
  /// The flag without its two hyphens.
  let flag: String
  /// The variable of the environment, which is the name in the configuration file too.
  let variable: String
  /// What a value looks like; nil for a flag that stands alone.
  let value: String?
  /// What it means, and what holds when it is not set.
  let summary: String
  let set: @Sendable (String, inout Settings) throws(UsageError) -> Void

  init(
    _ flag: String, _ variable: String, _ value: String?, _ summary: String,
    _ set: @escaping @Sendable (String, inout Settings) throws(UsageError) -> Void
  ) {
    self.flag = flag
    self.variable = variable
    self.value = value
    self.summary = summary
    self.set = set
  }

  /// Every setting, in the order in which they are shown.
  static let all: [Setting] = listening + keeping + calling + carriers + running

  private static let listening = [
    Setting("host", "HOST", "ADDRESS", "Where to listen; 127.0.0.1, or a path for a Unix socket") { text, settings in
      settings.host = text
    },
    Setting("port", "PORT", "NUMBER", "The port; 3000, and 0 for any that is free") {
      text, settings throws(UsageError) in
      settings.port = try number(text, in: 0...65535)
    },
    Setting("public-url", "PUBLIC_URL", "URL", "How the outside reaches the server, for its description; as asked for")
    {
      text, settings throws(UsageError) in
      settings.publicURL = try address(text)
    },
    Setting("trusted-proxies", "TRUSTED_PROXIES", "LIST", "Addresses whose X-Forwarded fields count; none") {
      text, settings in settings.trustedProxies = list(text)
    },
    Setting(
      "rate-limit", "RATE_LIMIT_PER_MINUTE", "NUMBER", "Requests of a user in any minute; 100, and 0 for no limit"
    ) {
      text, settings throws(UsageError) in settings.requestsPerMinute = try number(text, in: 0...1_000_000)
    },
    Setting("mount", "MOUNTS", "NAME=/BASE", "Where a dialect hangs; as in its document. May be repeated") {
      text, settings throws(UsageError) in
      for mount in list(text) {
        let parts = mount.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, parts[1].hasPrefix("/") else { throw UsageError("must be like voice=/api") }
        settings.mounts[parts[0]] = parts[1] == "/" ? "" : parts[1]
      }
    },
    Setting("open", "OPEN_DIALECTS", "LIST", "Dialects of this machine that are open to everybody; none") {
      text, settings in settings.openDialects = Set(list(text))
    },
    Setting(
      "registration", "REGISTRATION", "open|closed",
      "Whether everybody may register, or an admin of this server registers them; closed, but open with the simulated "
        + "carrier"
    ) {
      text, settings throws(UsageError) in settings.registration = try choice(text)
    },
  ]

  private static let keeping = [
    Setting("data", "DATA_DIR", "FOLDER", "Where everything is kept; ./campaign-data") { text, settings in
      settings.dataFolder = text
    },
    Setting("postgres", "POSTGRES_URL", "URL", "The database to keep everything in instead; none") { text, settings in
      settings.postgres = text
    },
    Setting("durability", "DURABILITY", "WORD", "every-commit, interval (once a second) or none; every-commit") {
      text, settings throws(UsageError) in settings.durability = try choice(text)
    },
    Setting(
      "upload-space", "UPLOAD_SPACE_MB", "NUMBER", "Most MiB that uploads under way take, half for one account; 4096"
    ) {
      text, settings throws(UsageError) in settings.uploadSpace = try number(text, in: 1...1 << 30) << 20
    },
    Setting("jwt-secret", "JWT_SECRET", "TEXT", "What tokens are signed with; made and kept in the folder") {
      text, settings in settings.tokenSecret = text
    },
    Setting("api-keys", "API_KEYS", "LIST", "Keys that open the account of this server; none") { text, settings in
      settings.apiKeys = list(text)
    },
    Setting("environment", "ENVIRONMENT", "WORD", "What health reports call it; production") { text, settings in
      settings.environment = text
    },
    Setting("log", "LOG", "FILE", "Where requests are logged as lines of JSON; nowhere, and - for standard error") {
      text, settings in settings.log = text
    },
    Setting(
      "event-log", "EVENT_LOG", "FILE", "Where events are logged as lines of JSON; nowhere, and - for standard error"
    ) { text, settings in settings.eventLog = text },
  ]

  private static let calling = [
    Setting(
      "carrier", "CARRIER", "LIST",
      "Who carries the calls: simulated, twilio, plivo, signalwire or asterisk; several in order of priority, or sharing "
        + "as in twilio:3,plivo:1; simulated"
    ) {
      text, settings throws(UsageError) in settings.carriers = try shares(text)
    },
    Setting("sim-speed", "SIM_SPEED", "NUMBER", "How fast simulated calls go; 1 is lifelike, fast is a second a call") {
      text, settings throws(UsageError) in
      if text == "fast" {
        settings.simulationSpeed = nil
      } else {
        guard let speed = Double(text), speed > 0, speed <= 1_000_000 else {
          throw UsageError("must be a number above 0, or fast")
        }
        settings.simulationSpeed = speed
      }
    },
    Setting("sim-seed", "SIM_SEED", "NUMBER", "What the simulated carrier draws its outcomes from; 1") {
      text, settings throws(UsageError) in
      settings.simulationSeed = UInt64(try number(text, in: 0 ... .max))
    },
    Setting(
      "legal-hours", "LEGAL_HOURS", "on|off", "Whether legal hours are kept; on, but off with the simulated carrier"
    ) {
      text, settings throws(UsageError) in settings.keepsLegalHours = try flag(text)
    },
    Setting("region", "DEFAULT_REGION", "LETTERS", "The region of numbers without a country code; US") {
      text, settings throws(UsageError) in
      guard let region = Region(text), region.isKnown else { throw UsageError("must be two letters such as US") }
      settings.defaultRegion = region.description
    },
    Setting(
      "caller", "DEFAULT_CALLER_ID", "NUMBER", "What campaigns without a number call from; +14155550100, simulated"
    ) {
      text, settings throws(UsageError) in
      guard let number = PhoneNumber(e164: text) else { throw UsageError("must be a number such as +14155550100") }
      settings.defaultCaller = number.description
    },
  ]

  private static let carriers = [
    Setting(
      "calls-per-second", "CALLS_PER_SECOND", "NUMBER",
      "Calls that Twilio, Plivo and SignalWire each start in a second; 1, and 0 for as many as they take"
    ) {
      text, settings throws(UsageError) in
      guard let rate = Double(text), rate >= 0, rate <= 1_000_000 else {
        throw UsageError("must be a number from 0 to 1000000")
      }
      settings.callsPerSecond = rate > 0 ? rate : nil
    },
    Setting("twilio-account", "TWILIO_ACCOUNT_SID", "TEXT", "The account at Twilio, which begins with AC; none") {
      text, settings in settings.twilioAccount = text
    },
    Setting(
      "twilio-auth-token", "TWILIO_AUTH_TOKEN", "TEXT",
      "What opens that account, and what Twilio signs its reports with; they are refused"
    ) { text, settings in settings.twilioToken = text },
    Setting("twilio-base-url", "TWILIO_BASE_URL", "URL", "Where Twilio takes orders; https://api.twilio.com") {
      text, settings throws(UsageError) in settings.twilioBaseURL = try address(text)
    },
    Setting("plivo-auth-id", "PLIVO_AUTH_ID", "TEXT", "The account at Plivo; none") { text, settings in
      settings.plivoAccount = text
    },
    Setting(
      "plivo-auth-token", "PLIVO_AUTH_TOKEN", "TEXT",
      "What opens that account, and what Plivo signs its reports with; they are refused"
    ) { text, settings in settings.plivoToken = text },
    Setting("plivo-base-url", "PLIVO_BASE_URL", "URL", "Where Plivo takes orders; https://api.plivo.com") {
      text, settings throws(UsageError) in settings.plivoBaseURL = try address(text)
    },
    Setting("signalwire-space", "SIGNALWIRE_SPACE", "TEXT", "The space at SignalWire, without .signalwire.com; none") {
      text, settings in settings.signalWireSpace = text
    },
    Setting("signalwire-project", "SIGNALWIRE_PROJECT_ID", "TEXT", "The project at SignalWire; none") {
      text, settings in settings.signalWireProject = text
    },
    Setting("signalwire-api-token", "SIGNALWIRE_API_TOKEN", "TEXT", "What opens that project; none") {
      text, settings in settings.signalWireToken = text
    },
    Setting(
      "signalwire-base-url", "SIGNALWIRE_BASE_URL", "URL", "Where SignalWire takes orders; the address of the space"
    ) { text, settings throws(UsageError) in settings.signalWireBaseURL = try address(text) },
    Setting(
      "signalwire-signing-key", "SIGNALWIRE_SIGNING_KEY", "TEXT",
      "What SignalWire signs its reports with; they are refused"
    ) { text, settings in settings.signalWireKey = text },
    Setting("asterisk-url", "ASTERISK_URL", "URL", "Where Asterisk's HTTP server is, with http; none") {
      text, settings throws(UsageError) in
      guard !text.hasPrefix("https://") else {
        throw UsageError("must begin with http://, as Asterisk's events cannot be heard over https")
      }
      settings.asteriskURL = try address(text)
    },
    Setting("asterisk-user", "ASTERISK_USER", "TEXT", "A user of Asterisk's ari.conf; none") { text, settings in
      settings.asteriskUser = text
    },
    Setting("asterisk-password", "ASTERISK_PASSWORD", "TEXT", "The password of that user; none") { text, settings in
      settings.asteriskPassword = text
    },
    Setting("asterisk-endpoint", "ASTERISK_ENDPOINT", "TEXT", "Where numbers are called: PJSIP/{number}@trunk; none") {
      text, settings throws(UsageError) in
      guard text.contains("{number}") else { throw UsageError("must have {number}, as in PJSIP/{number}@trunk") }
      settings.asteriskEndpoint = text
    },
    Setting(
      "asterisk-agent-endpoint", "ASTERISK_AGENT_ENDPOINT", "TEXT",
      "Where agents with an extension are rung; PJSIP/{extension}"
    ) { text, settings throws(UsageError) in
      guard text.contains("{extension}") else { throw UsageError("must have {extension}, as in PJSIP/{extension}") }
      settings.asteriskAgentEndpoint = text
    },
    Setting(
      "asterisk-application", "ASTERISK_APPLICATION", "TEXT",
      "The name of this server in Asterisk, different for each server; campaignkit"
    ) { text, settings in settings.asteriskApplication = text },
    Setting(
      "asterisk-detection", "ASTERISK_DETECTION", "TEXT", "The context of the dialplan that looks for machines; none"
    ) { text, settings in settings.asteriskDetection = text },
    Setting(
      "asterisk-announcement", "ASTERISK_ANNOUNCEMENT", "TEXT",
      "What people hear whom no agent takes, such as sound:hello-world; nothing"
    ) { text, settings in settings.asteriskAnnouncement = text },
  ]

  private static let running = [
    Setting("system-limit", "SYSTEM_CONCURRENT_CALLS_LIMIT", "NUMBER", "Calls at once in all; 10") {
      text, settings throws(UsageError) in settings.systemLimit = try number(text, in: 0...1_000_000)
    },
    Setting("account-limit", "DEFAULT_USER_CONCURRENT_CALLS_LIMIT", "NUMBER", "Calls at once of an account; 2") {
      text, settings throws(UsageError) in settings.accountLimit = try number(text, in: 0...1_000_000)
    },
    Setting("tick", "QUEUE_PROCESSOR_INTERVAL", "MS", "How often the engine looks by itself, in milliseconds; 10000") {
      text, settings throws(UsageError) in settings.tick = .milliseconds(try number(text, in: 10...3_600_000))
    },
    Setting("demo", "DEMO", nil, "Begin with an account, agents and a campaign that dials") {
      text, settings throws(UsageError) in settings.isDemo = try flag(text)
    },
  ]

  private static func number(_ text: String, in range: ClosedRange<Int>) throws(UsageError) -> Int {
    guard let number = Int(text), range.contains(number) else {
      throw UsageError("must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  private static func choice<Value: CaseIterable & RawRepresentable<String>>(_ text: String) throws(UsageError) -> Value
  {
    guard let value = Value(rawValue: text) else {
      throw UsageError("must be one of \(Value.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return value
  }

  /// Carriers in order of priority. Those with weights that stand together share the calls.
  private static func shares(_ text: String) throws(UsageError) -> [Settings.Share] {
    var shares: [Settings.Share] = []
    var isSharing = false
    for word in list(text) {
      let parts = word.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      var share = Settings.Share(carrier: try choice(parts[0]))
      if parts.count > 1 {
        guard let weight = Double(parts[1]), (0...1_000_000).contains(weight) else {
          throw UsageError("must have a number from 0 on behind each colon, as in twilio:3,plivo:1")
        }
        share.weight = weight
      }
      let former = shares.last?.priority ?? -1
      share.priority = parts.count > 1 && isSharing ? former : former + 1
      isSharing = parts.count > 1
      guard !shares.contains(where: { $0.carrier == share.carrier }) else {
        throw UsageError("must name each carrier once, and \(parts[0]) is named twice")
      }
      shares.append(share)
    }
    guard !shares.isEmpty else { throw UsageError("must name a carrier") }
    guard shares.count == 1 || !shares.contains(where: { $0.carrier == .simulated }) else {
      throw UsageError("must not mix real carriers with the simulated one, which calls nobody")
    }
    return shares
  }

  private static func address(_ text: String) throws(UsageError) -> String {
    guard text.hasPrefix("http://") || text.hasPrefix("https://") else {
      throw UsageError("must begin with http:// or https://")
    }
    return text.hasSuffix("/") ? String(text.dropLast()) : text
  }

  private static func flag(_ text: String) throws(UsageError) -> Bool {
    switch text.lowercased() {
    case "on", "true", "1", "yes": return true
    case "off", "false", "0", "no": return false
    default: throw UsageError("must be on or off")
    }
  }

  private static func list(_ text: String) -> [String] {
    text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }
}
