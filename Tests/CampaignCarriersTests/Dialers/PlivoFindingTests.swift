import CampaignCarriers
import CampaignKit
import CampaignTesting
import JSON
import Testing

/// How Plivo's calls are found again, and ended.
@Suite struct PlivoFindingTests {
  private static let calls = "GET /v1/Account/MA1/Call/"

  private static func dialer(
    _ time: VirtualTime, _ answers: [(line: String, body: JSONValue)]
  ) throws -> (PlivoDialer, ScriptedTransport) {
    let transport = ScriptedTransport { request, _ in
      // The end of a line may be left open.
      answers.first { $0.line == request.line || $0.line.last == "*" && request.line.hasPrefix($0.line.dropLast()) }.map
      { .json(200, $0.body) } ?? .json(404, ["error": "not found"])
    }
    let dialer = PlivoDialer(
      authID: "MA1", authToken: "t", publicURL: try Dialing.publicURL(), transport: transport, clock: time)
    return (dialer, transport)
  }

  private static func record(
    _ reference: String, _ state: String, code: Int, answered: Bool = false, madeAt moment: Timestamp = Dialing.start
  ) -> JSONValue {
    [
      "call_uuid": .string(reference), "call_state": .string(state), "hangup_cause_code": JSONValue(code),
      "hangup_cause_name": "cause", "initiation_time": .string("\(moment)"), "call_duration": 10,
      "total_amount": "0.0085", "answer_time": answered ? .string("\(moment + .seconds(5))") : .null,
      "end_time": .string("\(moment + .seconds(15))"),
    ]
  }

  @Test("A call is asked for where it is now: going on, waiting, or over")
  func byName() async throws {
    let order = try Dialing.order()
    let reference = Dialing.reference(order, "u1")
    try await VirtualTime.run { time in
      let live: JSONValue = ["call_uuid": "u1", "call_status": "ringing", "session_start": "2025-01-01 00:00:01"]
      let cases: [(line: String, body: JSONValue, kinds: [CallEvent.Kind])] = [
        ("u1/?status=live", live, [.placed(reference: "u1"), .ringing]),
        ("u1/?status=queued", ["call_uuid": "u1"], [.placed(reference: "u1")]),
        (
          "u1/", Self.record("u1", "ANSWERED", code: 4000, answered: true),
          [
            .placed(reference: "u1"), .answered(nil),
            .ended(CallEnd(.completed, duration: .seconds(10), costMicros: 8500)),
          ]
        ),
      ]
      for (line, body, kinds) in cases {
        let (dialer, _) = try Self.dialer(time, [(Self.calls + line, body)])
        guard case .found(let events) = try await dialer.lookUp(reference) else {
          Issue.record("not found at \(line)")
          continue
        }
        #expect(events.map(\.kind) == kinds)
      }
      let (dialer, _) = try Self.dialer(time, [])
      #expect(try await dialer.lookUp(reference) == .unknown)
    }
  }

  @Test(
    "The end of a call is read from its record",
    arguments: [
      ("NO_ANSWER", 3000, CallEnd.Outcome.noAnswer), ("BUSY", 3010, .busy), ("BUSY", 3020, .rejected),
      ("CANCELLED", 1000, .cancelled), ("FAILED", 2000, .failed), ("SOMETHING", 8011, .failed),
      ("TIMEOUT", 9000, .noAnswer),
    ])
  func ends(state: String, code: Int, outcome: CallEnd.Outcome) async throws {
    try await VirtualTime.run(start: Dialing.start + .seconds(400)) { time in
      let records: JSONValue = ["objects": [Self.record("u1", state, code: code)], "meta": ["next": .null]]
      let (dialer, _) = try Self.dialer(
        time, [(Self.calls + "?call_direction=outbound&from_number=15005550006&to_number=15551230001&*", records)])
      guard case .found(let events) = try await dialer.lookUp(Dialing.reference(try Dialing.order())),
        case .ended(let end) = events.last?.kind
      else {
        Issue.record("not found")
        return
      }
      #expect(end.outcome == outcome)
      #expect((end.failure?.code == "\(code)") == (outcome == .failed))
    }
  }

  @Test("A call whose name was lost is found among those that go on, and one between other numbers is not taken")
  func live() async throws {
    try await VirtualTime.run(start: Dialing.start + .seconds(20)) { time in
      func call(_ to: String) -> JSONValue {
        [
          "to": .string(to), "from": "+15005550006", "call_status": "in-progress",
          "session_start": "2025-01-01 00:00:01",
        ]
      }
      let (dialer, _) = try Self.dialer(
        time,
        [
          (Self.calls + "?status=live", ["calls": ["u1", "u2"]]), (Self.calls + "?status=queued", ["calls": []]),
          (Self.calls + "u1/?status=live", call("15559999999")), (Self.calls + "u2/?status=live", call("15551230001")),
          (Self.calls + "?call_direction*", ["objects": []]),
        ])
      guard case .found(let events) = try await dialer.lookUp(Dialing.reference(try Dialing.order())) else {
        Issue.record("not found")
        return
      }
      #expect(events.map(\.kind) == [.placed(reference: "u2"), .answered(nil)])
    }
  }

  /// Looks up a call whose name is not known, at these times after its order, and returns what is found.
  private static func findings(
    at ages: [Duration], live: [JSONValue] = [], recordedAt: Duration? = nil
  ) async throws -> [CallFindings] {
    try await VirtualTime.run(start: Dialing.start) { time in
      let transport = ScriptedTransport { request, _ in
        if request.line.hasPrefix(calls + "?status=") { return .json(200, ["calls": .array(live)]) }
        guard request.line.hasPrefix(calls + "?call_direction") else { return .json(404, ["error": "not found"]) }
        let isRecorded = recordedAt.map { time.now() >= Dialing.start + $0 } ?? false
        return .json(200, ["objects": isRecorded ? [record("u1", "ANSWERED", code: 4000, answered: true)] : []])
      }
      let dialer = PlivoDialer(
        authID: "MA1", authToken: "t", publicURL: try Dialing.publicURL(), transport: transport, clock: time)
      var findings: [CallFindings] = []
      for age in ages {
        await time.wait(for: Dialing.start + age - time.now())
        findings.append(try await dialer.lookUp(Dialing.reference(try Dialing.order())))
      }
      return findings
    }
  }

  @Test("A call is absent only when its record must have been written, and all that go on were looked at")
  func absent() async throws {
    let ages = [Duration.seconds(60), .seconds(91), .seconds(390), .seconds(392)]
    #expect(try await Self.findings(at: ages) == [.unknown, .unknown, .unknown, .absent])
    let many = (0..<30).map { JSONValue.string("u\($0)") }
    #expect(try await Self.findings(at: ages, live: many) == [.unknown, .unknown, .unknown, .unknown])
  }

  @Test("A long call that is first looked for when it is just over is not absent while its record is not written")
  func justOver() async throws {
    // It was over after six minutes.
    let ages = [Duration.seconds(361), .seconds(400), .seconds(650), .seconds(655)]
    let findings = try await Self.findings(at: ages, recordedAt: .seconds(652))
    #expect(findings.dropLast() == [.unknown, .unknown, .unknown])
    guard case .found(let events) = findings.last else {
      Issue.record("not found")
      return
    }
    #expect(events.first?.kind == .placed(reference: "u1"))
  }

  private static let ends = ["Call", "Request", "Call"].map { "DELETE /v1/Account/MA1/\($0)/u1/" }

  @Test(
    "A call is ended as one that goes on, given up as one that waits, and ended where it began meanwhile",
    arguments: [([204], 1), ([404, 204], 2), ([404, 404, 204], 3), ([404, 404, 404], 3), ([404, 400, 204], 3)])
  func hangingUp(statuses: [Int], count: Int) async throws {
    try await VirtualTime.run { time in
      let transport = ScriptedTransport { _, number in
        .json(statuses[min(number, statuses.count) - 1], ["error": "not allowed"])
      }
      let dialer = PlivoDialer(
        authID: "MA1", authToken: "t", publicURL: try Dialing.publicURL(), transport: transport, clock: time)
      try await dialer.hangUp(Dialing.reference(try Dialing.order(), "u1"))
      #expect(transport.sent.map(\.line) == Array(Self.ends.prefix(count)))
    }
  }

  @Test("A call that Plivo refuses to end is an error, unless there is no such call")
  func failingToHangUp() async throws {
    try await VirtualTime.run { time in
      let reference = Dialing.reference(try Dialing.order(), "u1")
      func dialer(_ status: Int, _ words: String) throws -> PlivoDialer {
        PlivoDialer(
          authID: "MA1", authToken: "t", publicURL: try Dialing.publicURL(),
          transport: ScriptedTransport(.json(status, ["error": .string(words)])), clock: time)
      }
      try await dialer(400, "call not found").hangUp(reference)
      for (status, words) in [(400, "not allowed"), (401, "no such account")] {
        await #expect(throws: DialerError.self) { try await dialer(status, words).hangUp(reference) }
      }
    }
  }
}
