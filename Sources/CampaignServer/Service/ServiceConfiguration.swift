public import CampaignKit
public import WebServer

/// What a service may do, and what it puts up with.
public struct ServiceConfiguration: Sendable {
  /// Requests that a user, a key or an address may make in any minute, 100 by default; 0 for no limit.
  public var requestsPerMinute = 100
  /// Most bytes of a body of JSON, 10 MiB by default.
  public var maximumJSONBytes = 10 << 20
  /// Most bytes of an upload, 1 GiB by default.
  public var maximumUploadBytes = 1 << 30
  /// Most bytes that all uploads together take on the disk while they are worked on, 4 GiB by default. Whoever comes
  /// when there is no room is told to come again.
  public var maximumSpooledBytes = 4 << 30
  /// Most bytes that the uploads of one account take of those, 2 GiB by default.
  public var maximumSpooledBytesOfAccount = 2 << 30
  /// The address under which the outside reaches the service, which the description in OpenAPI names; nil where clients
  /// ask at the address at which they found it.
  public var publicURL: String?
  /// Proxies that are believed what they say of the client; none by default.
  public var trustedProxies: [AddressRange] = []
  /// The region of telephone numbers that are written without a country code; `US` by default.
  public var defaultRegion = Region("US")
  /// The number that campaigns without one of their own call from; nil if they need one.
  public var defaultCallerNumber: PhoneNumber?
  /// Whether campaigns and single calls keep the legal hours of the people they call; true by default.
  public var keepsLegalHours = true
  /// The folder for uploads while they are read; the system's folder for temporary files where nil. A service removes
  /// from it, as it is made, the uploads of processes that were killed.
  public var uploadFolder: String?
  /// The folder in which the store keeps its files, whose size health reports tell; nil where it has none.
  public var storeFolder: String?
  /// Pages of other origins that may ask; all by default.
  public var origins: Set<String> = ["*"]
  /// The account for which dialects that are open to this machine act.
  public var localAccount: Account.ID?
  /// Whether everybody who reaches the service may open an account by registering, true by default; only an admin of
  /// ``localAccount`` otherwise, and nobody without one. Into an account that is there its admins let people in any case.
  public var isRegistrationOpen = true
  /// The user as whom the console lets a browser on this machine in without a password; nobody where nil.
  public var localOwner: User.ID?
  /// Whether requests come from this machine only, because the server listens nowhere else and no proxy passes on to it
  /// what others ask; true by default.
  public var listensOnThisMachineOnly = true
  /// The names of dialects that are open to everybody who reaches the server, though their documents ask for a token
  /// nowhere; none by default.
  public var openDialects: Set<String> = []
  /// How long a campaign may take that is run to see whether everything works, 30 seconds by default.
  public var trialLimit = Duration.seconds(30)
  /// The name of this process, for the documents that show one.
  public var processName = "campaign-server"
  /// Is told of what could not be done though a request was answered, such as a call for which a carrier has no words.
  public var reportError: @Sendable (any Error, Request) -> Void = { _, _ in }
  /// The environment that health reports name.
  public var environment = "production"

  /// The clock by which requests in a minute are counted, in nanoseconds; the system's where nil. For tests.
  var rateClock: (@Sendable () -> Int64)?

  /// This machine's clock. For tests.
  var clock: any TimeSource = .system

  /// Creates the default configuration.
  public init() {}
}
