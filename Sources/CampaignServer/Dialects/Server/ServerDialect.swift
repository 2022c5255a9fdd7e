import CampaignKit
import JSON
import WebServer

extension Dialect {
  /// What the server tells of itself, at the root: how it is spoken to, and what it has counted.
  ///
  /// - Parameters:
  ///   - patience: How long a client of Socket.IO may be silent before it is given up.
  ///   - signInWithin: How long it may take to sign in.
  /// - Returns: The dialect.
  public static func server(patience: Duration = .seconds(45), signInWithin: Duration = .seconds(10)) -> Dialect {
    Dialect(
      name: "server", title: "What the server tells of itself", base: "", style: .plain,
      operations: [
        describe("/openapi.json"), describe("/api-docs.json"),
        page("/api-docs", "text/html; charset=utf-8", "A page to read and to try", DocumentationPage.html),
        page("/api-docs.js", "text/javascript; charset=utf-8", "The script of that page", DocumentationPage.script),
        page("/api-docs.css", "text/css; charset=utf-8", "The look of that page", DocumentationPage.style),
        metrics, .liveSocket, .liveStream,
      ] + Console.operations + Operation.socketIO(SocketIOSessions(patience: patience, signInWithin: signInWithin)))
  }

  private static func describe(_ path: String) -> Operation {
    let answer = Operation.Success(
      .ok, .object([.required("openapi", .text()), .required("paths", .freeObject)], others: .kept(.anything)))
    return Operation(
      .get, path, "Describes everything that can be asked", tag: "server", access: .everybody, success: answer
    ) { .json(.object($0.service.openAPI)) }
    .unlimited
  }

  private static func page(_ path: String, _ type: String, _ summary: String, _ text: String) -> Operation {
    let bytes = Array(text.utf8)
    return Operation(
      .get, path, summary, tag: "server", access: .everybody,
      success: Operation.Success(.ok, .text(), mediaType: type.split(separator: ";").first.map(String.init) ?? type)
    ) { _ in Response(contentType: type, body: .bytes(bytes)) }
    .unlimited
  }

  private static var metrics: Operation {
    Operation(
      .get, "/metrics", "What was counted, for Prometheus", tag: "server", access: .everybody,
      success: Operation.Success(.ok, .text(), mediaType: "text/plain")
    ) { inquiry in
      let text = (inquiry.service.webMetrics?.prometheusText ?? "") + (try await inquiry.service.callMetrics())
      return Response(contentType: "text/plain; version=0.0.4; charset=utf-8", body: .bytes(Array(text.utf8)))
    }
    .unlimited
  }
}

extension CampaignService {
  /// Calls and slots in the text form of Prometheus. No account is named.
  func callMetrics() async throws -> String {
    var text = ""
    func tell(_ name: String, _ help: String, _ value: Int) {
      text += "# HELP \(name) \(help)\n# TYPE \(name) gauge\n\(name) \(value)\n"
    }
    guard let account = configuration.localAccount else { return text }
    let slots = try await storage.slots(of: account)
    tell("campaign_calls_live", "Calls that are live in all.", slots.systemActive)
    tell("campaign_calls_limit", "Calls that may be live in all.", slots.systemLimit)
    return text
  }
}
