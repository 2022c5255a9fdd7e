import Foundation

/// `wrk`, the program that asks as fast as it can.
struct Load {
  /// What a run has shown.
  struct Result {
    var requestsPerSecond: Double
    /// Milliseconds that 99 of 100 requests took at most.
    var p99: Double
    var errors: Int
  }

  private let program: String

  init() throws {
    program = try ["/usr/bin/wrk", "/usr/local/bin/wrk"].first { FileManager.default.isExecutableFile(atPath: $0) }
      .orThrow(BareServer.Failure(description: "There is no wrk; install the package of that name."))
  }

  func ask(port: Int, path: String, seconds: Int, connections: Int = 64, field: String? = nil) throws -> Result {
    let (status, output) = try run(
      program,
      ["-t1", "-c\(connections)", "-d\(seconds)s", "--latency"] + (field.map { ["-H", $0] } ?? [])
        + ["http://127.0.0.1:\(port)\(path)"])
    guard status == 0 else { throw BareServer.Failure(description: "wrk ended with \(status).") }
    var result = Result(requestsPerSecond: 0, p99: 0, errors: 0)
    for line in output.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.first == "Requests/sec:" { result.requestsPerSecond = Double(words[1]) ?? 0 }
      if words.first == "99%" { result.p99 = Self.milliseconds(words[1]) }
      if line.contains("Non-2xx") || line.contains("Socket errors") {
        result.errors += words.compactMap { Int($0.filter(\.isNumber)) }.reduce(0, +)
      }
    }
    return result
  }

  private static func milliseconds(_ text: Substring) -> Double {
    if text.hasSuffix("us") { return (Double(text.dropLast(2)) ?? 0) / 1000 }
    if text.hasSuffix("ms") { return Double(text.dropLast(2)) ?? 0 }
    return (Double(text.dropLast()) ?? 0) * 1000
  }
}
