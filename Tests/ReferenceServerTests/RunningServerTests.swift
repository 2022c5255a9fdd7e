import Foundation
import JSON
import Testing

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// What only a whole process shows: its end, its restart, and its environment.
@Suite(.serialized) struct RunningServerTests {
  /// Makes a campaign of v1 with leads, and returns its identifier.
  private func campaign(_ server: RunningServer, _ endings: [String]) async throws -> String {
    let made = try await server.ask("POST", "/api/v1/campaigns", ["name": "Kept", "callDelay": 0, "maxConcurrent": 5])
    #expect(made.status == 201)
    let id = try #require(made.body["data"]?["id"]?.string)
    let leads = endings.enumerated().map { index, ending -> JSONValue in
      ["phoneNumber": .string("+1415\(556 + index)\(ending)"), "name": .string("Lead \(index)")]
    }
    let added = try await server.ask("POST", "/api/v1/campaigns/\(id)/leads/bulk", ["leads": .array(leads)])
    #expect(added.body["data"]?["created"] == JSONValue(endings.count))
    return id
  }

  /// Asks for the figures of a campaign, or for itself, until they are as wanted: the server's own work is what it waits
  /// for. It gives up after more than half an hour.
  private func stats(
    _ server: RunningServer, _ id: String, of what: String = "/stats", until isDone: (JSONValue) -> Bool
  ) async throws -> JSONValue {
    for _ in 0..<100_000 {
      let answer = try await server.ask("GET", "/api/v1/campaigns/\(id)\(what)")
      #expect(answer.status == 200)
      let data = try #require(answer.body["data"])
      if isDone(data) { return data }
      // Not what the test depends on: it only asks no more often than is of use.
      try await Task.sleep(for: .milliseconds(20))
    }
    throw RunningServer.Failure(description: "the campaign \(id) is not as wanted")
  }

  @Test("X-30, X-31, V-82: asked to end, the server ends in order, and has everything when it is there again")
  func keepsEverything() async throws {
    try await RunningServer.inFolder { folder in
      let first = try RunningServer(folder, environment: ["SIM_SPEED": "fast"])
      let id = try await campaign(first, ["0001", "0002", "0001"])
      #expect(try await first.ask("POST", "/api/v1/campaigns/\(id)/start").status == 200)
      let over = try await stats(first, id) { $0["pending"] == 0 && $0["calling"] == 0 }
      #expect(over["completed"] == 2 && over["failed"] == 1)
      _ = try await stats(first, id, of: "") { $0["status"] == "completed" }
      let paths = [
        "/api/v1/campaigns/\(id)", "/api/v1/campaigns/\(id)/stats", "/api/v1/campaigns/\(id)/leads", "/api/campaigns",
        "/api/calls", "/voice/api/campaigns",
      ]
      var before: [JSONValue] = []
      for path in paths { before.append(try await first.ask("GET", path).body) }
      let end = first.end(SIGTERM)
      #expect(end.reason == .exit && end.status == 0)

      let second = try RunningServer(folder)
      for (path, value) in zip(paths, before) { #expect(try await second.ask("GET", path).body == value, "\(path)") }
      #expect(second.end(SIGTERM).status == 0)
    }
  }

  @Test("X-31, X-32: what was acknowledged survives that the server is killed, and no slot stays taken")
  func survivesAKill() async throws {
    try await RunningServer.inFolder { folder in
      let first = try RunningServer(folder, environment: ["SIM_SPEED": "fast"])
      let id = try await campaign(first, ["0001", "0002"])
      #expect(try await first.ask("POST", "/api/v1/campaigns/\(id)/start").status == 200)
      let before = try await stats(first, id) { $0["pending"] == 0 && $0["calling"] == 0 }
      let draft = try await campaign(first, ["0001"])
      let end = first.end(SIGKILL)
      #expect(end.reason == .uncaughtSignal && end.status == SIGKILL)

      let second = try RunningServer(folder, environment: ["SIM_SPEED": "fast"])
      #expect(try await stats(second, id) { _ in true } == before)
      #expect(try await second.ask("POST", "/api/v1/campaigns/\(draft)/start").status == 200)
      let after = try await stats(second, draft) { $0["pending"] == 0 && $0["calling"] == 0 }
      #expect(after["completed"] == 1)
      let settings = try await second.ask("GET", "/api/settings/concurrency").body["settings"]
      #expect(settings?["system_active_calls"] == 0 && settings?["user_active_calls"] == 0)
      #expect(second.end(SIGTERM).status == 0)
    }
  }

  @Test("X-30: what happens is logged as lines of JSON, without anybody's number") func logsEvents() async throws {
    try await RunningServer.inFolder { folder in
      let log = folder.appending(path: "events")
      let server = try RunningServer(folder, environment: ["SIM_SPEED": "fast", "EVENT_LOG": log.path])
      let id = try await campaign(server, ["0001"])
      #expect(try await server.ask("POST", "/api/v1/campaigns/\(id)/start").status == 200)
      _ = try await stats(server, id) { $0["completed"] == 1 }
      #expect(server.end(SIGTERM).status == 0)
      let lines = try String(contentsOf: log, encoding: .utf8).split(separator: "\n")
      let events = try lines.map { try JSONValue(parsing: Array($0.utf8)) }
      #expect(events.contains { $0["event"]?.string == "callEnded" && $0["call"]?.string != nil })
      let numbers = events.compactMap { $0["seq"]?.int }
      #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $1 == $0 + 1 } && numbers.count == events.count)
      #expect(!lines.contains { $0.contains("1415") || $0.contains("Lead 0") })
    }
  }

  @Test("X-33, Q-68, T-106: the environment says what holds") func readsItsEnvironment() async throws {
    try await RunningServer.inFolder { folder in
      let server = try RunningServer(
        folder,
        environment: [
          "SYSTEM_CONCURRENT_CALLS_LIMIT": "7", "DEFAULT_USER_CONCURRENT_CALLS_LIMIT": "3",
          "PUBLIC_URL": "https://calls.example.com", "RATE_LIMIT_PER_MINUTE": "4",
        ])
      let settings = try await server.ask("GET", "/api/settings/concurrency").body["settings"]
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
      let server = try RunningServer(folder, environment: ["SIM_SPEED": "fast"])
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
