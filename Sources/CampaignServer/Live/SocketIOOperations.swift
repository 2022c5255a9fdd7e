import CampaignKit
import Foundation
import JSON
import Locks
import WebServer

/// The sessions of clients that ask again and again.
final class SocketIOSessions: Sendable {
  private static let maximum = 10_000
  /// Most sessions of one part of the network that have not signed in.
  private static let maximumStrangers = 256
  private let sessions = Locked<[String: SocketIOSession]>([:])
  /// How long a client may be silent before it is given up.
  let patience: Duration
  /// How long a client may take to sign in.
  let signInWithin: Duration

  init(patience: Duration, signInWithin: Duration) {
    self.patience = patience
    self.signInWithin = signInWithin
  }

  /// Keeps a session, and forgets those that are over.
  ///
  /// - Throws: A ``Refusal`` when there are too many.
  func add(_ session: SocketIOSession) throws(Refusal) {
    let now = ContinuousClock.now
    let isKept = sessions.withLock { sessions in
      sessions = sessions.filter { !$0.value.isOver(at: now) }
      let strangers = sessions.values.count { $0.network == session.network && $0.listener == nil }
      guard sessions.count < Self.maximum, strangers < Self.maximumStrangers else { return false }
      sessions[session.sid] = session
      return true
    }
    guard isKept else { throw Refusal(.limited, "too many clients listen; come again later", retryAfter: .seconds(10)) }
  }

  /// The session of a name, unless it is over.
  func session(_ sid: String) -> SocketIOSession? {
    sessions.withLock { sessions in
      guard let session = sessions[sid] else { return nil }
      guard !session.isOver else {
        sessions[sid] = nil
        return nil
      }
      return session
    }
  }
}

extension Operation {
  private static let query: [Parameter] = [
    .optional("EIO", .text(0...10)), .optional("transport", .text(0...20)), .optional("sid", .text(0...100)),
    .optional("token", .text(1...4096)),
  ]

  /// What stock clients of Socket.IO ask for.
  static func socketIO(_ sessions: SocketIOSessions) -> [Operation] {
    let plain = Success(.ok, .text(), mediaType: "text/plain")
    let get = Operation(
      .get, "/socket.io/", "Events as they happen, for clients of Socket.IO", tag: "events", access: .everybody,
      query: query, success: plain, refusals: [.unauthorized, .forbidden, .limited]
    ) { inquiry in
      if let refusal = refusal(of: inquiry, transports: ["polling", "websocket"]) { return refusal }
      let isSocket = inquiry.query["transport"]?.string == "websocket"
      guard let sid = inquiry.query["sid"]?.string else {
        let known = try? await inquiry.liveSession()
        let session = SocketIOSession(
          inquiry.service, sid: UUID().uuidString,
          network: LoginAttempts.network(of: inquiry.request.clientAddress.host), known: known ?? nil,
          patience: sessions.patience, signInWithin: sessions.signInWithin)
        if isSocket {
          return try .webSocket(for: inquiry.request, origins: .any) { socket in
            try await socket.send(session.opening(upgrades: []))
            try await talk(session, socket)
          }
        }
        try sessions.add(session)
        return packets([session.opening(upgrades: ["websocket"])])
      }
      guard let session = sessions.session(sid) else { return protocolError(1, "Session ID unknown") }
      guard isSocket else { return try await poll(session) }
      return try .webSocket(for: inquiry.request, origins: .any) { socket in
        guard session.beginUpgrade() else { return socket.close(.policyViolation, reason: "another one is tried") }
        guard (try? await goesOver(session, socket)) == true else {
          session.endUpgrade()
          return socket.close(.policyViolation, reason: "no probe came")
        }
        // What waits is told here from now on.
        for packet in session.takeWaiting() where packet != noPacket { try await socket.send(packet) }
        try await talk(session, socket)
        session.close()
      }
    }
    let post = Operation(
      .post, "/socket.io/", "What clients of Socket.IO say", tag: "events", access: .everybody, query: query,
      body: .raw("text/plain", .text()), success: plain, refusals: [.unauthorized]
    ) { inquiry in
      if let refusal = refusal(of: inquiry, transports: ["polling"]) { return refusal }
      guard let session = inquiry.query["sid"]?.string.flatMap({ sessions.session($0) }) else {
        return protocolError(1, "Session ID unknown")
      }
      let body = String(decoding: try await inquiry.request.body.collect(upTo: 1_000_000), as: UTF8.self)
      for packet in body.split(separator: "\u{1E}") where !session.isOver { session.keep(await session.take(packet)) }
      return .text("ok")
    }
    return [get.unlimited, post.unlimited]
  }

  private static func refusal(of inquiry: Inquiry, transports: Set<String>) -> Response? {
    guard inquiry.query["EIO"]?.string == "4" else { return protocolError(5, "Unsupported protocol version") }
    guard let transport = inquiry.query["transport"]?.string, transports.contains(transport) else {
      return protocolError(0, "Transport unknown")
    }
    return nil
  }

  private static func protocolError(_ code: Int, _ message: String) -> Response {
    .json(["code": .number(JSONNumber(code)), "message": .string(message)], status: .badRequest)
  }

  private static func packets(_ packets: [String]) -> Response { .text(packets.joined(separator: "\u{1E}")) }

  /// Answers with what waits, or with the next thing that happens, or after a while with a question whether the client
  /// is there.
  private static func poll(_ session: SocketIOSession) async throws -> Response {
    guard let bell = session.beginPoll() else { return protocolError(3, "Bad request") }
    defer { session.endPoll() }
    var waiting = session.takeWaiting()
    if waiting.isEmpty {
      let event: LiveEvent?
      do { event = try await somethingHappens(to: session, bell) } catch is Refusal
        where session.listener?.live.isOver == true
      {
        session.close()
        return packets([SocketIOPacket.disconnected])
      }
      waiting = session.takeWaiting()
      if let event {
        session.told(event)
        waiting.append(SocketIOPacket.event(event))
      }
      if waiting.isEmpty { waiting = ["2"] }
    }
    return packets(waiting)
  }

  /// Waits until something happens, a packet waits, or it is time to ask whether the client is there.
  private static func somethingHappens(
    to session: SocketIOSession, _ bell: AsyncStream<Void>
  ) async throws -> LiveEvent? {
    try await withThrowingTaskGroup(of: LiveEvent?.self) { group in
      if let (live, last) = session.listener {
        group.addTask {
          for try await event in live.events(after: last) { return event }
          return nil
        }
      }
      group.addTask {
        for await _ in bell { break }
        return nil
      }
      group.addTask {
        try await Task.sleep(for: SocketIOSession.pingInterval)
        return nil
      }
      defer { group.cancelAll() }
      return try await group.next() ?? nil
    }
  }

  /// What is answered to a client that asks, so that it stops to.
  private static let noPacket = "6"

  /// Tries a WebSocket for a client that has asked again and again so far; true once it goes over to it, for which it
  /// has as long as for signing in.
  private static func goesOver(_ session: SocketIOSession, _ socket: WebSocket) async throws -> Bool {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask { try await isTried(session, socket) }
      group.addTask {
        try await Task.sleep(for: session.signInWithin)
        return false
      }
      defer { group.cancelAll() }
      return try await group.next() ?? false
    }
  }

  private static func isTried(_ session: SocketIOSession, _ socket: WebSocket) async throws -> Bool {
    for try await message in socket {
      switch message {
      case .text("2probe"):
        try await socket.send("3probe")
        session.keep([noPacket])
        if session.isOver { return false }
      case .text("5"): return true
      default: return false
      }
    }
    return false
  }

  /// Talks over a WebSocket.
  private static func talk(_ session: SocketIOSession, _ socket: WebSocket) async throws {
    let (joined, join) = AsyncStream.makeStream(of: Void.self)
    if session.listener != nil { join.finish() }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { join.finish() }
        for try await message in socket {
          guard case .text(let text) = message else { continue }
          for answer in await session.take(text) { try await socket.send(answer) }
          if session.listener != nil { join.finish() }
          if session.isOver { return }
        }
      }
      group.addTask {
        let limit = Task {
          try await Task.sleep(for: session.signInWithin)
          join.finish()
        }
        defer { limit.cancel() }
        for await _ in joined {}
        guard let (live, last) = session.listener else { return }
        do {
          for try await event in live.events(after: last) { try await socket.send(SocketIOPacket.event(event)) }
        } catch is Refusal where live.isOver { try await socket.send(SocketIOPacket.disconnected) }
      }
      group.addTask {
        while true {
          try await Task.sleep(for: SocketIOSession.pingInterval)
          try await socket.send("2")
        }
      }
      try await group.next()
      group.cancelAll()
    }
  }
}
