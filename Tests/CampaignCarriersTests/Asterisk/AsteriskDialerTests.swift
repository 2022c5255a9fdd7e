import CampaignCarriers
import CampaignKit
import CampaignTesting
import Testing

/// The dialer and a scripted Asterisk, over sockets.
@Suite struct AsteriskDialerTests {
  private static func dialer(
    _ carrier: ScriptedCarrier, _ edit: (inout AsteriskSettings) -> Void = { _ in }
  ) throws -> AsteriskDialer {
    var settings = AsteriskSettings()
    edit(&settings)
    return AsteriskDialer(
      address: try carrier.start(), user: carrier.account, password: carrier.token, endpoint: "PJSIP/{number}@trunk",
      settings: settings, transport: URLSessionTransport.patient(),
      // Beside many other tests a connection takes its time; by this clock it is soon there.
      clock: FastTime(speed: 0.1))
  }

  private static func order(_ index: UInt32 = 1) throws -> CallOrder {
    try Dialing.order(index, at: SystemTime().now(), placeWithin: .seconds(3600))
  }

  @Test("A call is placed, rings, is answered and ends, and all of it is heard")
  func whole() async throws {
    var configuration = ScriptedCarrier.Configuration()
    configuration.script = { _, _ in
      CallPlot(.answered(.human, hangsUpAfter: .milliseconds(1)), setup: .zero, ring: .zero)
    }
    let carrier = ScriptedCarrier(.asterisk, configuration) { _ in }
    let dialer = try Self.dialer(carrier)
    let order = try Self.order()
    #expect(try await dialer.place(order) == "ck-\(order.id)")
    var heard: [CallEvent.Kind] = []
    for await event in dialer.events() {
      #expect(event.subject == .call(order.id))
      heard.append(event.kind)
      if case .ended(let end) = event.kind {
        #expect(end.outcome == .completed)
        break
      }
    }
    #expect(heard.starts(with: [.ringing, .answered(nil)]))
    guard case .found(let events) = try await dialer.lookUp(Dialing.reference(order)) else {
      throw DialerError(.unavailable, "the call is not found")
    }
    #expect(events.count == 4)
    await carrier.stop()
  }

  @Test("After a connection was cut it is made again, and calls that go on are heard of")
  func cut() async throws {
    var configuration = ScriptedCarrier.Configuration()
    configuration.script = { _, _ in CallPlot(.answered(.human, hangsUpAfter: nil), setup: .zero, ring: .zero) }
    let carrier = ScriptedCarrier(.asterisk, configuration) { _ in }
    let dialer = try Self.dialer(carrier)
    let order = try Self.order()
    _ = try await dialer.place(order)
    var events = dialer.events().makeAsyncIterator()
    while await events.next()?.kind != .answered(nil) {}
    carrier.cutEvents()
    // It waits for the connection.
    let other = try Self.order(2)
    while dialer.isConnected { await Task.yield() }
    _ = try await dialer.place(other)
    try await dialer.hangUp(Dialing.reference(order))
    while let event = await events.next() {
      if case .ended = event.kind, event.subject == .call(order.id) { break }
    }
    #expect(carrier.books.calls.count == 2)
    #expect(carrier.books.calls.first?.outcome == .completed)
    await carrier.stop()
  }

  @Test("A person and an agent are put into one bridge")
  func bridged() async throws {
    var configuration = ScriptedCarrier.Configuration()
    configuration.script = { _, _ in CallPlot(.answered(.human, hangsUpAfter: nil), setup: .zero, ring: .zero) }
    let carrier = ScriptedCarrier(.asterisk, configuration) { _ in }
    let dialer = try Self.dialer(carrier)
    let order = try Self.order()
    _ = try await dialer.place(order)
    var events = dialer.events().makeAsyncIterator()
    while await events.next()?.kind != .answered(nil) {}
    var agent = Agent(
      id: Agent.ID(high: 1, low: 1), account: Dialing.account, kind: .person, name: "A", createdAt: order.createdAt)
    agent.metadata["extension"] = "100"
    // Whoever does not know whether it was heard asks again, and cuts nobody off by that.
    for _ in 0..<2 { try await dialer.connect(Dialing.reference(order), to: agent) }
    while carrier.books.calls.count(where: { $0.bridge == "ckb-\(order.id)" }) < 2 { await Task.yield() }
    // Who waits hears music, and nobody talks to it.
    #expect(carrier.books.calls.map(\.hasHeardMusic) == [true, false])
    try await dialer.hangUp(Dialing.reference(order))
    while carrier.books.calls.contains(where: { !$0.isOver }) { await Task.yield() }
    // The agent was asked for twice, and rung once.
    #expect(carrier.books.calls.count == 2)
    await carrier.stop()
  }

  @Test("A person for whom no agent comes hears a message, and is hung up on")
  func dismissed() async throws {
    var configuration = ScriptedCarrier.Configuration()
    configuration.script = { _, _ in CallPlot(.answered(.human, hangsUpAfter: nil), setup: .zero, ring: .zero) }
    let carrier = ScriptedCarrier(.asterisk, configuration) { _ in }
    let dialer = try Self.dialer(carrier)
    let order = try Self.order()
    _ = try await dialer.place(order)
    for await event in dialer.events() {
      if event.kind == .answered(nil) { try await dialer.hangUp(Dialing.reference(order), after: "sound:sorry") }
      if case .ended = event.kind { break }
    }
    let call = try #require(carrier.books.calls.first)
    #expect(call.outcome == .completed)
    #expect(call.callbacks.contains { $0["type"] == "PlaybackFinished" })
    await carrier.stop()
  }

  @Test("A call comes back from the dialplan to the application that sent it there")
  func comesBack() async throws {
    var configuration = ScriptedCarrier.Configuration()
    configuration.script = { _, _ in
      CallPlot(.answered(.human, hangsUpAfter: nil), setup: .zero, ring: .zero, detection: .zero)
    }
    let carrier = ScriptedCarrier(.asterisk, configuration) { _ in }
    let dialer = try Self.dialer(carrier) { settings in
      settings.application = "sales"
      settings.detectionContext = "campaignkit-amd"
      settings.announcement = "sound:welcome"
    }
    let order = try Dialing.order(at: SystemTime().now(), placeWithin: .seconds(3600)) {
      $0.machineDetection.mode = .fast
    }
    _ = try await dialer.place(order)
    // It hears what was found, and says what there is to say, behind which it hangs up.
    var heard: [CallEvent.Kind] = []
    var events = dialer.events().makeAsyncIterator()
    while let event = await events.next() {
      heard.append(event.kind)
      if case .ended = event.kind { break }
    }
    #expect(heard.contains(.detected(.human)))
    #expect(carrier.books.calls.map(\.outcome) == [.completed])
    await carrier.stop()
  }

  @Test("A wrong password places no call, and is in no message")
  func strangers() async throws {
    let carrier = ScriptedCarrier(.asterisk) { _ in }
    let dialer = AsteriskDialer(
      address: try carrier.start(), user: "me", password: "wordofmine", endpoint: "PJSIP/{number}@trunk",
      clock: FastTime(speed: 100))
    let order = try Dialing.order(at: SystemTime().now(), placeWithin: .seconds(3600))
    let failure = await Dialing.failure(dialer, order)
    #expect(failure?.code == .unavailable)
    #expect(failure?.message.contains("wordofmine") == false)
    #expect(carrier.books.orders.isEmpty)
    await carrier.stop()
  }
}
