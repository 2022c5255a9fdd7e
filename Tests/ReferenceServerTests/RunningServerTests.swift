import Foundation
import JSON
import Testing

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// What only a whole process shows: its end, its restart, and its environment.
@Suite(.serialized) struct RunningServerTests {
  @Test("X-30, X-31, V-82: asked to end, the server ends in order, and has everything when it is there again")
  func keepsEverything() async throws {
    try await RunningServer.inFolder { folder in
      let first = try await RunningServer(folder, environment: ["SIM_SPEED": "fast"])
      let id = try await first.campaign(["+14155560001", "+14155570002", "+14155580001"])
      let over = try await first.run(id)
      #expect(over["completed"] == 2 && over["failed"] == 1)
      _ = try await first.figures(of: id, "") { $0["status"] == "completed" }
      let paths = [
        "/api/v1/campaigns/\(id)", "/api/v1/campaigns/\(id)/stats", "/api/v1/campaigns/\(id)/leads", "/api/campaigns",
        "/api/calls", "/voice/api/campaigns",
      ]
      var before: [JSONValue] = []
      for path in paths { before.append(try await first.ask("GET", path).body) }
      let end = first.end(SIGTERM)
      #expect(end.reason == .exit && end.status == 0)

      let second = try await RunningServer(folder)
      for (path, value) in zip(paths, before) { #expect(try await second.ask("GET", path).body == value, "\(path)") }
      #expect(second.end(SIGTERM).status == 0)
    }
  }

  @Test("X-31, X-32: what was acknowledged survives that the server is killed, and no slot stays taken")
  func survivesAKill() async throws {
    try await RunningServer.inFolder { folder in
      let first = try await RunningServer(folder, environment: ["SIM_SPEED": "fast"])
      let id = try await first.campaign(["+14155560001", "+14155570002"])
      let before = try await first.run(id)
      let draft = try await first.campaign(["+14155560001"])
      let end = first.end(SIGKILL)
      #expect(end.reason == .uncaughtSignal && end.status == SIGKILL)

      let second = try await RunningServer(folder, environment: ["SIM_SPEED": "fast"])
      #expect(try await second.figures(of: id) == before)
      #expect(try await second.run(draft)["completed"] == 1)
      let settings = try await second.ask("GET", "/api/settings/concurrency").body["settings"]
      #expect(settings?["system_active_calls"] == 0 && settings?["user_active_calls"] == 0)
      #expect(second.end(SIGTERM).status == 0)
    }
  }

  @Test("A folder that another server has is refused in one line, which says so once") func refusesATakenFolder()
    async throws
  {
    try await RunningServer.inFolder { folder in
      let first = try await RunningServer(folder)
      let error = await #expect(throws: RunningServer.Failure.self) { try await RunningServer(folder) }
      let said = try #require(error?.reasons)
      #expect(said.count == 1, "\(said)")
      let line = said.first ?? ""
      #expect(line.hasPrefix("ReferenceServer: the data folder \(folder.path) cannot be opened: "), "\(line)")
      #expect(line.components(separatedBy: "is open in process").count == 2, "\(line)")
      #expect(try await first.ask("GET", "/health").status == 200)
      #expect(first.end(SIGTERM).status == 0)
    }
  }

  @Test("X-30: what happens is logged as lines of JSON, without anybody's number") func logsEvents() async throws {
    try await RunningServer.inFolder { folder in
      let first = try await RunningServer(folder, environment: ["SIM_SPEED": "fast"])
      let id = try await first.campaign(["+14155560001"])
      #expect(try await first.run(id)["completed"] == 1)
      #expect(first.end(SIGTERM).status == 0)
      let lines = await first.everythingLogged().filter { $0.hasPrefix("{") }
      #expect(!lines.contains { $0.contains("1415") || $0.contains("Lead 0") })
      let events = try Self.events(lines)
      #expect(events.contains { $0["event"]?.string == "callEnded" && $0["call"]?.string != nil })

      let log = folder.appending(path: "events")
      let second = try await RunningServer(folder, environment: ["EVENT_LOG": log.path])
      let other = try await second.campaign(["+14155570001"])
      #expect(second.end(SIGTERM).status == 0)
      let added = try Self.events(String(contentsOf: log, encoding: .utf8).split(separator: "\n").map(String.init))
      #expect(added.last?["campaign"]?.string.map { "c" + $0 } == other)
    }
  }

  @Test("A log that was moved away is begun anew at SIGHUP, which asks a server without one to end")
  func reopensItsLogs() async throws {
    try await RunningServer.inFolder { folder in
      let (log, old) = (folder.appending(path: "log"), folder.appending(path: "log.1"))
      let server = try await RunningServer(folder, environment: ["LOG": log.path])
      #expect(try await server.ask("GET", "/health").status == 200)
      try FileManager.default.moveItem(at: log, to: old)
      server.signal(SIGHUP)
      // The server opens the file; nothing else can be asked that tells of it.
      for _ in 0..<100_000 where !FileManager.default.fileExists(atPath: log.path) {
        #expect(try await server.ask("GET", "/health").status == 200)
      }
      #expect(try await server.ask("GET", "/openapi.json").status == 200)
      #expect(server.end(SIGTERM).status == 0)
      #expect(try String(contentsOf: old, encoding: .utf8).contains("/health"))
      #expect(try String(contentsOf: log, encoding: .utf8).contains("/openapi.json"))
      let quiet = try await RunningServer(folder)
      let end = quiet.end(SIGHUP)
      #expect(end.reason == .exit && end.status == 0)
    }
  }

  /// The events in lines of a log, none of which may be missing.
  private static func events(_ lines: [String]) throws -> [JSONValue] {
    let events = try lines.map { try JSONValue(parsing: Array($0.utf8)) }
    let numbers = events.compactMap { $0["seq"]?.int }
    #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $1 == $0 + 1 } && numbers.count == events.count)
    return events
  }

  @Test("X-33, Q-68, T-106: the environment says what holds") func readsItsEnvironment() async throws {
    try await RunningServer.inFolder { folder in
      let server = try await RunningServer(
        folder,
        environment: [
          "SYSTEM_CONCURRENT_CALLS_LIMIT": "7", "DEFAULT_USER_CONCURRENT_CALLS_LIMIT": "3",
          "PUBLIC_URL": "https://calls.example.com", "RATE_LIMIT_PER_MINUTE": "4",
          "REGISTRATION": "closed",
        ])
      let settings = try await server.ask("GET", "/api/settings/concurrency").body["settings"]
      #expect(try await server.ask("GET", "/console/session", hasKey: false).body["local"] == false)
      #expect(try await server.ask("GET", "/api/v1/campaigns", hasKey: false).status == 401)
      let stranger: JSONValue = ["email": "ann@example.com", "password": "securePassword123"]
      #expect(try await server.ask("POST", "/api/auth/register", stranger, hasKey: false).status == 403)
      #expect(settings?["system_concurrent_calls_limit"] == 7)
      #expect(settings?["user_concurrent_calls_limit"] == 3)
      #expect(settings?["system_available_slots"] == 7 && settings?["user_available_slots"] == 3)
      #expect(try await server.ask("GET", "/openapi.json").body["servers"] == [["url": "https://calls.example.com"]])
      for _ in 0..<3 { #expect(try await server.ask("GET", "/api/campaigns").status == 200) }
      #expect(try await server.ask("GET", "/api/campaigns").status == 429)
      #expect(try await server.ask("GET", "/health").status == 200)
      #expect(server.end(SIGTERM).status == 0)
    }
  }

  @Test("X-28, X-41: forty clients at once, in every dialect, and not one answer of a fault") func servesMany()
    async throws
  {
    try await RunningServer.inFolder { folder in
      let server = try await RunningServer(folder, environment: ["SIM_SPEED": "fast"])
      let base = server.base
      let statuses = await withTaskGroup(of: [Int].self) { group in
        for client in 0..<40 {
          group.addTask { await Client(base: base).visit(client) }
        }
        return await group.reduce(into: []) { $0 += $1 }
      }
      #expect(statuses.count == 40 * 7)
      #expect(statuses.allSatisfy { (200..<500).contains($0) }, "\(Set(statuses))")
      #expect(statuses.count { $0 == 404 } == 40)
      #expect(try await server.ask("GET", "/api/v1/campaigns").body["pagination"]?["total"] == 40)
      #expect(server.end(SIGTERM).status == 0)
    }
  }
}

/// One of many who ask at once.
private struct Client: Sendable {
  let base: String

  func visit(_ number: Int) async -> [Int] {
    var statuses = [await ask("POST", "/api/v1/campaigns", ["name": .string("Client \(number)")])]
    for path in [
      "/api/campaigns", "/api/v1/campaigns", "/voice/api/campaigns", "/plivo/dashboard/campaigns", "/health",
      "/plivo/nothing",
    ] {
      statuses.append(await ask("GET", path))
    }
    return statuses
  }

  /// The status of an answer; 0 for none.
  private func ask(_ method: String, _ path: String, _ body: JSONValue? = nil) async -> Int {
    guard let url = URL(string: base + path) else { return 0 }
    var request = URLRequest(url: url, timeoutInterval: 600)
    request.httpMethod = method
    request.setValue(RunningServer.key, forHTTPHeaderField: "x-api-key")
    if let body {
      request.httpBody = Data(body.serializedBytes())
      request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    }
    let answer = try? await URLSession.shared.data(for: request)
    return (answer?.1 as? HTTPURLResponse)?.statusCode ?? 0
  }
}
