import CampaignKit
import JSON
import WebServer

extension Operation {
  private static let liveQuery: [Parameter] = [
    .optional("token", .text(1...4096).described("A token or key, for clients that cannot send fields.")),
    .optional("after", .integer(0 ... .max).described("The number of the last event that was heard.")),
  ]

  /// Events as JSON over a WebSocket.
  static var liveSocket: Operation {
    Operation(
      .get, "/ws", "Events as they happen, over a WebSocket", tag: "events", access: .everybody, query: liveQuery,
      success: Success(Status(101), .anything), refusals: [.unauthorized, .forbidden]
    ) { inquiry in
      let (session, resumption) = (try await inquiry.liveSession(), inquiry.resumption)
      return try .webSocket(for: inquiry.request, origins: .any) { socket in
        try await LiveSocket(inquiry.service, socket, resumption).run(session)
      }
    }
    .unlimited
  }

  /// Events as Server-Sent Events.
  static var liveStream: Operation {
    Operation(
      .get, "/events", "Events as they happen, as Server-Sent Events", tag: "events", access: .everybody,
      query: liveQuery, success: Success(.ok, .text(), mediaType: "text/event-stream"), refusals: [.unauthorized]
    ) { inquiry in
      guard let session = try await inquiry.liveSession() else {
        throw Refusal(.unauthorized, "sign in first, and send the token as 'Authorization: Bearer ...' or '?token=...'")
      }
      let events = session.events(after: inquiry.resumption)
        .map { ServerSentEvent($0.json.serialized(), event: $0.name, id: $0.sequence.map { "\($0)" }) }
      return .events(from: events)
    }
    .unlimited
  }
}

/// The conversation over a WebSocket: frames of JSON with `event` and `data`, and from the server `seq`.
struct LiveSocket: Sendable {
  private static let signInWithin = Duration.seconds(10)
  private let service: CampaignService
  private let socket: WebSocket
  private let resumption: UInt64?

  init(_ service: CampaignService, _ socket: WebSocket, _ resumption: UInt64?) {
    self.service = service
    self.socket = socket
    self.resumption = resumption
  }

  /// Talks until one side has enough. Without a session the first message has to bring a token.
  func run(_ session: LiveSession?) async throws {
    guard let session = try await signedIn(session) else { return }
    do { try await talk(session) } catch is Refusal where session.isOver {}
    if session.isOver { socket.close(.policyViolation, reason: "sign in again") }
  }

  private func talk(_ session: LiveSession) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for try await event in session.events(after: resumption) { try await socket.send(event.json.serialized()) }
      }
      group.addTask {
        for try await message in socket {
          guard case .text(let text) = message, let value = try? JSONValue(parsing: Array(text.utf8)),
            let name = value["event"]?.string,
            let answer = await session.take(name, value["data"] ?? [:])
          else { continue }
          try await socket.send(answer.json.serialized())
          if session.isOver { return }
        }
      }
      // Whichever ends first ends the other: the client has gone or may not stay, or the store is closed.
      try await group.next()
      group.cancelAll()
    }
  }

  private func signedIn(_ session: LiveSession?) async throws -> LiveSession? {
    if let session { return session }
    return try await withThrowingTaskGroup(of: LiveSession?.self) { group in
      group.addTask {
        for try await message in socket {
          guard case .text(let text) = message, let value = try? JSONValue(parsing: Array(text.utf8)) else { continue }
          let token = value["data"]?["token"]?.string ?? value["token"]?.string
          if let token, let session = try? await service.session(token: token) { return session }
          break
        }
        socket.close(.policyViolation, reason: "sign in first: send a token")
        return nil
      }
      group.addTask {
        try await Task.sleep(for: Self.signInWithin)
        socket.close(.policyViolation, reason: "no token came")
        return nil
      }
      defer { group.cancelAll() }
      return try await group.next() ?? nil
    }
  }
}
