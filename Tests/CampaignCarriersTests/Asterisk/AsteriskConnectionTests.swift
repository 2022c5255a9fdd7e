import CampaignKit
import CampaignTesting
import Locks
import Testing

@testable import CampaignCarriers

/// What the dialer does when its connection to Asterisk dies, comes again, or was dead for a while.
@Suite struct AsteriskConnectionTests {
  /// Places an order whose answer is lost, on a connection that dies just before what came of it is settled.
  private static func dyingInDoubt(
    _ body: @escaping @Sendable (AsteriskDesk, VirtualTime, ScriptedSockets, CallReference) async throws -> Void
  ) async throws {
    let sockets = ScriptedSockets()
    let transport = AsteriskBench.transport { $0.isOrder ? .lost(.uncertain) : nil }
    let order = try Dialing.order(at: Dialing.start)
    try await AsteriskBench.run(transport, sockets: sockets) { desk, time in
      let settles = time.elapsed + desk.capabilities.longestRequest
      #expect(await AsteriskBench.failure(desk, order)?.code == .uncertain)
      await time.wait(for: settles - time.elapsed - .seconds(6))
      sockets.opened.last?.setSilent(true)
      try await body(desk, time, sockets, Dialing.reference(order))
    }
  }

  @Test("An order in doubt is absent only when Asterisk has answered on the same connection since") func halfOpen()
    async throws
  {
    try await Self.dyingInDoubt { desk, time, sockets, call in
      await time.wait(for: .seconds(8))
      #expect(desk.link.isOpen)
      let early = try await desk.lookUp(call)
      #expect(early == .unknown)
      // What Asterisk sent meanwhile would arrive before its answer.
      sockets.opened.last?.setSilent(false)
      await time.wait(for: .seconds(6))
      #expect(try await desk.lookUp(call) == .absent)
    }
  }

  @Test("What was ordered on a connection that turns out to be dead is never absent") func dead() async throws {
    try await Self.dyingInDoubt { desk, time, sockets, call in
      await time.wait(for: .seconds(60))
      #expect(desk.link.isOpen && sockets.opened.count == 2)
      #expect(try await desk.lookUp(call) == .unknown)
      // Nothing of it can come any more, so that there is nothing to hang up.
      try await desk.hangUp(call)
    }
  }

  @Test("An order that may still arrive cannot be hung up, and one that cannot is") func hangsUpDoubt() async throws {
    let transport = AsteriskBench.transport { $0.isOrder ? .lost(.uncertain) : nil }
    let order = try Dialing.order(at: Dialing.start)
    try await AsteriskBench.run(transport) { desk, time in
      #expect(await AsteriskBench.failure(desk, order)?.code == .uncertain)
      await #expect(throws: DialerError.self) { try await desk.hangUp(Dialing.reference(order)) }
      await time.wait(for: desk.capabilities.longestRequest)
      try await desk.hangUp(Dialing.reference(order))
    }
  }

  @Test("A server that takes connections and closes them at once is asked less and less often") func closesAtOnce()
    async throws
  {
    let sockets = ScriptedSockets(closesAtOnce: true)
    let transport = AsteriskBench.transport { _ in nil }
    try await AsteriskBench.run(transport, waits: false, sockets: sockets) { desk, time in
      await time.wait(for: .seconds(300))
      #expect(!desk.link.isOpen)
      #expect((10...50).contains(sockets.opened.count))
    }
  }

  @Test("A channel that is gone keeps no other from being subscribed to") func subscriptions() async throws {
    let orders = try (1...120).map { try Dialing.order($0, at: Dialing.start) }
    let gone = "ck-\(orders[7].id)"
    let subscribed = Locked<Set<String>>([])
    let transport = AsteriskBench.transport { request in
      if request.line == "GET /ari/channels" {
        return .json(200, .array(orders.map { ["id": .string("ck-\($0.id)"), "state": "Ring"] }))
      }
      guard request.line.contains("/subscription?"), let list = request.line.split(separator: "=").last else {
        return nil
      }
      for name in list.split(separator: "%2C").map({ String($0.dropFirst("channel%3A".count)) }) {
        if name == gone { return .json(422, ["message": "Event source does not exist"]) }
        subscribed.withLock { _ = $0.insert(name) }
      }
      return .json(200, [:])
    }
    try await AsteriskBench.run(transport) { desk, time in
      #expect(subscribed.withLock { $0 } == Set(orders.map { "ck-\($0.id)" }).subtracting([gone]))
      // Nobody will tell of its end, so it ends after a while.
      await time.wait(for: .seconds(40))
      guard case .found(let events) = try await desk.lookUp(Dialing.reference(orders[7])) else {
        return #expect(Bool(false), "it is not found")
      }
      #expect(events.contains { if case .ended = $0.kind { true } else { false } })
    }
  }

  @Test("While Asterisk does not say what it tells of, no call is placed") func notSubscribed() async throws {
    let call = try Dialing.order(9, at: Dialing.start).id
    let transport = AsteriskBench.transport { request in
      if request.line == "GET /ari/channels" {
        return .json(200, [["id": .string("ck-\(call)"), "state": "Ring"]])
      }
      return request.line.contains("/subscription?") ? .json(404, ["message": "Application does not exist"]) : nil
    }
    try await AsteriskBench.run(transport, waits: false) { desk, time in
      let failure = await AsteriskBench.failure(desk, try Dialing.order(at: Dialing.start))
      #expect(failure?.code == .unavailable && failure?.message.contains("404") == true)
    }
  }

  @Test("What is to be hung up is hung up at last, however long Asterisk does not answer") func insists() async throws {
    let sockets = ScriptedSockets()
    let order = try Dialing.order(at: Dialing.start)
    let name = "ck-\(order.id)"
    let isDead = Locked(false)
    let transport = AsteriskBench.transport { request in
      if isDead.withLock({ $0 }) { return .lost(.notSent) }
      if request.isOrder { return .json(200, ["id": .string(name), "state": "Down"]) }
      return request.line == "DELETE /ari/channels/\(name)?reason_code=16" ? .json(204, [:]) : nil
    }
    try await AsteriskBench.run(transport, sockets: sockets) { desk, time in
      _ = try await desk.place(order)
      isDead.withLock { $0 = true }
      // An agent who is there for a call that is not.
      sockets.opened.last?.say(
        #"{"type":"ChannelDestroyed","cause":16,"channel":{"id":"\#(name.replacing("ck-", with: "cka-"))"}}"#)
      await time.wait(for: .seconds(120))
      let before = transport.sent.count
      isDead.withLock { $0 = false }
      await time.wait(for: .seconds(10))
      let sent = transport.sent.dropFirst(before).map(\.line)
      #expect(sent.contains("DELETE /ari/channels/\(name)?reason_code=16"))
      // And then no more.
      let after = transport.sent.count
      await time.wait(for: .seconds(60))
      #expect(transport.sent.count == after)
    }
  }

  @Test("A bridge into which nobody could be put is removed again, and so is one of a call that is over")
  func bridges() async throws {
    let (order, old) = (try Dialing.order(at: Dialing.start), try Dialing.order(2, at: Dialing.start).id)
    let bridge = "DELETE /ari/bridges/ckb-\(order.id)"
    let refused = Locked("addChannel")
    let transport = AsteriskBench.transport { request in
      if request.line == "GET /ari/bridges" { return .json(200, [["id": .string("ckb-\(old)")], ["id": "theirs"]]) }
      if request.isOrder, request.line.contains("cka-") { return .json(400, ["message": "no such endpoint"]) }
      return request.line.contains(refused.withLock { $0 }) ? .json(422, ["message": "not in Stasis"]) : nil
    }
    try await AsteriskBench.run(transport) { desk, time in
      await time.wait(for: .seconds(1))
      #expect(transport.sent.map(\.line).filter { $0.contains("DELETE") } == ["DELETE /ari/bridges/ckb-\(old)"])
      let agent = AsteriskBench.agent
      let reference = Dialing.reference(order)
      for count in 1...2 {
        await #expect(throws: DialerError.self) { try await desk.connect(reference, to: agent) }
        #expect(transport.sent.count { $0.line == bridge } == count)
        // The second time the call is in, but the agent cannot be rung.
        refused.withLock { $0 = "nothing" }
      }
    }
  }
}
