import CampaignKit
import CampaignTesting
import Foundation
import Locks

/// Kills the reference server again and again while it dials, takes uploads and hears from the carrier, and looks
/// whether anything was lost or done twice.
///
/// The carrier is a process that lives on: this one. So it can be asked about calls, as a real one can, and its books
/// say what was really dialled.
struct ServerSoak {
  struct Tally {
    var kills = 0
    var whileOpening = 0
    var acknowledged = 0
    var unheard = 0
    var webhooks = 0
    var leads = 0
    var calls = 0
    var made = 0
    var live = 0
    var problems: [String] = []
  }

  let kills: Int
  let seed: UInt64
  /// The server's program.
  let program: String

  func run() async throws -> Tally {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("server-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let client = ServerClient()
    let load = ServerLoad(client)
    var scripted = ScriptedCarrier.Configuration()
    (scripted.seed, scripted.token) = (seed, ServerClient.token)
    scripted.script = Self.script(seed)
    // What is lost on the way is what comes while the server is down.
    (scripted.faults.doubled, scripted.faults.reordered, scripted.faults.resetAfter) = (0.05, 0.02, 0.01)
    let carrier = ScriptedCarrier(.twilio, scripted) { callback in
      if await client.post(callback) { load.ledger.withLock { $0.took(callback) } }
    }
    let environment = Self.environment(folder: folder, carrier: carrier, at: try carrier.start())
    do {
      let tally = try await kill(folder, environment, carrier, load)
      await carrier.stop()
      return tally
    } catch {
      await carrier.stop()
      throw ServedProcess.Failure(description: "seed \(seed): \(error)")
    }
  }

  private static func environment(folder: String, carrier: ScriptedCarrier, at base: String) -> [String: String] {
    [
      "HOME": folder, "PATH": "/usr/bin:/bin", "PORT": "0", "DATA_DIR": folder + "/data", "RATE_LIMIT_PER_MINUTE": "0",
      "API_KEYS": ServerClient.key, "PUBLIC_URL": ServerClient.publicURL, "CARRIER": "twilio",
      "CALLS_PER_SECOND": "0",
      "TWILIO_ACCOUNT_SID": carrier.account, "TWILIO_AUTH_TOKEN": carrier.token, "TWILIO_BASE_URL": base,
      "DEFAULT_CALLER_ID": "+14155550100", "LEGAL_HOURS": "off", "QUEUE_PROCESSOR_INTERVAL": "200",
      "SYSTEM_CONCURRENT_CALLS_LIMIT": "100", "DEFAULT_USER_CONCURRENT_CALLS_LIMIT": "100",
    ]
  }

  /// Calls of up to six seconds, so that many live through a kill, and some through the time without a server.
  private static func script(_ seed: UInt64) -> @Sendable (PhoneNumber, Int) -> CallPlot {
    let mixed = CallPlot.mixed(seed: seed, tempo: 10)
    return { number, before in
      var plot = mixed(number, before)
      if plot.ending == .noAnswer { plot.ending = .busy }
      return plot
    }
  }

  // MARK: Killing

  private func kill(
    _ folder: String, _ environment: [String: String], _ carrier: ScriptedCarrier, _ load: ServerLoad
  ) async throws -> Tally {
    var tally = Tally()
    var random = SeededGenerator(seed: seed)
    let logPath = folder + "/errors"
    _ = FileManager.default.createFile(atPath: logPath, contents: nil)
    guard let log = FileHandle(forWritingAtPath: logPath) else {
      throw ServedProcess.Failure(description: "\(logPath) cannot be written")
    }
    let clients = Task { try await Self.clients(load, seed) }
    do {
      for _ in 0..<kills {
        try await live(folder, environment, log, load, &tally, &random)
        try await check(folder, load, &tally)
        guard tally.problems.isEmpty else { break }
      }
      load.isOver.withLock { $0 = true }
      let server = try ServedProcess(program, environment: environment, log: log)
      guard let base = server.base() else { throw ServedProcess.Failure(description: Self.text(of: logPath)) }
      load.client.address = base
      try await clients.value
      tally.live = carrier.books.calls.count { !$0.isOver }
      if tally.problems.isEmpty { try await drain(load) }
      await carrier.rest()
      load.client.address = nil
      try server.end(SIGTERM)
    } catch {
      load.isOver.withLock { $0 = true }
      clients.cancel()
      throw error
    }
    try await compare(folder, carrier.books, load, &tally)
    return tally
  }

  private static func clients(_ load: ServerLoad, _ seed: UInt64) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in 0..<3 { group.addTask { try await load.dial(worker, leads: 60) } }
      for worker in 0..<2 { group.addTask { try await load.upload(worker, rows: 400) } }
      group.addTask { try await load.change(seed: seed) }
      try await group.waitForAll()
    }
  }

  /// Lets the server work until a random moment, and kills it.
  private func live(
    _ folder: String, _ environment: [String: String], _ log: FileHandle, _ load: ServerLoad, _ tally: inout Tally,
    _ random: inout SeededGenerator
  ) async throws {
    let server = try ServedProcess(program, environment: environment, log: log)
    tally.kills += 1
    if Int.random(in: 0..<10, using: &random) == 0 {
      tally.whileOpening += 1
      try await Task.sleep(for: .milliseconds(Int.random(in: 0..<100, using: &random)))
      return try server.end(SIGKILL)
    }
    guard let base = server.base() else {
      throw ServedProcess.Failure(description: "the server does not start: \(Self.text(of: folder + "/errors"))")
    }
    load.client.address = base
    try await Task.sleep(for: .milliseconds(Int.random(in: 50..<4000, using: &random)))
    try server.end(SIGKILL)
    load.client.address = nil
    // Some calls end while nobody hears of it.
    try await Task.sleep(for: .milliseconds(Int.random(in: 0..<500, using: &random)))
  }

  private static func text(of path: String) -> String {
    (try? String(contentsOfFile: path, encoding: .utf8)).map { String($0.suffix(2000)) } ?? ""
  }

  /// Waits until all leads that were to be called are done, as long as something becomes of them.
  private func drain(_ load: ServerLoad) async throws {
    var open = Int.max
    var since = ContinuousClock.now
    while open > 0 {
      try await Task.sleep(for: .milliseconds(200))
      var left = 0
      for entry in load.ledger.withLock({ Array($0.campaigns.values) }) where entry.isStarted {
        guard case .heard(200, let body) = await load.client.ask("GET", "/api/v1/campaigns/\(entry.id)/stats") else {
          throw ServedProcess.Failure(description: "the server does not tell how \(entry.id) stands")
        }
        left += (body["data"]?["pending"]?.int ?? 0) + (body["data"]?["calling"]?.int ?? 0)
      }
      if left < open { (open, since) = (left, .now) }
      guard ContinuousClock.now - since < .seconds(400) else {
        throw ServedProcess.Failure(description: "\(open) leads are open, and nothing becomes of them")
      }
    }
  }

  // MARK: Checking

  /// Opens what a killed server has left, in a copy, and compares it with what was acknowledged and with a recount.
  private func check(_ folder: String, _ load: ServerLoad, _ tally: inout Tally) async throws {
    let data = folder + "/data/store"
    guard FileManager.default.fileExists(atPath: data) else { return }
    let copy = folder + "/copy"
    try FileManager.default.copyItem(atPath: data, toPath: copy)
    defer { try? FileManager.default.removeItem(atPath: copy) }
    // Taken after the copy it would hold what is acknowledged later; the server is dead, and so nothing is.
    let ledger = load.ledger.withLock { $0 }
    let store = try LocalStore.file(at: copy)
    var recount = Recount(store)
    try await recount.run()
    tally.problems += recount.differences
    for account in try await store.accounts(PageRequest(limit: 10)).elements {
      tally.problems += try await ledger.differences(in: store, of: account.id)
    }
    try await store.close()
  }

  private func compare(
    _ folder: String, _ books: ScriptedCarrier.Books, _ load: ServerLoad, _ tally: inout Tally
  ) async throws {
    try await check(folder, load, &tally)
    let store = try LocalStore.file(at: folder + "/data/store")
    var recount = Recount(store)
    try await recount.run()
    (tally.leads, tally.calls, tally.made) = (recount.leads, recount.calls, books.calls.count)
    let ledger = load.ledger.withLock { $0 }
    (tally.acknowledged, tally.unheard, tally.webhooks) = (ledger.acknowledged, ledger.unheard, ledger.webhooks)
    tally.problems += try await DialledTwice(store: store, books: books).compare(with: ledger)
    try await store.close()
  }
}
