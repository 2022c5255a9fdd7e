import CampaignCarriers
import CampaignKit
import CampaignTesting
import Foundation
import JSON
import Testing

/// What becomes of an order, by what comes back.
@Suite struct PlacingTests {
  private typealias Answer = ScriptedTransport.Answer

  private static let made = Answer.json(201, ["sid": "CA1", "status": "queued"])
  private static let tooFast = Answer.json(429, ["code": 20429, "message": "Too Many Requests", "status": 429])

  /// Places an order in a time of its own; returns what came of it, how often it was sent, and how long it took.
  private static func place(
    _ answers: [ScriptedTransport.Answer], placeWithin: Duration = .seconds(30)
  ) async throws -> (result: Result<String, DialerError>, sent: Int, took: Duration) {
    try await VirtualTime.run { time in
      let transport = ScriptedTransport { _, number in answers[min(number, answers.count) - 1] }
      let dialer = try Dialing.twilio(transport, clock: time)
      let order = try Dialing.order(at: time.now(), placeWithin: placeWithin)
      let result: Result<String, DialerError>
      do throws(DialerError) { result = .success(try await dialer.place(order)) } catch { result = .failure(error) }
      return (result, transport.sent.count, time.elapsed)
    }
  }

  private static func code(_ result: Result<String, DialerError>) -> DialerError.Code? {
    if case .failure(let error) = result { error.code } else { nil }
  }

  @Test("An order is sent again, after a while, where there is no call for certain")
  func tryingAgain() async throws {
    for refusal in [Self.tooFast, .lost(.notSent)] {
      let outcome = try await Self.place([refusal, refusal, Self.made])
      #expect(try outcome.result.get() == "CA1")
      #expect(outcome.sent == 3)
      #expect(outcome.took >= .milliseconds(750) && outcome.took <= .milliseconds(10_000))
    }
  }

  @Test(
    "An order is never sent again where there may be a call",
    arguments: [
      Answer.lost(.uncertain), .json(500, [:]), .json(502, ["code": 1]), .json(503, ["code": 20503]), .json(302, [:]),
      .json(429, ["error": "a proxy says so"]), .json(408, [:]), .json(201, ["status": "queued"]),
      .success(HTTPResponse(201, body: Array("<html>".utf8))), .success(HTTPResponse(200)),
    ])
  func inDoubt(answer: ScriptedTransport.Answer) async throws {
    let outcome = try await Self.place([answer, Self.made])
    #expect(Self.code(outcome.result) == .uncertain)
    #expect(outcome.sent == 1)
  }

  @Test("An order is given up when the carrier stays too busy, and it is said that there is no call")
  func givingUp() async throws {
    let throttled = try await Self.place([Self.tooFast])
    #expect(Self.code(throttled.result) == .throttled)
    #expect((2...4).contains(throttled.sent))
    #expect(throttled.took <= .seconds(10))
    let unreachable = try await Self.place([.lost(.notSent)])
    #expect(Self.code(unreachable.result) == .unavailable)
    #expect(unreachable.sent == 4)
  }

  @Test("The carrier's wish to be left alone is kept, and passed on where it is longer than an order waits")
  func retryAfter() async throws {
    let soon = Answer.json(429, ["code": 20429], fields: ["Retry-After": "4"])
    let outcome = try await Self.place([soon, Self.made])
    #expect(try outcome.result.get() == "CA1")
    #expect(outcome.took >= .seconds(4))
    let late = try await Self.place([.json(429, ["code": 20429], fields: ["Retry-After": "40"]), Self.made])
    guard case .failure(let error) = late.result else { throw DialerError(.uncertain, "it was placed") }
    #expect(error.retryAfter == .seconds(40))
    #expect(late.sent == 1)
  }

  @Test("Nothing is sent after the time for which the order was made")
  func placeBy() async throws {
    #expect(try await Self.place([Self.made], placeWithin: .zero).sent == 0)
    let short = try await Self.place([Self.tooFast, Self.made], placeWithin: .milliseconds(200))
    #expect(short.sent == 1)
    #expect(Self.code(short.result) == .throttled)
    let late = try await Self.place([.lost(.tooLate)])
    #expect(Self.code(late.result)?.description == "unavailable")
  }

  @Test(
    "Twilio's codes mean what is done about them",
    arguments: [
      (400, 21211, DialerError.Code.invalidNumber), (400, 21214, .invalidNumber), (400, 21215, .blocked),
      (400, 21202, .blocked), (400, 21203, .blocked), (400, 21216, .blocked), (400, 13225, .blocked),
      (400, 21219, .notPermitted), (400, 21212, .invalidOrder), (400, 21210, .invalidOrder),
      (400, 21205, .invalidOrder), (401, 20003, .notPermitted), (403, 10001, .notPermitted), (402, 99999, .outOfFunds),
      (404, 20404, .notPermitted), (400, 99999, .invalidOrder),
    ])
  func twilioCodes(status: Int, code: Int, expected: DialerError.Code) async throws {
    let answer = Answer.json(status, ["code": JSONValue(code), "message": "The number +15551230001 is wrong (21211)"])
    let outcome = try await Self.place([answer])
    guard case .failure(let error) = outcome.result else { throw DialerError(.uncertain, "it was placed") }
    #expect(error.code == expected)
    #expect(error.carrierCode == "\(code)")
    #expect(!error.message.contains("5551230001"), "a number is told")
    #expect(outcome.sent == 1)
  }

  @Test(
    "Plivo's words mean what is done about them",
    arguments: [
      (400, "to parameter is invalid", DialerError.Code.invalidNumber), (400, "from number is invalid", .invalidOrder),
      (400, "destination number barred", .blocked), (403, "country not enabled", .blocked),
      (403, "Calls to this destination country are barred.", .blocked),
      (403, "Calls to this destination number are barred.", .blocked), (403, "account suspended", .notPermitted),
      (401, "who?", .notPermitted),
      (402, "pay", .outOfFunds), (400, "insufficient balance", .outOfFunds), (429, "too many requests", .throttled),
      (422, "unprocessable", .invalidOrder), (500, "oops", .uncertain),
    ])
  func plivoWords(status: Int, words: String, expected: DialerError.Code) async throws {
    let transport = ScriptedTransport(.json(status, ["api_id": "a", "error": .string(words)]))
    let failure = try await VirtualTime.run { time in
      let dialer = PlivoDialer(
        authID: "MA1", authToken: "t", publicURL: try Dialing.publicURL(), transport: transport, clock: time)
      return await Dialing.failure(dialer, try Dialing.order(at: time.now()))
    }
    #expect(failure?.code == expected)
  }

  @Test(
    "What stands before the carrier says nothing of the order, and it is tried again", arguments: [400, 413, 421, 451])
  func otherWords(status: Int) async throws {
    let page = Answer.success(HTTPResponse(status, body: Array("<html>Bad request</html>".utf8)))
    let passing = try await Self.place([page, .json(status, ["error": "no JSON of Twilio's"]), Self.made])
    #expect(try passing.result.get() == "CA1")
    let lasting = try await Self.place([page])
    #expect(Self.code(lasting.result) == .unavailable)
    #expect(lasting.sent == 4)
  }

  @Test("An order that comes again is not sent again")
  func repeatedOrders() async throws {
    try await VirtualTime.run { time in
      let transport = ScriptedTransport { _, number in
        await time.wait(for: .seconds(1))
        return number == 1 ? Self.made : .lost(.uncertain)
      }
      let dialer = try Dialing.twilio(transport, clock: time)
      let (first, second) = (try Dialing.order(1, at: time.now()), try Dialing.order(2, at: time.now()))
      async let placed = dialer.place(first)
      await time.wait(for: .milliseconds(10))
      #expect(await Dialing.failure(dialer, first)?.code == .uncertain, "it is under way")
      #expect(try await placed == "CA1")
      #expect(try await dialer.place(first) == "CA1")
      #expect(await Dialing.failure(dialer, second)?.code == .uncertain)
      #expect(await Dialing.failure(dialer, second)?.code == .uncertain)
      #expect(transport.sent.count == 2)
    }
  }

  @Test("Orders wait for their turn at the rate that was set, and the rate falls when the carrier lets calls wait")
  func pace() async throws {
    try await VirtualTime.run { time in
      let transport = ScriptedTransport { _, number in
        .json(201, ["sid": .string("CA\(number)"), "queue_time": number == 15 ? "3000" : "0"])
      }
      let dialer = try Dialing.twilio(transport, clock: time) { $0.callsPerSecond = 10 }
      let place = { @Sendable (range: ClosedRange<UInt32>) async throws in
        try await withThrowingTaskGroup(of: Void.self) { group in
          for index in range {
            let order = try Dialing.order(index, at: time.now())
            group.addTask { _ = try await dialer.place(order) }
          }
          try await group.waitForAll()
        }
      }
      try await place(1...11)
      #expect(time.elapsed == .seconds(1))
      #expect(dialer.callsPerSecond == 10)
      try await place(12...15)
      let slower = try #require(dialer.callsPerSecond)
      #expect(slower < 8)
      let before = time.elapsed
      try await place(16...20)
      #expect(time.elapsed - before >= .seconds(4 / slower))
      // Not all of a crowd can start before their time is over.
      let failures = try await withThrowingTaskGroup(of: DialerError?.self) { group in
        for index in 100...400 as ClosedRange<UInt32> {
          let order = try Dialing.order(index, at: time.now())
          group.addTask { await Dialing.failure(dialer, order) }
        }
        return try await group.reduce(into: [DialerError]()) { if let error = $1 { $0.append(error) } }
      }
      #expect(failures.count > 200)
      #expect(failures.allSatisfy { $0.code == .throttled && ($0.retryAfter ?? .zero) > .seconds(9) })
    }
  }
}
