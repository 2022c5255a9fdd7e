import Foundation

/// The reference server as a process of its own, which can be killed.
final class ServedProcess {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private let process = Process()
  private let output = Pipe()

  /// Starts the program.
  ///
  /// - Parameters:
  ///   - program: Where it is.
  ///   - environment: Its settings.
  ///   - log: Where its complaints go.
  /// - Throws: Why it cannot be started.
  init(_ program: String, environment: [String: String], log: FileHandle) throws {
    process.executableURL = URL(fileURLWithPath: program)
    process.environment = environment
    process.standardOutput = output
    process.standardError = log
    try process.run()
  }

  /// Waits until it tells where it listens; nil when it has ended before that.
  func base() -> String? {
    let start = "CampaignKit listens on "
    var text = ""
    while true {
      let data = output.fileHandleForReading.availableData
      if data.isEmpty { return nil }
      text += String(decoding: data, as: UTF8.self)
      if let line = text.split(separator: "\n").first(where: { $0.hasPrefix(start) }), line.contains(",") {
        return String(line.dropFirst(start.count).prefix { $0 != "," })
      }
    }
  }

  /// Ends it with a signal, and waits until it is gone.
  ///
  /// - Throws: A ``Failure`` if it had ended by itself, or does not end as the signal has it.
  func end(_ signal: Int32) throws {
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    let isAsMeant =
      signal == SIGKILL
      ? process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGKILL
      : process.terminationReason == .exit && process.terminationStatus == 0
    guard isAsMeant else { throw Failure(description: "the server ended with status \(process.terminationStatus)") }
  }
}
