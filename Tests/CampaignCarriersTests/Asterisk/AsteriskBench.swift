import CampaignKit
import CampaignTesting

@testable import CampaignCarriers

/// What follows a PBX, in virtual time, and the PBX without a network.
enum AsteriskBench {
  /// An Asterisk that has no channel, but where `answer` says otherwise.
  static func transport(
    _ answer: @escaping @Sendable (HTTPRequest) -> ScriptedTransport.Answer?
  ) -> ScriptedTransport {
    ScriptedTransport { request, _ in
      if let answer = answer(request) { return answer }
      switch request.line {
      case "GET /ari/channels", "GET /ari/bridges": return .json(200, [])
      default: return request.method == .post ? .json(204, [:]) : .json(404, ["message": "Channel not found"])
      }
    }
  }

  /// Does something with what follows a PBX, once it is connected.
  static func run(
    _ transport: ScriptedTransport, waits: Bool = true, sockets: ScriptedSockets = ScriptedSockets(),
    settings: AsteriskSettings = AsteriskSettings(),
    _ body: @escaping @Sendable (AsteriskDesk, VirtualTime) async throws -> Void
  ) async throws {
    try await VirtualTime.run(start: Dialing.start) { time in
      let api = AsteriskAPI(
        address: "http://pbx", user: "me", password: "word", endpoint: "PJSIP/{number}@trunk", settings: settings)
      let desk = AsteriskDesk(api, transport: transport, sockets: sockets, clock: time)
      // Not in a task of its own, which would not be in virtual time.
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await desk.run() }
        defer { group.cancelAll() }
        while waits, !desk.link.isOpen { await time.wait(for: .milliseconds(100)) }
        try await body(desk, time)
      }
    }
  }

  static func failure(_ desk: AsteriskDesk, _ order: CallOrder) async -> DialerError? {
    do throws(DialerError) {
      _ = try await desk.place(order)
      return nil
    } catch {
      return error
    }
  }

  static var agent: Agent {
    var agent = Agent(
      id: Agent.ID(high: 1, low: 1), account: Dialing.account, kind: .person, name: "A", createdAt: Dialing.start)
    agent.metadata["extension"] = "100"
    return agent
  }
}

extension HTTPRequest {
  /// Whether it orders Asterisk to ring somebody.
  var isOrder: Bool { line.hasPrefix("POST /ari/channels?") }
}
