import CampaignKit

/// Everything that can be set. `SettingTable` says how.
struct Settings: Sendable {
  /// How the store answers for what it has acknowledged.
  enum Durability: String, Sendable, CaseIterable {
    case everyCommit = "every-commit"
    case interval
    case none
  }

  /// Who may open an account by registering: everybody, or those alone whom an admin of this server lets.
  enum Registration: String, Sendable, CaseIterable {
    case open, closed
  }

  /// Who carries the calls.
  enum Carrier: String, Sendable, CaseIterable {
    case simulated, twilio, plivo, signalwire, asterisk
  }

  /// One of those who carry the calls, and which it gets.
  struct Share: Hashable, Sendable {
    var carrier: Carrier
    /// Those with the lowest are tried first.
    var priority = 0
    /// Its share among those with the same priority.
    var weight = 1.0
  }

  var host = "127.0.0.1"
  var port = 3000
  var dataFolder = "campaign-data"
  /// The database in which everything is kept instead; it may hold a password.
  var postgres: String?
  var tokenSecret: String?
  var apiKeys: [String] = []
  var publicURL: String?
  var trustedProxies: [String] = []
  var requestsPerMinute = 100
  /// Bytes of the disk that uploads under way may take together.
  var uploadSpace = 4 << 30
  var systemLimit = 10
  var accountLimit = 2
  var tick = Duration.seconds(10)
  /// Who carries the calls, at least one.
  var carriers = [Share(carrier: .simulated)]
  /// How many times faster than life the simulated carrier is; nil for its own quick calls.
  var simulationSpeed: Double? = 1
  var simulationSeed: UInt64 = 1
  var mounts: [String: String] = [:]
  var openDialects: Set<String> = []
  /// Who may register; nil for what suits the carrier.
  var registration: Registration?
  /// Whether legal hours are kept; nil for what suits the carrier.
  var keepsLegalHours: Bool?
  var defaultRegion = "US"
  var defaultCaller: String?
  var durability = Durability.everyCommit
  var log: String?
  var eventLog: String?
  var environment = "production"
  var isDemo = false
  /// How many calls each carrier on the web starts in a second; nil for as many as it takes. It is what a new account may:
  /// what comes faster waits with the carrier, and may ring after the hour until which it was to.
  var callsPerSecond: Double? = 1
  /// Who the server is for carriers, and where their interfaces are; nil for those of the carrier itself.
  var twilioAccount: String?
  var twilioBaseURL: String?
  var plivoAccount: String?
  var plivoBaseURL: String?
  var signalWireSpace: String?
  var signalWireProject: String?
  var signalWireToken: String?
  var signalWireBaseURL: String?
  /// The PBX of one's own, who the server is for it, and how numbers and agents are called there.
  var asteriskURL: String?
  var asteriskUser: String?
  var asteriskPassword: String?
  var asteriskEndpoint: String?
  var asteriskAgentEndpoint: String?
  var asteriskApplication: String?
  var asteriskDetection: String?
  var asteriskAnnouncement: String?
  /// What carriers sign their reports with; nil, and their reports are refused. Twilio and Plivo take the same secret
  /// as a proof of who places calls.
  var twilioToken: String?
  var plivoToken: String?
  var signalWireKey: String?

  /// Whether nobody real is called.
  var isSimulated: Bool { carriers.allSatisfy { $0.carrier == .simulated } }

  /// Whether legal hours are kept, by all campaigns.
  var legalHours: Bool { keepsLegalHours ?? !isSimulated }

  /// Whether everybody may register: whoever has an account calls at the cost of whoever runs the server.
  var isRegistrationOpen: Bool { (registration ?? (isSimulated ? .open : .closed)) == .open }

  /// Where everything is kept, in words that hold no secret.
  var place: String { postgres == nil ? dataFolder : "the database" }

  /// Whether only programs on this machine can reach the server.
  var listensOnThisMachineOnly: Bool {
    host == "localhost" || host == "::1" || host.hasPrefix("127.") || host.hasPrefix("/")
  }

  /// Whether nobody else reaches it through a proxy either. One that says nothing of whom it asks for cannot be told
  /// from a program on this machine.
  var isReachedFromThisMachineOnly: Bool {
    listensOnThisMachineOnly && publicURL == nil && trustedProxies.isEmpty
  }
}

/// A mistake in how the program was called: one line that says what to do.
struct UsageError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
