import CampaignCarriers
import CampaignKit
import JSON
import Testing
import WebServer

@testable import CampaignServer

/// An operation of a dialect, with the path that it hangs at.
struct MountedOperation: Sendable {
  let dialect: Dialect
  let operation: CampaignServer.Operation

  var method: WebServer.Method { operation.method }
  /// The path with its names, as `/api/leads/{id}`.
  var pattern: String { dialect.path(of: operation) }
  var name: String { "\(method) \(pattern)" }
  var takesJSON: Bool { if case .json = operation.body { true } else { false } }
  /// Whether the answer never ends, belongs to a conversation, or is made by measuring for a while.
  var isLasting: Bool {
    ["/ws", "/events", "/socket.io", "/health/integration-test"].contains { pattern.hasPrefix($0) }
  }

  /// The path with something in the place of each name.
  func path(_ fill: (_ name: String, _ before: String) -> String) -> String {
    var before = ""
    let path = pattern.split(separator: "/").map { part in
      defer { before = String(part) }
      return "/" + (part.hasPrefix("{") ? fill(String(part.dropFirst().dropLast()), before) : String(part))
    }.joined()
    return path.isEmpty ? "/" : path
  }
}

extension ServiceBench {
  /// A bench with every dialect, where the reference server has it.
  static func whole(configure: (inout ServiceConfiguration) -> Void = { _ in }) async throws -> ServiceBench {
    var mix = CarrierMix.instant
    mix.optOuts = 0
    return try await ServiceBench(
      [
        .server(patience: .seconds(3600)), .tenant(), .v1(), .voice(), .plivo(),
        .webhooks([.twilio(authToken: WebhookBench.token)]),
      ], dialer: SimulatedCarrier(mix: mix), configure: configure)
  }

  /// The whole table of routes.
  var operations: [MountedOperation] {
    service.dialects.flatMap { dialect in
      dialect.operations.map { MountedOperation(dialect: dialect, operation: $0) }
    }
  }

  /// Sends a text, and returns what is answered.
  func say(
    _ method: WebServer.Method, _ target: String, _ body: [UInt8] = [], as token: String? = "one", fields: Fields = [:]
  ) async throws -> (response: Response, content: [UInt8]) {
    let response = try await send(method, target, body, as: token, fields: fields)
    return (response, try await response.collect())
  }
}
