import CampaignKit
import JSON
import Locks

/// One client that listens, whatever carries its words: what it may hear, and what it may say.
///
/// A client that has joined as an agent hears of calls for that agent only; one that has not, as a wall display, hears
/// of all.
final class LiveSession: Sendable {
  private let service: CampaignService
  let principal: Principal
  private let joined = Locked<Set<Agent.ID>>([])

  init(_ service: CampaignService, _ principal: Principal) {
    self.service = service
    self.principal = principal
  }

  /// The events for this client.
  func feed(after sequence: UInt64?) -> LiveFeed {
    LiveFeed(engine: service.engine, account: principal.account, start: sequence)
  }

  /// Whether the client is told of an event.
  func hears(_ event: LiveEvent) -> Bool {
    guard event.name == "incoming:call", let agent = event.agent else { return true }
    return joined.withLock { $0.isEmpty || $0.contains(agent) }
  }

  /// Does what the client says.
  ///
  /// - Returns: What it is told of that; nil for words that mean nothing here, which are ignored.
  func take(_ name: String, _ data: JSONValue) async -> LiveEvent? {
    guard name == "agent:join" || name == "agent:status" else { return nil }
    do {
      guard let text = data["agentId"]?.string, let id = IdentifierForm.read(text, as: Agent.self) else {
        throw Refusal.invalid("agentId", "must name an agent")
      }
      let agent = try await service.agent(id, of: principal.account)
      if name == "agent:join" { return try await join(agent, tenant: data["tenantId"]) }
      guard let status = data["status"]?.string.flatMap(Agent.Status.init) else {
        throw Refusal.invalid(
          "status", "must be one of \(Agent.Status.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      _ = try await service.storage.setStatus(status, of: id, in: principal.account)
      return LiveEvent(
        name: "agent:status", data: ["ok": true, "agentId": .string(text), "status": .string(status.rawValue)])
    } catch {
      return .problem(Refusal(error).message)
    }
  }

  private func join(_ agent: Agent, tenant: JSONValue?) async throws -> LiveEvent {
    if let tenant, !tenant.isNull {
      let account = try await service.account(principal.account)
      let names = [account.externalID, IdentifierForm.uuid.text(account.id), account.id.description]
      guard let name = tenant.string?.lowercased(), names.contains(name) else { throw Refusal.notFound("tenant") }
    }
    joined.withLock { _ = $0.insert(agent.id) }
    return LiveEvent(
      name: "agent:joined", data: ["ok": true, "agentId": .string(IdentifierForm.uuid.text(agent.id))])
  }
}

extension CampaignService {
  /// The session of whoever has a token or a key.
  ///
  /// - Throws: A ``Refusal`` as not signed in.
  func session(token: String) async throws -> LiveSession {
    guard let principal = try await authenticator.principal(bearer: "Bearer \(token)", apiKey: nil) else {
      throw Refusal(.unauthorized, "the token is not valid")
    }
    return LiveSession(self, principal)
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
    return caller.map { LiveSession(service, $0) }
  }

  /// The number after which a client goes on: what it last heard of.
  var resumption: UInt64? {
    query["after"]?.int.map { UInt64(clamping: $0) } ?? request["Last-Event-ID"].flatMap { UInt64($0) }
  }
}
