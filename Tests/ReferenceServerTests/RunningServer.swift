import Foundation
import JSON

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// The server as a process of its own, in a folder of its own, on a port that was free.
final class RunningServer {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private let process = Process()
  private(set) var base = ""

  /// Starts the server, and waits until it tells where it listens.
  init(_ folder: URL, environment: [String: String] = [:]) throws {
    process.executableURL = try Self.program
    process.environment = [
      "HOME": folder.path, "PATH": "/usr/bin:/bin", "PORT": "0", "DATA_DIR": folder.path, "RATE_LIMIT_PER_MINUTE": "0",
      "JWT_SECRET": Self.secret, "API_KEYS": Self.key,
    ].merging(environment) { $1 }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    var text = ""
    let start = "CampaignKit listens on "
    while true {
      // What is there already, and not so much as was asked for.
      let data = output.fileHandleForReading.availableData
      if data.isEmpty { break }
      text += String(decoding: data, as: UTF8.self)
      guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(start) }), line.contains(",") else {
        continue
      }
      base = String(line.dropFirst(start.count).prefix { $0 != "," })
      return
    }
    throw Failure(description: "the server does not listen: \(text)")
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

  /// Makes a folder for as long as something is done.
  static func inFolder<Value>(_ work: (URL) async throws -> Value) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appending(path: "reference-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await work(folder)
  }
}
