import CampaignKit
import JSON
import Locks

/// One client that listens, whatever carries its words: what it may hear, and what it may say.
///
/// A client that has joined as an agent hears of calls for that agent only; one that has not, as a wall display, hears
/// of all. Whether it may be here is asked again before it is obeyed, and each minute while it is told things.
final class LiveSession: Sendable {
  private struct State {
    var joined: Set<Agent.ID> = []
    /// When it was last found out that the client may be here.
    var confirmedAt: Timestamp
    /// When what it came with stops working.
    var endsAt: Timestamp?
    var isOver = false
  }

  private static let confirmedFor = Duration.seconds(60)

  private let service: CampaignService
  let account: Account.ID
  /// What the client came with; nil for one of this machine, which needs nothing.
  private let credential: Credential?
  private let state: Locked<State>

  init(_ service: CampaignService, _ principal: Principal, _ credential: Credential?) {
    self.service = service
    account = principal.account
    self.credential = credential
    state = Locked(State(confirmedAt: service.clockTime, endsAt: principal.endsAt))
  }

  /// Whether the client was found to have no right to be here any more.
  var isOver: Bool { state.withLock { $0.isOver } }

  /// All events of the account.
  func feed(after sequence: UInt64?) -> LiveFeed {
    LiveFeed(engine: service.engine, account: account, start: sequence)
  }

  /// The events that this client is told. They end with a ``Refusal`` when it may not be here any more.
  func events(after sequence: UInt64?) -> AsyncThrowingFilterSequence<LiveFeed> {
    feed(after: sequence).filter { event in
      guard self.hears(event) else { return false }
      if self.isToBeConfirmed { try await self.confirm() }
      return true
    }
  }

  /// Whether the client is told of an event.
  func hears(_ event: LiveEvent) -> Bool {
    guard event.name == "incoming:call", let agent = event.agent else { return true }
    return state.withLock { $0.joined.isEmpty || $0.joined.contains(agent) }
  }

  private var isToBeConfirmed: Bool {
    let now = service.clockTime
    return state.withLock { state in
      // A clock that was put back tells nothing of how long it was.
      state.isOver || now < state.confirmedAt || now - state.confirmedAt >= Self.confirmedFor
        || state.endsAt.map { $0 <= now } ?? false
    }
  }

  /// Finds out whether the client may still be here.
  ///
  /// - Throws: A ``Refusal`` where it may not, and where that cannot be found out now.
  func confirm() async throws(Refusal) {
    guard let credential else { return }
    let now = service.clockTime
    do {
      let found = try await service.authenticator.principal(bearer: credential.bearer, apiKey: credential.apiKey)
      guard let found, found.account == account else { throw Refusal(.unauthorized, "sign in again") }
      state.withLock { state in
        state.confirmedAt = now
        state.endsAt = found.endsAt
      }
    } catch {
      let refusal = Refusal(error)
      if refusal.kind == .unauthorized || refusal.kind == .forbidden { state.withLock { $0.isOver = true } }
      throw refusal
    }
  }

  /// Does what the client says.
  ///
  /// - Returns: What it is told of that; nil for words that mean nothing here, which are ignored.
  func take(_ name: String, _ data: JSONValue) async -> LiveEvent? {
    guard name == "agent:join" || name == "agent:status" else { return nil }
    do {
      try await confirm()
      guard let text = data["agentId"]?.string, let id = IdentifierForm.read(text, as: Agent.self) else {
        throw Refusal.invalid("agentId", "must name an agent")
      }
      let agent = try await service.agent(id, of: account)
      if name == "agent:join" { return try await join(agent, tenant: data["tenantId"]) }
      guard let status = data["status"]?.string.flatMap(Agent.Status.init) else {
        throw Refusal.invalid(
          "status", "must be one of \(Agent.Status.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      _ = try await service.storage.setStatus(status, of: id, in: account)
      return LiveEvent(
        name: "agent:status", data: ["ok": true, "agentId": .string(text), "status": .string(status.rawValue)])
    } catch {
      return .problem(Refusal(error).message)
    }
  }

  private func join(_ agent: Agent, tenant: JSONValue?) async throws -> LiveEvent {
    if let tenant, !tenant.isNull {
      let own = try await service.account(account)
      let names = [own.externalID, IdentifierForm.uuid.text(own.id), own.id.description]
      guard let name = tenant.string?.lowercased(), names.contains(name) else { throw Refusal.notFound("tenant") }
    }
    state.withLock { _ = $0.joined.insert(agent.id) }
    return LiveEvent(
      name: "agent:joined", data: ["ok": true, "agentId": .string(IdentifierForm.uuid.text(agent.id))])
  }
}

/// What somebody has shown to be let in.
struct Credential: Sendable {
  /// The field `Authorization`.
  var bearer: String?
  /// The field `x-api-key`.
  var apiKey: String?
}

extension CampaignService {
  /// The session of whoever has a token or a key.
  ///
  /// - Throws: A ``Refusal`` as not signed in.
  func session(token: String) async throws -> LiveSession {
    let credential = Credential(bearer: "Bearer \(token)")
    guard let principal = try await authenticator.principal(bearer: credential.bearer, apiKey: nil) else {
      throw Refusal(.unauthorized, "the token is not valid")
    }
    return LiveSession(self, principal, credential)
  }
}

extension Inquiry {
  /// The session of whoever asks, by the fields of the request or by `token` behind the question mark; nil when neither
  /// is there.
  ///
  /// - Throws: A ``Refusal`` for a token that is not valid.
  func liveSession() async throws -> LiveSession? {
    if let token = query["token"]?.string { return try await service.session(token: token) }
    if case .failure(let refusal) = request[Identification.self] { throw refusal }
    let credential = Credential(bearer: request["Authorization"], apiKey: request["x-api-key"])
    let hasNone = credential.bearer == nil && credential.apiKey == nil
    return caller.map { LiveSession(service, $0, hasNone ? nil : credential) }
  }

  /// The number after which a client goes on: what it last heard of.
  var resumption: UInt64? {
    query["after"]?.int.map { UInt64(clamping: $0) } ?? request["Last-Event-ID"].flatMap { UInt64($0) }
  }
}
