import CampaignKit
import CampaignTesting
import Foundation
import JSON
import Locks

/// What clients do to the server while it is killed: campaigns, leads, uploads, changes, agents.
///
/// Whatever nobody has answered is sent again until somebody does, as a careful client does it.
final class ServerLoad: Sendable {
  let client: ServerClient
  let ledger: Locked<ServerLedger>
  let isOver: Locked<Bool>
  /// How many numbers were given out.
  let numbers: Locked<UInt64>

  init(_ client: ServerClient) {
    self.client = client
    ledger = Locked(ServerLedger())
    isOver = Locked(false)
    numbers = Locked(0)
  }

  var hasEnded: Bool { isOver.withLock { $0 } }

  /// Something that a careful client does not expect.
  struct Surprise: Error, CustomStringConvertible {
    let description: String
  }

  private func next(_ count: Int) -> [PhoneNumber] {
    let first = numbers.withLock { numbers in
      defer { numbers += UInt64(count) }
      return numbers
    }
    return (0..<UInt64(count)).compactMap { PhoneNumber(digits: 14_152_000_000 + first + $0) }
  }

  /// Repeats a request until it is answered; nil when all is over before that.
  private func insist(
    _ what: String, _ ask: () async -> ServerClient.Answer
  ) async throws -> (status: Int, body: JSONValue)? {
    while !hasEnded {
      switch await ask() {
      case .heard(let status, let body) where status < 500: return (status, body)
      // It is being stopped, or has just begun.
      case .heard(503, _): try await Task.sleep(for: .milliseconds(20))
      case .heard(let status, let body): throw Surprise(description: "\(what): \(status) \(body.serialized())")
      case .unheard: ledger.withLock { $0.wasUnheard() }
      }
    }
    return nil
  }

  // MARK: Dialling

  private static let dialling = "dialling"

  /// Makes campaigns with leads and lets them dial, one after the other.
  func dial(_ worker: Int, leads count: Int) async throws {
    let voice: JSONValue = ["name": "Voice \(worker)", "streamUrl": "wss://voice.example.com"]
    guard let made = try await insist("a voice", { await client.ask("POST", "/api/v1/agents", voice) }) else { return }
    guard made.status == 201, let agent = made.body["data"]?["id"] else {
      throw Surprise(description: "a voice: \(made)")
    }
    var round = 0
    while !hasEnded {
      round += 1
      guard let id = try await makeCampaign("\(Self.dialling) \(worker)-\(round)", calls: 40) else { return }
      let leads = next(count)
      ledger.withLock { $0.sending(leads, to: id) }
      let body: JSONValue = ["leads": .array(leads.map { ["phoneNumber": .string("\($0)")] })]
      let path = "/api/v1/campaigns/\(id)"
      guard let added = try await insist("leads", { await client.ask("POST", path + "/leads/bulk", body) }) else {
        return
      }
      guard added.status == 200 else { throw Surprise(description: "leads: \(added)") }
      ledger.withLock { $0.added(leads, to: id) }
      let assign = { [client] in await client.ask("POST", path + "/agents", ["agentId": agent]) }
      guard let assigned = try await insist("an assignment", assign) else { return }
      guard assigned.status == 200 else { throw Surprise(description: "an assignment: \(assigned)") }
      guard let started = try await insist("start", { await client.ask("POST", path + "/start") }) else { return }
      // A start of which nobody heard is refused the second time.
      guard [200, 400].contains(started.status) else { throw Surprise(description: "start: \(started)") }
      ledger.withLock { $0.started(id) }
      // The next one begins when this one is through with most.
      var pending = count
      while pending > count / 4, !hasEnded {
        try await Task.sleep(for: .milliseconds(100))
        if case .heard(200, let body) = await client.ask("GET", path + "/stats") {
          pending = body["data"]?["pending"]?.int ?? pending
        }
      }
    }
  }

  private func makeCampaign(_ name: String, calls: Int) async throws -> Campaign.ID? {
    let body: JSONValue = [
      "name": .string(name), "maxConcurrent": JSONValue(calls), "callDelay": 0, "retryFailed": true,
      "retryAttempts": 1,
    ]
    let made = try await insist("a campaign") { await client.ask("POST", "/api/v1/campaigns", body) }
    guard let made else { return nil }
    let text = made.body["data"]?["id"]?.string
    guard made.status == 201, let id = text.flatMap({ Campaign.ID(String($0.dropFirst())) }) else {
      throw Surprise(description: "a campaign: \(made)")
    }
    ledger.withLock { $0.made(id, name) }
    return id
  }

  // MARK: Uploading

  /// Uploads files into campaigns that do not dial, one after the other.
  func upload(_ worker: Int, rows count: Int) async throws {
    var round = 0
    while !hasEnded {
      round += 1
      guard let id = try await makeCampaign("uploaded \(worker)-\(round)", calls: 1) else { return }
      let leads = next(count)
      ledger.withLock { $0.sending(leads, to: id) }
      let file = "phoneNumber,name\n" + leads.enumerated().map { "\($1),Person \($0)\n" }.joined()
      let path = "/api/v1/campaigns/\(id)/leads/upload"
      guard let answer = try await insist("an upload", { await client.upload(file, to: path) }) else { return }
      guard answer.status == 200, answer.body["data"]?["total"]?.int == count else {
        throw Surprise(description: "an upload: \(answer)")
      }
      ledger.withLock { $0.added(leads, to: id) }
      try await Task.sleep(for: .milliseconds(400))
    }
  }

  // MARK: Changing

  /// Makes agents, and renames campaigns.
  func change(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    var round = 0
    while !hasEnded {
      round += 1
      let name = "name \(round)"
      if round % 8 == 0 {
        let body: JSONValue = ["name": .string("Agent \(round)")]
        guard let made = try await insist("an agent", { await client.ask("POST", "/api/v1/agents", body) }) else {
          return
        }
        guard made.status == 201, let id = made.body["data"]?["id"]?.string else {
          throw Surprise(description: "an agent: \(made)")
        }
        ledger.withLock { $0.made(agent: id, "Agent \(round)") }
        try await Task.sleep(for: .milliseconds(20))
        continue
      }
      // Those that dial are not changed, as an active campaign cannot be.
      let others = ledger.withLock { $0.campaigns.values.filter { !$0.name.hasPrefix(Self.dialling) } }
      guard let entry = others.sorted(by: { $0.id < $1.id }).randomElement(using: &random) else {
        try await Task.sleep(for: .milliseconds(20))
        continue
      }
      ledger.withLock { $0.renaming(entry.id, name) }
      let path = "/api/v1/campaigns/\(entry.id)"
      let body: JSONValue = ["name": .string(name)]
      guard let changed = try await insist("a change", { await client.ask("PUT", path, body) }) else { return }
      guard changed.status == 200 else { throw Surprise(description: "a change: \(changed)") }
      ledger.withLock { $0.renamed(entry.id, name) }
      try await Task.sleep(for: .milliseconds(5))
    }
  }
}
