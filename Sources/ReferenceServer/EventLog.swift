import CampaignKit
import JSON

/// Writes what happens to campaigns, leads, calls and agents as lines of JSON. An event has names and counts in it, but
/// nobody's name, number or secret.
struct EventLog: Sendable {
  private let storage: any CampaignStorage
  private let log: LineLog
  private let hints: AsyncStream<Account.ID>
  /// The numbers of the events before the first that is written.
  private let start: [Account.ID: UInt64]

  /// Begins a log of all that happens from now on.
  init(of storage: any CampaignStorage, to log: LineLog) async throws(StoreError) {
    self.storage = storage
    self.log = log
    hints = storage.hints()
    var start: [Account.ID: UInt64] = [:]
    for account in try await Page.everything(storage.accounts) {
      start[account.id] = try await storage.lastEvent(of: account.id)
    }
    self.start = start
  }

  /// Writes what happens, until the task is cancelled; then it writes the rest.
  func run() async {
    var last = start
    for await account in hints { last[account] = await write(what: account, after: last[account] ?? 0) }
    for account in (try? await Page.everything(storage.accounts)) ?? [] {
      _ = await write(what: account.id, after: last[account.id] ?? 0)
    }
  }

  /// Writes what has happened in an account, and returns the number of its last event.
  private func write(what account: Account.ID, after last: UInt64) async -> UInt64 {
    var last = last
    while true {
      do throws(StoreError) {
        let events = try await storage.events(of: account, after: last, limit: 1000)
        for event in events { log.log(line: Self.line(of: event)) }
        last = events.last?.sequence ?? last
        if events.count < 1000 { return last }
      } catch {
        // What is no longer kept is left out, and the numbers show that.
        guard error.code == .gone, let newest = try? await storage.lastEvent(of: account) else { return last }
        return newest
      }
    }
  }

  static func line(of event: CampaignEvent) -> [UInt8] {
    var line: JSONObject = [
      "time": .string(event.at.description), "event": .string(event.kind.rawValue),
      "account": .string(event.account.description), "seq": .number(JSONNumber(event.sequence)),
    ]
    if let campaign = event.campaign { line["campaign"] = .string(campaign.description) }
    if let lead = event.lead { line["lead"] = .string(lead.description) }
    if let call = event.call { line["call"] = .string(call.description) }
    if let agent = event.agent { line["agent"] = .string(agent.description) }
    if let count = event.count { line["count"] = .number(JSONNumber(count)) }
    if let status = event.status { line["status"] = .string(status) }
    return JSONValue.object(line).serializedBytes()
  }
}
