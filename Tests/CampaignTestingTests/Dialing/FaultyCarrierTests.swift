import CampaignKit
import CampaignTesting
import Locks
import Testing

@Suite struct FaultyCarrierTests {
  /// What a run saw: what was told, what was answered, and what really happened.
  struct Seen: Sendable {
    var answers: [String] = []
    var events: [CallEvent] = []
    var books: CarrierBooks
    var orders: [CallOrder] = []

    /// Everything as text, for comparing runs.
    var text: String { "\(answers)\n\(events)\n\(books.placements)\n\(books.lines)" }
  }

  private static func orders(_ count: Int, seed: UInt64, at now: Timestamp) throws -> [CallOrder] {
    var random = SeededGenerator(seed: seed)
    let account = Account.ID(high: 1, low: 1)
    var campaign = Campaign(id: Campaign.ID(high: 2, low: 2), account: account, name: "test", createdAt: now)
    campaign.recordsCalls = true
    return try (0..<count).map { index in
      let number = try #require(PhoneNumber(digits: 14_155_550_000 + UInt64(index)))
      return CallOrder(
        id: Call.ID(high: random.next(), low: UInt32(index)), account: account, campaign: campaign,
        lead: Lead.ID(high: random.next(), low: 0), to: number, createdAt: now,
        placeBy: .distantFuture)
    }
  }

  /// Places calls at even distances for an hour, and listens for three.
  private static func run(
    _ faults: CarrierFaults, calls count: Int = 400, seed: UInt64 = 1, _ order: VirtualTime.Order = .inTurn,
    also: @escaping @Sendable (FaultyCarrier, CallOrder) async -> Void = { _, _ in }
  ) async throws -> Seen {
    try await VirtualTime.run(order: order) { time in
      let carrier = FaultyCarrier(time, faults: faults, seed: seed)
      let orders = try Self.orders(count, seed: seed, at: time.now())
      let answers = Notes()
      let events = carrier.events()
      let heard = await withTaskGroup(of: [CallEvent].self) { group in
        group.addTask {
          var heard: [CallEvent] = []
          for await event in events { heard.append(event) }
          return heard
        }
        await withTaskGroup(of: Void.self) { placing in
          for (index, order) in orders.enumerated() {
            placing.addTask {
              await time.wait(for: .milliseconds(3_600_000 / count * index))
              do throws(DialerError) {
                answers.add(index, try await carrier.place(order))
              } catch {
                answers.add(index, "\(error.code)")
              }
              await also(carrier, order)
            }
          }
        }
        await time.wait(for: .seconds(7200))
        group.cancelAll()
        return await group.reduce(into: []) { $0 += $1 }
      }
      return Seen(answers: answers.sorted(), events: heard, books: carrier.books, orders: orders)
    }
  }

  @Test func withoutFaultsEverythingIsTold() async throws {
    let seen = try await Self.run(.none)
    #expect(seen.answers.allSatisfy { $0.hasPrefix("SIM") })
    #expect(seen.books.lines.count == 400)
    #expect(seen.books.placements.allSatisfy { $0.answer == .accepted && $0.acceptedAt == $0.requestedAt })
    var ends: [Call.ID: Timestamp] = [:]
    for event in seen.events {
      if case .call(let id) = event.subject, case .ended = event.kind {
        #expect(ends[id] == nil, "an end is told once")
        ends[id] = event.at
      }
    }
    #expect(seen.books.lines.allSatisfy { $0.endedAt == ends[$0.call] })
    let moments = seen.events.compactMap(\.at)
    #expect(moments == moments.sorted())
  }

  @Test(arguments: 1...10 as ClosedRange<UInt64>)
  func theSameSeedGoesWrongTheSameWay(seed: UInt64) async throws {
    let first = try await Self.run(.all, calls: 150, seed: seed, .shuffled(seed: seed))
    let second = try await Self.run(.all, calls: 150, seed: seed, .shuffled(seed: seed))
    #expect(first.text == second.text, "seed \(seed)")
    let other = try await Self.run(.all, calls: 150, seed: seed + 100, .shuffled(seed: seed))
    #expect(first.text != other.text, "seed \(seed)")
  }

  @Test(arguments: 1...10 as ClosedRange<UInt64>)
  func itKeepsItsPromisesWhateverGoesWrong(seed: UInt64) async throws {
    var faults = CarrierFaults.all
    (faults.resetBefore, faults.resetAfter, faults.hanging, faults.throttled) = (0.15, 0.15, 0.2, 0.1)
    let seen = try await Self.run(faults, calls: 300, seed: seed)
    let lines = Dictionary(grouping: seen.books.lines, by: \.call)
    #expect(lines.values.allSatisfy { $0.count == 1 }, "seed \(seed)")
    var uncertainWithCall = 0
    var uncertainWithout = 0
    for (order, answer) in zip(seen.orders, seen.answers) {
      switch answer {
      case "uncertain":
        if lines[order.id] == nil { uncertainWithout += 1 } else { uncertainWithCall += 1 }
      case _ where answer.hasPrefix("SIM"): #expect(lines[order.id] != nil, "seed \(seed)")
      default: #expect(lines[order.id] == nil, "\(answer) is certain, seed \(seed)")
      }
    }
    #expect(uncertainWithCall > 10, "seed \(seed)")
    #expect(uncertainWithout > 10, "seed \(seed)")
    for line in seen.books.lines {
      let placement = try #require(seen.books.placements.first { $0.call == line.call })
      #expect(placement.acceptedAt == line.startedAt)
      #expect(line.startedAt - placement.requestedAt <= .seconds(30), "it takes no longer than a request may")
    }
  }

  /// A fault, and what shows that it was there.
  struct Fault: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var set: @Sendable (inout CarrierFaults) -> Void
    var shows: @Sendable (Seen) -> Bool
  }

  private static func count(_ seen: Seen, _ isCounted: (CallEvent) -> Bool) -> Int {
    seen.events.count(where: isCounted)
  }

  static let faults: [Fault] = [
    Fault(testDescription: "throttled", set: { $0.throttled = 0.5 }, shows: { $0.answers.contains("throttled") }),
    Fault(testDescription: "unavailable", set: { $0.unavailable = 0.5 }, shows: { $0.answers.contains("unavailable") }),
    Fault(
      testDescription: "bad numbers", set: { $0.badNumbers = 0.5 },
      shows: { $0.answers.contains("invalidNumber") && $0.answers.contains("blocked") }),
    Fault(
      testDescription: "reset before", set: { $0.resetBefore = 0.5 },
      shows: { $0.answers.contains("uncertain") && $0.books.lines.count < 200 }),
    Fault(
      testDescription: "reset after", set: { $0.resetAfter = 0.5 },
      shows: { $0.answers.contains("uncertain") && $0.books.lines.count == 200 }),
    Fault(
      testDescription: "hanging", set: { $0.hanging = 0.5 },
      shows: { seen in
        seen.answers.contains("uncertain") && seen.books.lines.count < 200
          && seen.books.placements.contains { $0.acceptedAt ?? .distantPast > $0.requestedAt }
      }),
    Fault(
      testDescription: "slow ringing", set: { $0.slowRinging = 0.5 },
      shows: { seen in
        seen.events.contains { event in
          guard case .call(let id) = event.subject, case .ringing = event.kind, let at = event.at else { return false }
          return seen.books.lines.contains { $0.call == id && at - $0.startedAt >= .seconds(10) }
        }
      }),
    Fault(
      testDescription: "lost events", set: { $0.lostEvents = 0.5 },
      shows: { seen in count(seen) { $0.kind == .ringing } < 120 && count(seen, isEnd) < 130 }),
    Fault(
      testDescription: "lost ends", set: { $0.lostEnds = 0.5 },
      shows: { seen in count(seen) { $0.kind == .ringing } > 150 && count(seen, isEnd) < 130 }),
    Fault(
      testDescription: "duplicated", set: { $0.duplicated = 0.5 },
      shows: { seen in count(seen, isEnd) > 250 && Set(seen.events).count < seen.events.count }),
    Fault(
      testDescription: "delayed", set: { $0.delayed = 0.5 },
      shows: { seen in seen.events.compactMap(\.at) != seen.events.compactMap(\.at).sorted() }),
    Fault(
      testDescription: "reordered", set: { $0.reordered = 0.5 },
      shows: { seen in seen.events.compactMap(\.at) != seen.events.compactMap(\.at).sorted() }),
    Fault(
      testDescription: "by reference", set: { $0.byReference = 0.5 },
      shows: { seen in
        let named = count(seen) { if case .carrier("faulty", reference: _) = $0.subject { true } else { false } }
        return named > 100 && named < seen.events.count - 100
      }),
    Fault(
      testDescription: "talkative", set: { $0.talkative = 1 },
      shows: { seen in
        count(seen) { if case .placed = $0.kind { true } else { false } } == 200
          && count(seen) { if case .cost = $0.kind { true } else { false } } == 200
          && count(seen) { if case .recording = $0.kind { true } else { false } } > 50
      }),
  ]

  private static func isEnd(_ event: CallEvent) -> Bool {
    if case .ended = event.kind { true } else { false }
  }

  @Test(arguments: faults)
  func everyFaultHappensAndNoneWithoutBeingSet(_ fault: Fault) async throws {
    var faults = CarrierFaults.none
    fault.set(&faults)
    let seen = try await Self.run(faults, calls: 200)
    #expect(fault.shows(seen))
    let clean = try await Self.run(.none, calls: 200)
    #expect(!fault.shows(clean))
  }

  @Test func otherRequestsGoWrongToo() async throws {
    var faults = CarrierFaults.none
    (faults.failingLookUps, faults.unknownLookUps, faults.lateLookUps) = (0.3, 0.3, 0.3)
    (faults.failingHangUps, faults.failingConnections) = (0.5, 1)
    let answers = Notes()
    let agent = Agent(
      id: Agent.ID(high: 3, low: 3), account: Account.ID(high: 1, low: 1), kind: .person, name: "Ada",
      createdAt: .distantPast)
    let seen = try await Self.run(faults, calls: 200) { carrier, order in
      let call = CallReference(call: order.id, reference: nil, to: order.to, from: nil, createdAt: order.createdAt)
      do throws(DialerError) {
        switch try await carrier.lookUp(call) {
        case .found: answers.add(0, "found")
        case .absent: answers.add(0, "absent")
        case .unknown: answers.add(0, "unknown")
        }
      } catch {
        answers.add(0, "look-up \(error.code)")
      }
      do throws(DialerError) {
        try await carrier.hangUp(call)
        answers.add(0, "hung up")
      } catch {
        answers.add(0, "hang-up \(error.code)")
      }
      do throws(DialerError) {
        try await carrier.connect(call, to: agent)
      } catch {
        answers.add(0, "connection \(error.code)")
      }
    }
    #expect(
      Set(answers.all) == [
        "found", "unknown", "look-up unavailable", "hung up", "hang-up unavailable", "connection unavailable",
      ])
    let short = seen.books.lines.count { line in
      line.endedAt.map { $0 - line.startedAt <= .milliseconds(200) } ?? false
    }
    #expect(short > 80, "some requests that failed ended the call all the same")
    #expect(short < 200)
  }

  @Test func aCarrierWithoutLookUpCanNeverTell() async throws {
    var faults = CarrierFaults.none
    faults.canLookUp = false
    let answers = Notes()
    _ = try await Self.run(faults, calls: 20) { carrier, order in
      let call = CallReference(call: order.id, reference: nil, to: order.to, from: nil, createdAt: order.createdAt)
      if (try? await carrier.lookUp(call)) == .unknown { answers.add(0, "unknown") }
    }
    #expect(answers.all.count == 20)
  }

  @Test func anOrderThatComesAgainIsInTheBooksAndNoSecondCall() async throws {
    let seen = try await Self.run(.none, calls: 20) { carrier, order in _ = try? await carrier.place(order) }
    #expect(seen.books.lines.count == 20)
    #expect(seen.books.placements.count == 40)
    #expect(Set(seen.books.repeatedPlacements.map(\.call)) == Set(seen.orders.map(\.id)))
  }

  @Test func eventsThatNobodyTakesInTimeAreLost() async throws {
    var faults = CarrierFaults.none
    faults.patience = .seconds(60)
    let chosen = faults
    try await VirtualTime.run { time in
      let carrier = FaultyCarrier(time, faults: chosen)
      for order in try Self.orders(50, seed: 1, at: time.now()) { _ = try await carrier.place(order) }
      await time.wait(for: .seconds(10_000))
      let late = try Self.orders(51, seed: 2, at: time.now())
      _ = try await carrier.place(try #require(late.last))
      var reader = carrier.events().makeAsyncIterator()
      let event = try #require(await reader.next())
      #expect(event.subject == .call(try #require(late.last).id))
    }
  }

  @Test func itsClockDoesNotJump() async throws {
    try await VirtualTime.run { time in
      let start = time.now()
      let carrier = FaultyCarrier(time, faults: .none)
      time.jump(by: .seconds(100_000))
      await time.wait(for: .seconds(5))
      #expect(carrier.books.now == start + .seconds(5))
    }
  }
}

/// Answers by number, written by several tasks.
private final class Notes: Sendable {
  private let notes = Locked<[(index: Int, text: String)]>([])

  var all: [String] { notes.withLock { $0.map(\.text) } }

  func add(_ index: Int, _ text: String) {
    notes.withLock { $0.append((index, text)) }
  }

  func sorted() -> [String] {
    notes.withLock { notes in notes.sorted { $0.index < $1.index }.map(\.text) }
  }
}
