import CampaignCarriers
import CampaignKit
import CampaignTesting
import Foundation

/// Simulations that take longer than tests should.
@main struct Simulate {
  static let usage = """
    usage: simulate import --kills N [--rows R] [--seed S]
      Kills a process that imports a file N times, at random moments, lets it end, and compares what is there with an
      import that was never cut off.
    usage: simulate --seeds N [--from S] [--faults all|none|crash,carrier,storage,clock]
      Runs N simulations of campaigns in virtual time, and checks after each step that no promise is broken. For one
      that fails it prints the seed and the shortest trace that it can find.
    usage: simulate crash --kills N [--seed S]
      Kills a process that changes a store N times, at random moments, and checks each time that every change that
      was acknowledged is there, and that nothing is there by half.
    usage: simulate carriers --calls N [--seed S] [--carrier twilio|plivo|signalwire] [--speed TIMES]
      Calls N people with each dialer, against a carrier on this machine where everything goes wrong now and then, and
      checks that every call ends in the store as it did with the carrier, and that none was placed twice.
    usage: simulate server --kills N [--seed S]
      Kills the reference server N times, at random moments, while it dials, takes uploads and hears from a carrier that
      lives on, and checks that nothing that was acknowledged is lost, no call was dialled twice, and every count is
      right.
    usage: simulate postgres --url URL [--servers N] [--leads N] [--campaigns N] [--limit N] [--seconds S] [--seed S]
        [--restart COMMAND]
      Lets N servers call through campaigns on one PostgreSQL database while they are killed, stopped for longer than
      their leases, and cut off from the database, and checks that the carrier never saw more calls than the limit, no
      lead was called twice for an attempt, all was called, and every count is right. The database itself is restarted
      too if COMMAND does that when "fast" or "immediate" is added to it, such as "pg_ctl restart -D FOLDER -m". Built
      with --traits PostgreSQL.
    usage: simulate export FOLDER
      Writes what the store in a folder holds as lines of JSON.
    """

  static func main() async {
    let arguments = Array(CommandLine.arguments.dropFirst())
    do {
      switch arguments.first {
      case "crash": try await crash(options(arguments.dropFirst()))
      case "crash-child" where arguments.count == 3:
        try await CrashChild(folder: arguments[1], seed: UInt64(arguments[2]) ?? 0).run()
      case "import": try await importing(options(arguments.dropFirst()))
      case "import-child" where arguments.count == 4:
        try await ImportChild(folder: arguments[1], file: arguments[2], campaign: arguments[3]).run()
      case "server": try await server(options(arguments.dropFirst()))
      case "carriers": try await carriers(options(arguments.dropFirst()))
      case "postgres": try await postgres(options(arguments.dropFirst()))
      #if PostgreSQL
        case "postgres-child" where arguments.count == 3:
          try await PostgresChild(connection: arguments[1], schema: arguments[2]).run()
      #endif
      case "export" where arguments.count == 2:
        let store = try LocalStore.file(at: arguments[1])
        try await store.exportLines { try FileHandle.standardOutput.write(contentsOf: Data($0)) }
        try await store.close()
      case let option? where option.hasPrefix("--"): try await seeds(options(arguments))
      default: fail(usage, status: 2)
      }
    } catch {
      fail("\(error)", status: 1)
    }
  }

  private static func seeds(_ options: [String: String]) async throws {
    guard let count = UInt64(options["seeds"] ?? "100"), count > 0, let first = UInt64(options["from"] ?? "1"),
      first <= .max - count, let faults = SimulationPlan.Faults(options["faults"] ?? "all")
    else { fail(usage, status: 2) }
    let begin = ContinuousClock.now
    let run = SeedRun(seeds: first..<first + count, faults: faults)
    let tally = await run.run()
    for failure in tally.failures.prefix(20) { print(failure) }
    if let failure = tally.failures.first { await run.explain(failure) }
    print(
      """
      simulate: \(tally.seeds) seeds from \(first), \(tally.failures.count) broken; \(tally.orders) orders in \
      \(tally.days) days, \(tally.inFiles) seeds in files, \(tally.crowded) with several processes, \
      \(tally.steps) steps, \(ContinuousClock.now - begin)
      """)
    if !tally.failures.isEmpty { exit(1) }
  }

  private static func crash(_ options: [String: String]) async throws {
    guard let kills = Int(options["kills"] ?? "20"), kills > 0,
      let seed = UInt64(options["seed"] ?? "\(UInt64.random(in: 0..<1_000_000))")
    else { fail(usage, status: 2) }
    let program = Bundle.main.executablePath ?? CommandLine.arguments[0]
    let begin = ContinuousClock.now
    let tally = try await CrashSoak(kills: kills, seed: seed, program: program).run()
    print(
      """
      crash: \(tally.kills) kills (\(tally.whileOpening) while opening), \(tally.acknowledged) changes acknowledged, \
      \(tally.inDoubt) in doubt, \(tally.repaired) cut-off batches removed, up to \(tally.leads) leads and \
      \(tally.calls) calls, 0 lost, seed \(seed), \(ContinuousClock.now - begin)
      """)
  }

  private static func importing(_ options: [String: String]) async throws {
    guard let kills = Int(options["kills"] ?? "10"), kills > 0, let rows = Int(options["rows"] ?? "1000000"), rows > 0,
      let seed = UInt64(options["seed"] ?? "\(UInt64.random(in: 0..<1_000_000))")
    else { fail(usage, status: 2) }
    let program = Bundle.main.executablePath ?? CommandLine.arguments[0]
    let begin = ContinuousClock.now
    let tally = try await ImportSoak(kills: kills, rows: rows, seed: seed, program: program).run()
    print(
      """
      import: \(tally.total) rows, \(tally.inserted) leads, \(tally.invalid) wrong, \(tally.duplicates) repeated, \
      \(tally.suppressed) not to be called; the same after \(kills) kills, seed \(seed), \(ContinuousClock.now - begin)
      """)
  }

  private static func server(_ options: [String: String]) async throws {
    guard let kills = Int(options["kills"] ?? "50"), kills > 0,
      let seed = UInt64(options["seed"] ?? "\(UInt64.random(in: 0..<1_000_000))")
    else { fail(usage, status: 2) }
    let own = URL(fileURLWithPath: Bundle.main.executablePath ?? CommandLine.arguments[0])
    let program = own.deletingLastPathComponent().appendingPathComponent("ReferenceServer").path
    guard FileManager.default.isExecutableFile(atPath: program) else {
      fail("there is no ReferenceServer beside \(own.path); build it first", status: 2)
    }
    let begin = ContinuousClock.now
    let tally = try await ServerSoak(kills: kills, seed: seed, program: program).run()
    for problem in tally.problems.prefix(20) { print(problem) }
    print(
      """
      server: \(tally.kills) kills (\(tally.whileOpening) while opening), \(tally.acknowledged) writes and \
      \(tally.webhooks) webhooks acknowledged, \(tally.unheard) requests unheard, \(tally.leads) leads, \
      \(tally.calls) calls, \(tally.made) dialled, \(tally.problems.count) problems, seed \(seed), \
      \(ContinuousClock.now - begin)
      """)
    if !tally.problems.isEmpty { exit(1) }
  }

  private static func postgres(_ options: [String: String]) async throws {
    #if PostgreSQL
      guard let url = options["url"], let servers = Int(options["servers"] ?? "3"), servers > 0,
        let leads = Int(options["leads"] ?? "20000"), leads > 0, let limit = Int(options["limit"] ?? "50"), limit > 0,
        let campaigns = Int(options["campaigns"] ?? "1"), campaigns > 0,
        let seconds = Int(options["seconds"] ?? "1800"), seconds > 0,
        let seed = UInt64(options["seed"] ?? "\(UInt64.random(in: 0..<1_000_000))")
      else { fail(usage, status: 2) }
      // A server that was killed does not read what is written to it.
      signal(SIGPIPE, SIG_IGN)
      let begin = ContinuousClock.now
      let soak = PostgresSoak(
        url: url, servers: servers, leads: leads, campaigns: campaigns, limit: limit, longest: .seconds(seconds),
        seed: seed, restart: options["restart"], program: Bundle.main.executablePath ?? CommandLine.arguments[0])
      let tally = try await soak.run()
      for problem in tally.problems.prefix(20) { print(problem) }
      print(
        """
        postgres: \(servers) servers, \(tally.leads) leads, \(tally.calls) calls, \(tally.made) made of \(tally.orders) \
        orders (\(tally.lost) answers lost, \(tally.tooLate) too late), at most \(tally.mostAtOnce) at once of \(limit); \
        \(tally.kills) kills, \(tally.stops) stops, \(tally.cuts) cuts and \(tally.outages) outages of \
        \(tally.connectionsCut) connections, \(tally.restarts) restarts of the database, \(tally.leases) leases, \(tally.problems.count) problems, seed \(seed), \
        \(ContinuousClock.now - begin)
        """)
      if !tally.problems.isEmpty { exit(1) }
    #else
      fail("this program was built without PostgreSQL; build it with --traits PostgreSQL", status: 2)
    #endif
  }

  private static func carriers(_ options: [String: String]) async throws {
    guard let calls = Int(options["calls"] ?? "1000"), calls > 0, let seed = UInt64(options["seed"] ?? "1"),
      let speed = Double(options["speed"] ?? "20"), speed > 0
    else { fail(usage, status: 2) }
    let chosen = options["carrier"].map { [Self.carrier($0)] } ?? ScriptedCarrier.Kind.allCases
    guard !chosen.contains(nil) else { fail(usage, status: 2) }
    var isBroken = false
    for carrier in chosen.compactMap(\.self) {
      let begin = ContinuousClock.now
      let tally = try await CarrierSoak(carrier: carrier, calls: calls, seed: seed, speed: speed).run()
      for problem in tally.problems.prefix(20) { print(problem) }
      isBroken = isBroken || !tally.problems.isEmpty
      let endings = tally.endings.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.value) \($0.key)" }
      print(
        """
        \(carrier.rawValue): \(tally.decided) calls decided, \(tally.made) made, \(tally.orders) orders, \
        \(tally.requests) requests over \(tally.connections) connections, \(tally.problems.count) problems, \
        \(tally.slots) slots taken, \(tally.unheard) calls with lost events and \(tally.untold) without a known end; \(endings.joined(separator: ", ")); seed \(seed), \(ContinuousClock.now - begin)
        """)
    }
    if isBroken { exit(1) }
  }

  private static func carrier(_ name: String) -> ScriptedCarrier.Kind? {
    ScriptedCarrier.Kind.allCases.first { $0.rawValue.lowercased() == name.lowercased() }
  }

  /// Options of the form `--name value`.
  private static func options(_ arguments: some Sequence<String>) -> [String: String] {
    var options: [String: String] = [:]
    var name: String?
    for argument in arguments {
      if let given = name {
        options[given] = argument
        name = nil
      } else if argument.hasPrefix("--") {
        name = String(argument.dropFirst(2))
      } else {
        fail(usage, status: 2)
      }
    }
    if name != nil { fail(usage, status: 2) }
    return options
  }

  private static func fail(_ message: String, status: Int32) -> Never {
    FileHandle.standardError.write(Data("\(message)\n".utf8))
    exit(status)
  }
}
