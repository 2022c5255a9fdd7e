import CampaignKit
import JSON
import Testing
import WebServer

@testable import CampaignServer

/// Whoever's account the bearer token names.
struct NamedPrincipals: Authenticating {
  var principals: [String: Principal]

  func principal(bearer: String?, apiKey: String?) async throws -> Principal? {
    guard let bearer else { return nil }
    guard let found = principals[String(bearer.dropFirst("Bearer ".count))] else {
      throw Refusal(.unauthorized, "the token is not valid")
    }
    return found
  }
}

/// A service without sockets, with two accounts, an engine and a carrier whose calls are over at once.
///
/// Tokens: `one` and `two` are owners of the two accounts, `one-agent` is an agent of the first.
final class ServiceBench: Sendable {
  let service: CampaignService
  let router: Router
  let accounts: [String: Account]
  var engine: CampaignEngine { service.engine }

  init(
    _ dialects: [Dialect], dialer: any Dialer = SimulatedCarrier(mix: .instant),
    storage: any CampaignStorage = .memory, clock: any EngineClock = .system,
    authenticator: (any Authenticating)? = nil, signIn: SignIn? = nil,
    configure: (inout ServiceConfiguration) -> Void = { _ in }
  ) async throws {
    var settings = EngineConfiguration()
    settings.rules = RulePack.standard
    settings.clock = clock
    // A machine on which a thousand tests run at once is slow; nothing here is about how slow.
    settings.placeWithin = .seconds(3600)
    settings.lease = .seconds(3600)
    settings.agentWait = .seconds(3600)
    let engine = CampaignEngine(storage: storage, dialer: dialer, configuration: settings)
    let identifiers = IdentifierGenerator()
    let now = try await engine.storage.now()
    var accounts: [String: Account] = [:]
    var principals: [String: Principal] = [:]
    for name in ["one", "two"] {
      let account = Account(id: identifiers.next(at: now), name: name, createdAt: now)
      try await engine.storage.insert(account)
      accounts[name] = account
      for (suffix, role, isOwner) in [("", User.Role.admin, true), ("-agent", .agent, false)] {
        principals[name + suffix] = Principal(
          identity: .user(identifiers.next(at: now)), account: account.id, role: role, isOwner: isOwner)
      }
    }
    var configuration = ServiceConfiguration()
    configuration.requestsPerMinute = 0
    // Whoever limits the rate has all of a test in one minute, however long it takes.
    configuration.rateClock = { 0 }
    configuration.keepsLegalHours = false
    configuration.trialLimit = .seconds(3600)
    configuration.defaultCallerNumber = PhoneNumber(e164: "+14155550100")
    configuration.localAccount = accounts["one"]?.id
    configure(&configuration)
    service = try CampaignService(
      engine: engine, authenticator: authenticator ?? NamedPrincipals(principals: principals), signIn: signIn,
      dialects: dialects, configuration: configuration)
    router = service.router()
    self.accounts = accounts
  }

  /// Runs the engine while a test does something.
  func running<Value: Sendable>(_ work: @Sendable () async throws -> Value) async throws -> Value {
    async let run: Void = engine.run()
    while !engine.activity.isRunning { await Task.yield() }
    let value: Value
    do { value = try await work() } catch {
      engine.stop()
      try await run
      throw error
    }
    engine.stop()
    try await run
    return value
  }

  /// Waits until a campaign has a status.
  func wait(for status: Campaign.Status, of campaign: Campaign.ID, in account: String = "one") async throws {
    let account = try #require(accounts[account])
    let events = engine.events(of: account.id, after: 0)
    for try await event in events where event.campaign == campaign && event.status == status.rawValue { return }
  }

  /// Asks for something, and checks that the answer is one that the operation declares.
  @discardableResult
  func ask(
    _ method: Method, _ target: String, _ body: JSONValue? = nil, as token: String? = "one", fields: Fields = [:],
    source: SourceLocation = #_sourceLocation
  ) async throws -> (status: Int, body: JSONValue) {
    let bytes = body.map { $0.serializedBytes() } ?? []
    var fields = fields
    if body != nil { fields["Content-Type"] = "application/json" }
    let response = try await send(method, target, bytes, as: token, fields: fields)
    let content = try await response.collect()
    guard response.contentType?.hasPrefix("application/json") == true else {
      return (response.status.code, .string(String(decoding: content, as: UTF8.self)))
    }
    let value = try JSONValue(parsing: content)
    check(value, of: response, to: method, target, source)
    return (response.status.code, value)
  }

  /// Sends something as it is.
  func send(
    _ method: Method, _ target: String, _ body: [UInt8] = [], as token: String? = "one", fields: Fields = [:]
  ) async throws -> Response {
    var fields = fields
    if let token { fields["Authorization"] = "Bearer \(token)" }
    if !body.isEmpty, fields["Content-Length"] == nil { fields["Content-Length"] = "\(body.count)" }
    return await router.respond(to: try Request(method, target, fields: fields, body: body))
  }

  /// Finds fault with an answer that is not as the operation declares it.
  func check(
    _ value: JSONValue, of response: Response, to method: Method, _ target: String, _ source: SourceLocation
  ) {
    let path = target.prefix { $0 != "?" }.split(separator: "/").map(String.init)
    for dialect in service.dialects {
      // What is written out goes before what varies, as the router has it.
      let operations = dialect.operations.filter { $0.method == method }.sorted {
        $0.pathNames.count < $1.pathNames.count
      }
      for operation in operations {
        let pattern = dialect.path(of: operation).split(separator: "/").map(String.init)
        guard pattern.count == path.count, zip(pattern, path).allSatisfy({ $0.hasPrefix("{") || $0 == $1 }) else {
          continue
        }
        let success = operation.successes.first { $0.status == response.status }
        let refusals = Set(operation.allRefusals.map { dialect.style.status(of: $0) })
        #expect(
          success != nil || refusals.contains(response.status),
          "\(method) \(target): the status \(response.status) is not declared; \(value)", sourceLocation: source)
        var problems: [Problem] = []
        _ = (success?.schema ?? dialect.style.schema).check(value, &problems)
        #expect(problems == [], "\(method) \(target): \(value)", sourceLocation: source)
        return
      }
    }
  }
}
