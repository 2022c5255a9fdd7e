import CampaignKit
import CampaignServer
import Foundation
import WebServer

/// Runs the server until it is asked to end.
enum Serving {
  static func run(_ settings: Settings) async throws {
    try Demo.check(settings)
    let log = try settings.log.map { text throws(UsageError) in try LineLog(text, flag: "log") }
    let eventLog = try settings.eventLog.map { text throws(UsageError) in try LineLog(text, flag: "event-log") }
    let signals = Signals(reopening: [log, eventLog].compactMap { $0 }.filter(\.isFile))
    let dialer = try Carrying.dialer(settings)
    let store = try await Opening.storage(settings)
    let secret = try Opening.secret(settings)
    if let caution = Opening.caution(settings) { tell(caution) }
    for repair in (store as? LocalStore)?.condition.repairs ?? [] { tell("repaired: \(repair)") }
    try await LocalAccount.prepare(in: store)
    try await LocalAccount.configure(keys: settings.apiKeys, in: store, isShared: settings.postgres != nil)
    if settings.postgres == nil { try await Opening.freeCampaigns(in: store) }
    let engine = CampaignEngine(storage: store, dialer: dialer, configuration: engineConfiguration(settings))
    try await engine.setSystemLimit(settings.systemLimit)
    try await engine.setDefaultAccountLimit(settings.accountLimit)

    var telling: Task<Void, Never>?
    if let eventLog {
      let events = try await EventLog(of: store, to: eventLog)
      telling = Task { await events.run() }
    }
    let service = try service(engine, secret, settings)
    let server = Server(configuration: try configuration(settings), router: service.router(logger: log))
    service.observe(server)
    let addresses: [SocketAddress]
    do throws(SocketError) { addresses = try server.start() } catch {
      throw UsageError("cannot listen: \(error); choose another with --host and --port")
    }
    welcome(addresses, settings)
    async let running: Void = engine.run()
    if settings.isDemo { try await Demo.begin(on: engine, in: LocalAccount.account, settings) }
    for await _ in signals.requestsToEnd { break }

    // Nothing new is claimed from here on; what is under way is written down, and everything that was asked answered.
    tell("ending: no further calls are placed")
    engine.stop()
    await server.shutdown()
    try await running
    telling?.cancel()
    await telling?.value
    try await store.close()
    log?.close()
    eventLog?.close()
    tell("ended")
  }

  private static func service(
    _ engine: CampaignEngine, _ secret: ServerSecret, _ settings: Settings
  ) throws -> CampaignService {
    let configuration = try serviceConfiguration(settings)
    let authenticator = Authenticator(storage: engine.storage, secret: secret)
    let signIn = SignIn(
      storage: engine.storage, authenticator: authenticator, stretcher: PasswordStretcher(),
      identifiers: IdentifierGenerator())
    let dialects = try Mounting.dialects(settings)
    do throws(MountProblem) {
      return try CampaignService(
        engine: engine, authenticator: authenticator, signIn: signIn, dialects: dialects, configuration: configuration)
    } catch {
      throw UsageError("\(error)")
    }
  }

  static func serviceConfiguration(_ settings: Settings) throws(UsageError) -> ServiceConfiguration {
    var configuration = ServiceConfiguration()
    configuration.requestsPerMinute = settings.requestsPerMinute
    configuration.maximumSpooledBytes = settings.uploadSpace
    configuration.maximumSpooledBytesOfAccount = settings.uploadSpace / 2
    configuration.publicURL = settings.publicURL
    for text in settings.trustedProxies {
      guard let range = AddressRange(text) else {
        throw UsageError("--trusted-proxies must be addresses or ranges such as 10.0.0.0/8; '\(text)' is none")
      }
      configuration.trustedProxies.append(range)
    }
    configuration.defaultRegion = Region(settings.defaultRegion)
    let caller = settings.defaultCaller ?? (settings.isSimulated ? "+14155550100" : nil)
    configuration.defaultCallerNumber = caller.flatMap { PhoneNumber(e164: $0) }
    configuration.keepsLegalHours = settings.legalHours
    configuration.uploadFolder = settings.dataFolder
    if settings.postgres == nil { configuration.storeFolder = settings.dataFolder + "/store" }
    configuration.localAccount = LocalAccount.account
    configuration.localOwner = LocalAccount.owner
    configuration.listensOnThisMachineOnly = settings.isReachedFromThisMachineOnly
    configuration.isRegistrationOpen = settings.isRegistrationOpen
    configuration.openDialects = settings.openDialects
    configuration.environment = settings.environment
    configuration.reportError = report
    return configuration
  }

  static func engineConfiguration(_ settings: Settings) -> EngineConfiguration {
    var configuration = EngineConfiguration()
    configuration.tick = settings.tick
    // Also for campaigns that were made while somebody else carried the calls.
    configuration.keepsLegalHours = settings.legalHours
    return configuration
  }

  private static func configuration(_ settings: Settings) throws(UsageError) -> Configuration {
    var configuration = Configuration()
    if settings.host.hasPrefix("/") {
      configuration.addresses = [.unix(path: settings.host)]
    } else {
      let host = settings.host == "localhost" ? "127.0.0.1" : settings.host
      guard let address = SocketAddress(host: host, port: UInt16(settings.port)) else {
        throw UsageError("--host must be an address such as 127.0.0.1 or ::, or a path")
      }
      configuration.addresses = [address]
    }
    // An upload of a gigabyte takes longer than an ordinary answer.
    configuration.handlerTimeout = .seconds(600)
    configuration.maximumBodyBytes = 10 << 20
    configuration.reportError = report
    return configuration
  }

  @Sendable private static func report(_ error: any Error, _ request: Request) {
    tell("\(request.method) \(request.path) failed: \(error)")
  }

  private static func welcome(_ addresses: [SocketAddress], _ settings: Settings) {
    // As it was called, so that the line can be typed as it stands there.
    let program = CommandLine.arguments.first ?? "ReferenceServer"
    let address = addresses.first.map { "\($0)" } ?? settings.host
    let carriers = settings.carriers.map(\.carrier.rawValue)
    let carrier =
      carriers.count == 1 ? "the \(carriers[0]) carrier" : "the carriers \(carriers.joined(separator: ", "))"
    var text = """
      CampaignKit listens on http://\(address), keeps everything in \(settings.place), and calls with \
      \(carrier).
        the console         http://\(address)/
        what can be asked   http://\(address)/api-docs
        a token for it      \(program) token --data \(settings.dataFolder)
        a first thing       curl http://\(address)/health

      """
    if settings.keepsLegalHours == nil, settings.isSimulated {
      text += "  legal hours         off, since nobody real is called; --legal-hours on keeps them\n"
    }
    // Not print, which keeps its text while the output is no terminal.
    FileHandle.standardOutput.write(Data(text.utf8))
  }

  private static func tell(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }
}
