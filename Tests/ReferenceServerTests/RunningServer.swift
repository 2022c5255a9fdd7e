import Foundation
import JSON
import Testing

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// The server as a process of its own, in a folder of its own, on a port that was free.
final class RunningServer {
  struct Failure: Error, CustomStringConvertible {
    let description: String
    /// What a server said that does not listen.
    var reasons: [String] = []
  }

  private let process = Process()
  private let output = Pipe()
  private let errors = Pipe()
  /// What the server goes on to log: the events, and what it says when it ends.
  private let logging: AsyncStream<String>
  /// What was taken from there.
  private var logged: [String] = []
  let base: String

  /// Starts the server, and waits until it tells where it listens.
  init(_ folder: URL, environment: [String: String] = [:]) async throws {
    process.executableURL = try Self.program
    process.environment = [
      "HOME": folder.path, "PATH": "/usr/bin:/bin", "PORT": "0", "DATA_DIR": folder.path, "RATE_LIMIT_PER_MINUTE": "0",
      "JWT_SECRET": Self.secret, "API_KEYS": Self.key, "EVENT_LOG": "-",
    ].merging(environment) { $1 }
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    logging = Self.lines(of: errors, from: process.processIdentifier)
    let said = Self.lines(of: output, from: process.processIdentifier)
    let start = "CampaignKit listens on "
    guard let line = await said.first(where: { $0.hasPrefix(start) }) else {
      var reasons: [String] = []
      for await line in logging { reasons.append(line) }
      throw Failure(description: "the server does not listen: \(reasons)", reasons: reasons)
    }
    base = String(line.dropFirst(start.count).prefix { $0 != "," })
  }

  /// The lines that a program writes into a pipe, until it ends.
  ///
  /// They are read on a thread of their own. A program that was begun at the same moment may have got hold of the pipe as
  /// well, so that it does not end with the one that writes: then that one is asked for.
  private static func lines(of pipe: Pipe, from program: Int32) -> AsyncStream<String> {
    let (lines, told) = AsyncStream.makeStream(of: String.self)
    let descriptor = dup(pipe.fileHandleForReading.fileDescriptor)
    Thread.detachNewThread {
      defer {
        close(descriptor)
        told.finish()
      }
      var rest: [UInt8] = []
      var piece = [UInt8](repeating: 0, count: 65_536)
      while true {
        var asked = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let isOver = kill(program, 0) != 0
        guard poll(&asked, 1, 100) > 0 else {
          if isOver { return }
          continue
        }
        let count = read(descriptor, &piece, piece.count)
        guard count > 0 else { return }
        rest += piece[..<count]
        while let end = rest.firstIndex(of: 0x0A) {
          told.yield(String(decoding: rest[..<end], as: UTF8.self))
          rest.removeSubrange(...end)
        }
      }
    }
    return lines
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  static let secret = "a secret for tests, and for nothing else"
  static let key = "a-key-for-tests-and-nothing-else"

  /// The program, which is built beside the tests.
  private static var program: URL {
    get throws {
      let starts = [URL(fileURLWithPath: CommandLine.arguments[0])] + Bundle.allBundles.map(\.bundleURL)
      for start in starts {
        var folder = start.resolvingSymlinksInPath()
        for _ in 0..<4 {
          folder.deleteLastPathComponent()
          let program = folder.appending(path: "ReferenceServer")
          if FileManager.default.isExecutableFile(atPath: program.path) { return program }
        }
      }
      throw Failure(description: "there is no ReferenceServer beside \(CommandLine.arguments[0])")
    }
  }

  /// Sends the server a signal that does not end it.
  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Ends the server with a signal, and returns how it ended.
  func end(_ signal: Int32) -> (reason: Process.TerminationReason, status: Int32) {
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    return (process.terminationReason, process.terminationStatus)
  }

  /// Asks for something with the key of the configuration, or without one.
  func ask(
    _ method: String, _ path: String, _ body: JSONValue? = nil, hasKey: Bool = true
  ) async throws -> (status: Int, body: JSONValue) {
    guard let url = URL(string: base + path) else { throw Failure(description: "\(path) is no path") }
    var request = URLRequest(url: url, timeoutInterval: 36_000)
    request.httpMethod = method
    if hasKey { request.setValue(Self.key, forHTTPHeaderField: "x-api-key") }
    if let body {
      request.httpBody = Data(body.serializedBytes())
      request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    }
    let (data, response) = try await URLSession.shared.data(for: request)
    guard let status = (response as? HTTPURLResponse)?.statusCode else { throw Failure(description: "no HTTP") }
    let value = try? JSONValue(parsing: Array(data))
    return (status, value ?? .string(String(decoding: data, as: UTF8.self)))
  }

  /// Every line that the server has logged until its end.
  func everythingLogged() async -> [String] {
    for await line in logging { logged.append(line) }
    return logged
  }

  /// Makes a campaign of v1 with these numbers, and returns its identifier.
  func campaign(_ numbers: [String]) async throws -> String {
    let made = try await ask("POST", "/api/v1/campaigns", ["name": "Kept", "callDelay": 0, "maxConcurrent": 5])
    #expect(made.status == 201)
    let id = try #require(made.body["data"]?["id"]?.string)
    let leads = numbers.enumerated().map { index, number -> JSONValue in
      ["phoneNumber": .string(number), "name": .string("Lead \(index)")]
    }
    let added = try await ask("POST", "/api/v1/campaigns/\(id)/leads/bulk", ["leads": .array(leads)])
    #expect(added.body["data"]?["created"] == JSONValue(numbers.count))
    return id
  }

  /// Starts a campaign, and returns its figures when nobody is left to be called.
  func run(_ id: String) async throws -> JSONValue {
    #expect(try await ask("POST", "/api/v1/campaigns/\(id)/start").status == 200)
    return try await figures(of: id) { $0["pending"] == 0 && $0["calling"] == 0 }
  }

  /// The figures of a campaign, or what else there is of it, as soon as they are as wanted: it asks again whenever the
  /// server has logged an event, and so needs a server that logs them to its standard error.
  func figures(
    of id: String, _ what: String = "/stats", when isWanted: (JSONValue) -> Bool = { _ in true }
  ) async throws -> JSONValue {
    var lines = logging.makeAsyncIterator()
    while true {
      let answer = try await ask("GET", "/api/v1/campaigns/\(id)\(what)")
      #expect(answer.status == 200)
      let data = try #require(answer.body["data"])
      if isWanted(data) { return data }
      guard let line = await lines.next() else { break }
      logged.append(line)
    }
    throw Failure(description: "the server has ended, and the campaign \(id) is not as wanted")
  }

  /// Makes a folder for as long as something is done.
  static func inFolder<Value>(_ work: (URL) async throws -> Value) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appending(path: "reference-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await work(folder)
  }
}
