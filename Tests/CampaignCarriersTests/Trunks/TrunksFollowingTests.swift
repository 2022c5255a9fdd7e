import CampaignKit
import CampaignTesting
import Locks
import Testing

@testable import CampaignCarriers

/// What trunks say of calls while their orders go from one carrier to the next, and where it is not known who has them.
@Suite struct TrunksFollowingTests {
  private static let dead = DialerError(.unavailable, "dead")

  private static func trunks(_ lines: [Line], _ clock: any EngineClock) -> Trunks {
    Trunks(lines.enumerated().map { Trunk($1, priority: $0) }, clock: clock)
  }

  private static func lines(_ clock: any EngineClock) -> [Line] {
    ["first", "second"].map { Line($0, clock: clock) }
  }

  /// Has an order that a first carrier refuses five seconds late, and a second one would take.
  private static func refusedLate(
    _ body: @escaping @Sendable (Trunks, [Line], CallOrder, VirtualTime) async throws -> Void
  ) async throws {
    try await VirtualTime.run { time in
      let lines = lines(time)
      lines[0].fail(DialerError(.unavailable, "closed"))
      lines[0].take(.seconds(5))
      try await body(trunks(lines, time), lines, Dialing.order(at: time.now()), time)
    }
  }

  private static func isOver(_ line: Line, _ call: CallReference) async throws -> Bool {
    guard case .found(let events) = try await line.lookUp(call) else { return false }
    return events.contains { if case .ended = $0.kind { true } else { false } }
  }

  @Test("A call is not absent while its order goes from one carrier to the next") func underWay() async throws {
    try await Self.refusedLate { trunks, lines, order, time in
      async let placed = trunks.place(order)
      await time.wait(for: .seconds(1))
      for line in lines { line.find(.absent) }
      #expect(try await trunks.lookUp(Dialing.reference(order)) == .unknown)
      for line in lines { line.find(nil) }
      _ = try await placed
      guard case .found = try await trunks.lookUp(Dialing.reference(order)) else {
        return #expect(Bool(false), "it is not found")
      }
    }
  }

  @Test("An order that began while the carriers were asked is not absent") func begunMeanwhile() async throws {
    try await VirtualTime.run { time in
      let lines = Self.lines(time)
      let trunks = Self.trunks(lines, time)
      let order = try Dialing.order(at: time.now())
      for line in lines {
        line.find(.absent)
        line.take(.seconds(5))
      }
      async let asked = trunks.lookUp(Dialing.reference(order))
      await time.wait(for: .seconds(1))
      _ = try await trunks.place(order)
      #expect(try await asked == .unknown)
    }
  }

  @Test("An order that is hung up while a carrier refuses it goes to no other, and that is said") func calledOff()
    async throws
  {
    try await Self.refusedLate { trunks, lines, order, time in
      async let placed = Dialing.failure(trunks, order)
      await time.wait(for: .seconds(1))
      await #expect(throws: DialerError.self) { try await trunks.hangUp(Dialing.reference(order)) }
      #expect(await placed?.code == .unavailable)
      #expect(lines[1].orders == 0)
      // Nobody has it, and nobody will.
      try await trunks.hangUp(Dialing.reference(order))
    }
  }

  @Test("A call is hung up with the carrier that has it, though another one is dead") func oneIsDead() async throws {
    try await VirtualTime.run { time in
      let lines = Self.lines(time)
      lines[0].fail(DialerError(.unavailable, "closed"))
      let order = try Dialing.order(to: 12_000_000_012, at: time.now())
      let reference = Dialing.reference(order, try await Self.trunks(lines, time).place(order))
      lines[0].die(Self.dead)
      try await Self.trunks(lines, time).hangUp(reference)
      #expect(try await Self.isOver(lines[1], reference))
      // Where none that answers has it, the dead one may.
      lines[1].find(.absent)
      await #expect(throws: Self.dead) { try await Self.trunks(lines, time).hangUp(reference) }
      lines[0].die(nil)
      lines[0].find(.absent)
      try await Self.trunks(lines, time).hangUp(reference)
    }
  }

  @Test("All carriers are asked, and told to hang up, at once") func together() async throws {
    try await VirtualTime.run { time in
      let lines = Self.lines(time)
      for line in lines {
        line.find(.unknown)
        line.take(.seconds(10))
      }
      let reference = Dialing.reference(try Dialing.order(at: time.now()))
      let trunks = Self.trunks(lines, time)
      let began = time.elapsed
      #expect(try await trunks.lookUp(reference) == .unknown)
      #expect(time.elapsed - began == .seconds(10))
      try await trunks.hangUp(reference)
      #expect(time.elapsed - began == .seconds(30))
    }
  }

  @Test("What waits for a reader that does not read is bounded, and the oldest is forgotten") func bounded()
    async throws
  {
    let asked = Locked(0)
    let telling = CallEvents(batches: { _ in
      let number = asked.withLock { number in
        number += 1
        return number
      }
      return number > 10 ? [] : [CallEvent(.ringing, of: .carrier("a", reference: "\(number)"))]
    })
    let gathered = GatheredEvents([(telling, { @Sendable in $0 })], capacity: 3)
    while asked.withLock({ $0 }) < 11 { await Task.yield() }
    #expect(
      await gathered.next(100).map { $0.subject } == (8...10).map { CallEvent.Subject.carrier("a", reference: "\($0)") }
    )
    #expect(await gathered.next(100).isEmpty)
  }

  @Test("A reader that is cancelled is let go, and what it listened to is given up") func cancelled() async {
    let isGivenUp = Locked(false)
    let silent = CallEvents(batches: { _ in
      while !Task.isCancelled { await Task.yield() }
      isGivenUp.withLock { $0 = true }
      return []
    })
    do {
      let gathered = GatheredEvents([(silent, { @Sendable in $0 })])
      let reading = Task { await gathered.next(1) }
      reading.cancel()
      #expect(await reading.value.isEmpty)
    }
    while !isGivenUp.withLock({ $0 }) { await Task.yield() }
  }
}
