import CampaignCarriers
import CampaignKit
import CampaignTesting
import JSON
import Testing

/// How calls are found again, and ended.
@Suite struct FindingTests {
  private typealias Answer = ScriptedTransport.Answer

  /// Answers by what a request starts with.
  private static func transport(
    _ answers: [(start: String, answer: ScriptedTransport.Answer)]
  ) -> ScriptedTransport {
    ScriptedTransport { request, _ in
      answers.first { request.line.hasPrefix($0.start) }?.answer ?? .json(404, ["code": 20404])
    }
  }

  private static let calls = "GET /2010-04-01/Accounts/AC1/Calls"

  /// A date as Twilio writes it.
  private static func date(_ moment: Timestamp) -> JSONValue { .string("\(moment)") }

  private static func call(
    _ reference: String, _ status: String = "in-progress", madeAt moment: Timestamp, direction: String = "outbound-api"
  ) -> JSONValue {
    [
      "sid": .string(reference), "status": .string(status), "date_created": date(moment),
      "direction": .string(direction),
    ]
  }

  private static func list(_ calls: JSONValue..., next: String? = nil) -> ScriptedTransport.Answer {
    .json(200, ["calls": .array(calls), "next_page_uri": next.map { .string($0) } ?? .null])
  }

  /// Looks up a call of a minute ago whose name is not known.
  private static func find(
    _ answers: [(start: String, answer: ScriptedTransport.Answer)], age: Duration = .seconds(60)
  ) async throws -> CallFindings {
    try await VirtualTime.run(start: Dialing.start + age) { time in
      let dialer = try Dialing.twilio(Self.transport(answers), clock: time)
      return try await dialer.lookUp(Dialing.reference(try Dialing.order()))
    }
  }

  private static func reference(_ findings: CallFindings) -> String? {
    guard case .found(let events) = findings, case .placed(let reference) = events.first?.kind else { return nil }
    return reference
  }

  @Test("A call that is not listed is absent only a while after the end of its own order, however old it is")
  func absentAfterItsOrder() async throws {
    try await VirtualTime.run(start: Dialing.start + .seconds(120)) { time in
      let transport = ScriptedTransport { request, _ in
        guard request.method == .post else { return Self.list() }
        await time.wait(for: .seconds(15))
        return .lost(.uncertain)
      }
      let dialer = try Dialing.twilio(transport, clock: time)
      let order = try Dialing.order(placeWithin: .seconds(600))
      let reference = Dialing.reference(order)
      async let placed = Dialing.failure(dialer, order)
      await time.wait(for: .seconds(5))
      #expect(try await dialer.lookUp(reference) == .unknown, "it is under way")
      await #expect(throws: DialerError.self) { try await dialer.hangUp(reference) }
      #expect(await placed?.code == .uncertain)
      await time.wait(for: .seconds(29))
      #expect(try await dialer.lookUp(reference) == .unknown, "it may not be listed yet")
      await time.wait(for: .seconds(2))
      #expect(try await dialer.lookUp(reference) == .absent)
      try await dialer.hangUp(reference)
    }
  }

  @Test("A call with a name is asked for by its name")
  func byName() async throws {
    let order = try Dialing.order()
    let end = Dialing.start + .seconds(90)
    let transport = Self.transport([
      (
        Self.calls + "/CA1.json",
        .json(
          200,
          [
            "sid": "CA1", "status": "completed", "duration": "40", "price": "-0.014", "answered_by": "human",
            "date_created": "Wed, 01 Jan 2025 00:00:02 +0000", "end_time": Self.date(end),
          ])
      )
    ])
    let dialer = try Dialing.twilio(transport)
    let subject = CallEvent.Subject.call(order.id)
    #expect(
      try await dialer.lookUp(Dialing.reference(order, "CA1"))
        == .found([
          CallEvent(.placed(reference: "CA1"), of: subject, at: Dialing.start + .seconds(2)),
          CallEvent(.answered(.human), of: subject, at: end - .seconds(40)),
          CallEvent(
            .ended(CallEnd(.completed, duration: .seconds(40), answeredBy: .human, costMicros: 14_000)), of: subject,
            at: end),
        ]))
    #expect(try await dialer.lookUp(Dialing.reference(order, "CA2")) == .unknown, "the carrier had it once")
    #expect(try await dialer.lookUp(Dialing.reference(order, "../x?y")) == .unknown)
    #expect(transport.sent.last?.line == Self.calls + "/-.json")
  }

  @Test("The only call between two numbers since the order is the one")
  func onlyOne() async throws {
    let before = Self.call("CA0", "completed", madeAt: Dialing.start - .seconds(30))
    let inbound = Self.call("CA2", madeAt: Dialing.start + .seconds(2), direction: "inbound")
    let ours = Self.call("CA1", "ringing", madeAt: Dialing.start + .seconds(1))
    let findings = try await Self.find([
      (Self.calls + ".json?To=%2B15551230001&From=%2B15005550006&", Self.list(inbound, ours, before))
    ])
    #expect(Self.reference(findings) == "CA1")
  }

  @Test("No call is taken where it could be several, or one that was made much later")
  func several() async throws {
    let one = Self.call("CA1", madeAt: Dialing.start + .seconds(1))
    let two = Self.call("CA2", madeAt: Dialing.start + .seconds(2))
    #expect(try await Self.find([(Self.calls + ".json", Self.list(two, one))]) == .unknown)
    let later = Self.call("CA3", madeAt: Dialing.start + .seconds(1200))
    #expect(try await Self.find([(Self.calls + ".json", Self.list(later))], age: .seconds(1300)) == .unknown)
  }

  @Test("Which of several calls it is, the addresses tell to which Twilio reported")
  func told() async throws {
    let order = try Dialing.order()
    let other = try Dialing.order(9)
    let one = Self.call("CA1", madeAt: Dialing.start + .seconds(1))
    let two = Self.call("CA2", madeAt: Dialing.start + .seconds(2))
    func events(_ purpose: String, _ order: CallOrder) -> ScriptedTransport.Answer {
      let url = "https://calls.example.com/webhooks/twilio/\(purpose)?callId=\(order.id)"
      return .json(
        200, ["events": [["request": ["url": "https://elsewhere.example/"]], ["request": ["url": .string(url)]]]])
    }
    let ours = try await Self.find([
      (Self.calls + "/CA2/Events.json", events("status", order)), (Self.calls + ".json", Self.list(one, two)),
    ])
    #expect(Self.reference(ours) == "CA2")
    let left = try await Self.find([
      (Self.calls + "/CA2/Events.json", events("status", other)), (Self.calls + ".json", Self.list(one, two)),
    ])
    #expect(Self.reference(left) == "CA1")
    let agents = try await Self.find([
      (Self.calls + "/CA2/Events.json", events("agent-answer", order)), (Self.calls + ".json", Self.list(one, two)),
    ])
    #expect(agents == .unknown)
  }

  @Test("A call that is known to be another one is not taken, and no call is taken twice")
  func others() async throws {
    try await VirtualTime.run(start: Dialing.start) { time in
      let transport = ScriptedTransport { request, number in
        if request.method == .post { return number == 1 ? .json(201, ["sid": "CA1"]) : .lost(.uncertain) }
        if request.line.hasSuffix("CA2.json") { return .json(200, Self.call("CA2", madeAt: Dialing.start)) }
        let calls = [Self.call("CA1", madeAt: Dialing.start), Self.call("CA2", madeAt: Dialing.start)]
        return request.line.contains("Events") ? .json(404, [:]) : .json(200, ["calls": .array(calls)])
      }
      let dialer = try Dialing.twilio(transport, clock: time)
      let orders = try (1...3).map { try Dialing.order($0, at: time.now()) }
      _ = try await dialer.place(orders[0])
      for order in orders.dropFirst() { #expect(await Dialing.failure(dialer, order)?.code == .uncertain) }
      await time.wait(for: .seconds(31))
      #expect(Self.reference(try await dialer.lookUp(Dialing.reference(orders[1]))) == "CA2")
      #expect(try await dialer.lookUp(Dialing.reference(orders[2])) == .absent)
      #expect(Self.reference(try await dialer.lookUp(Dialing.reference(orders[1]))) == "CA2", "it stays found")
    }
  }

  @Test("A call is absent only when the carrier has had the time to list it, and has listed all")
  func absent() async throws {
    #expect(try await Self.find([(Self.calls + ".json", Self.list())]) == .absent)
    #expect(try await Self.find([(Self.calls + ".json", Self.list())], age: .seconds(20)) == .unknown)
    let endless = Self.list(
      Self.call("CA0", madeAt: Dialing.start - .seconds(60)), next: "/2010-04-01/Accounts/AC1/Calls.json?Page=1")
    #expect(try await Self.find([(Self.calls + ".json", endless)]) == .unknown)
    let elsewhere = Self.list(next: "//evil.example/Calls.json")
    #expect(try await Self.find([(Self.calls + ".json", elsewhere)]) == .unknown)
    #expect(try await Self.find([(Self.calls + ".json", .json(200, ["message": "hello"]))]) == .unknown)
  }

  @Test("All pages are read, as far as they can hold the call")
  func pages() async throws {
    let second = Self.list(Self.call("CA1", madeAt: Dialing.start + .seconds(1)))
    let first = Self.list(
      Self.call("CA2", madeAt: Dialing.start - .seconds(60)), next: "/2010-04-01/Accounts/AC1/Calls.json?Page=1")
    let findings = try await Self.find([(Self.calls + ".json?Page=1", second), (Self.calls + ".json?To", first)])
    #expect(Self.reference(findings) == "CA1")
    let old = Self.list(
      Self.call("CA2", madeAt: Dialing.start - .seconds(7200)), next: "/2010-04-01/Accounts/AC1/Calls.json?Page=1")
    #expect(try await Self.find([(Self.calls + ".json?To", old)]) == .absent)
  }

  @Test("The carrier's clock may be ahead of ours, or behind")
  func clocks() async throws {
    // The list says that it is an hour later, and so do the dates of its calls.
    let hour = Duration.seconds(3600)
    let body: JSONValue = ["calls": [Self.call("CA1", madeAt: Dialing.start + .seconds(1) + hour)]]
    let ahead = Answer.json(200, body, fields: ["Date": "Wed, 01 Jan 2025 01:01:00 GMT"])
    #expect(Self.reference(try await Self.find([(Self.calls + ".json", ahead)])) == "CA1")
    let old: JSONValue = ["calls": [Self.call("CA1", madeAt: Dialing.start + .seconds(1) + hour - .seconds(30))]]
    let before = Answer.json(200, old, fields: ["Date": "Wed, 01 Jan 2025 01:01:00 GMT"])
    #expect(try await Self.find([(Self.calls + ".json", before)]) == .unknown, "it is not taken, and not denied")
  }

  @Test("A call is not absent while one of the last hour may be it that nobody else has, as the clocks may be wrong")
  func earlier() async throws {
    let order = try Dialing.order()
    for (age, findings) in [(Duration.seconds(1800), CallFindings.unknown), (.seconds(4000), .absent)] {
      let old = Self.list(Self.call("CA0", "completed", madeAt: Dialing.start - age))
      #expect(try await Self.find([(Self.calls + ".json", old)]) == findings)
    }
    // Twilio tells whose it is.
    func events(_ order: CallOrder) -> ScriptedTransport.Answer {
      let url = "https://calls.example.com/webhooks/twilio/status?callId=\(order.id)"
      return .json(200, ["events": [["request": ["url": .string(url)]]]])
    }
    let list = Self.list(Self.call("CA0", "completed", madeAt: Dialing.start - .seconds(1800)))
    let others = try await Self.find([
      (Self.calls + "/CA0/Events.json", events(try Dialing.order(9))), (Self.calls + ".json", list),
    ])
    #expect(others == .absent)
    let ours = try await Self.find([(Self.calls + "/CA0/Events.json", events(order)), (Self.calls + ".json", list)])
    #expect(Self.reference(ours) == "CA0")
  }

  @Test("What a process before this one has ordered from no number of its own is looked for at any number")
  func withoutANumber() async throws {
    func call(from: String) -> ScriptedTransport.Answer {
      Self.list([
        "sid": "CA1", "status": "in-progress", "date_created": Self.date(Dialing.start + .seconds(1)),
        "direction": "outbound-api", "from": .string(from),
      ])
    }
    let cases: [(listed: ScriptedTransport.Answer, reference: String?, findings: CallFindings?)] = [
      (call(from: "+15005550006"), "CA1", nil), (call(from: "+15005550007"), nil, .unknown),
      (Self.list(), nil, .absent),
    ]
    for (listed, reference, findings) in cases {
      try await VirtualTime.run(start: Dialing.start + .seconds(60)) { time in
        // The number by default was another one before.
        let transport = Self.transport([
          (Self.calls + ".json?To=%2B15551230001&From=", Self.list()), (Self.calls + ".json?To=", listed),
        ])
        let number = try Dialing.number(15_005_550_006)
        let dialer = try Dialing.twilio(transport, clock: time) { $0.defaultFrom = number }
        let found = try await dialer.lookUp(Dialing.reference(try Dialing.order(from: nil)))
        #expect(Self.reference(found) == reference)
        if let findings { #expect(found == findings) }
      }
    }
    // What this process has ordered, it knows the number of.
    try await VirtualTime.run(start: Dialing.start) { time in
      let transport = ScriptedTransport { request, _ in
        if request.method == .post { return .lost(.uncertain) }
        return request.line.contains("From=%2B15005550006") ? Self.list() : .json(500, [:])
      }
      let number = try Dialing.number(15_005_550_006)
      let dialer = try Dialing.twilio(transport, clock: time) { $0.defaultFrom = number }
      let order = try Dialing.order(from: nil)
      #expect(await Dialing.failure(dialer, order)?.code == .uncertain)
      await time.wait(for: .seconds(31))
      #expect(try await dialer.lookUp(Dialing.reference(order)) == .absent)
    }
  }

  @Test("A look-up that fails is tried again, and then says so")
  func failing() async throws {
    let order = try Dialing.order()
    try await VirtualTime.run { time in
      let flaky = ScriptedTransport(
        .lost(.uncertain), .json(503, [:]), .json(200, Self.call("CA1", madeAt: Dialing.start)))
      let found = try await Dialing.twilio(flaky, clock: time).lookUp(Dialing.reference(order, "CA1"))
      #expect(Self.reference(found) == "CA1")
      for answer in [Answer.json(500, [:]), .json(401, ["code": 20003]), .lost(.notSent)] {
        let transport = ScriptedTransport(answer)
        await #expect(throws: DialerError.self) {
          _ = try await Dialing.twilio(transport, clock: time).lookUp(Dialing.reference(order, "CA1"))
        }
        #expect(transport.sent.count <= 4)
      }
    }
  }

  @Test(
    "A call is ended whatever it is doing, and one that is over is no error",
    arguments: [
      ([Answer.json(200, ["status": "completed"])], ["Status=completed"]),
      ([.json(200, ["status": "in-progress"])], ["Status=completed"]),
      (
        [.json(200, ["status": "queued"]), .json(200, ["status": "canceled"])], ["Status=completed", "Status=canceled"]
      ),
      (
        [.json(400, ["code": 21220]), .json(400, ["code": 21220]), .json(200, ["status": "completed"])],
        ["Status=completed", "Status=canceled", "Status=completed"]
      ),
      ([.json(404, [:])], ["Status=completed"]),
    ])
  func hangingUp(answers: [ScriptedTransport.Answer], sent: [String]) async throws {
    let transport = ScriptedTransport { _, number in answers[min(number, answers.count) - 1] }
    let dialer = try Dialing.twilio(transport)
    try await dialer.hangUp(Dialing.reference(try Dialing.order(), "CA1"))
    #expect(transport.sent.map { $0.line } == sent.map { _ in "POST /2010-04-01/Accounts/AC1/Calls/CA1.json" })
    #expect(transport.sent.flatMap(\.form) == sent)
  }

  @Test("A call that cannot be ended is an error")
  func failingToHangUp() async throws {
    for answer in [Answer.json(400, ["code": 20001]), .json(401, ["code": 20003])] {
      let dialer = try Dialing.twilio(ScriptedTransport(answer))
      let reference = Dialing.reference(try Dialing.order(), "CA1")
      await #expect(throws: DialerError.self) { try await dialer.hangUp(reference) }
    }
  }

  @Test("A call whose name was lost is found in order to be ended")
  func hangingUpTheLost() async throws {
    try await VirtualTime.run(start: Dialing.start + .seconds(60)) { time in
      let reference = Dialing.reference(try Dialing.order())
      var listed = Self.list(Self.call("CA1", madeAt: Dialing.start))
      let transport = Self.transport([
        (Self.calls + ".json", listed),
        ("POST /2010-04-01/Accounts/AC1/Calls/CA1.json", .json(200, ["status": "completed"])),
      ])
      try await Dialing.twilio(transport, clock: time).hangUp(reference)
      #expect(transport.sent.last?.form == ["Status=completed"])
      listed = Self.list()
      try await Dialing.twilio(Self.transport([(Self.calls + ".json", listed)]), clock: time).hangUp(reference)
      listed = Self.list(Self.call("CA1", madeAt: Dialing.start), Self.call("CA2", madeAt: Dialing.start))
      let doubtful = try Dialing.twilio(Self.transport([(Self.calls + ".json", listed)]), clock: time)
      await #expect(throws: DialerError.self) { try await doubtful.hangUp(reference) }
    }
  }
}
