import CampaignKit
import CampaignTesting
import Locks

/// The carrier of several servers, in the process that kills them: it lives on, and writes down what really happened.
///
/// Some of its answers are lost, before or after it has placed the call.
final class CarrierDesk: Sendable {
  private struct State {
    var books: CarrierBooks
    var lineOf: [Call.ID: Int] = [:]
    var ordered: Set<Call.ID> = []
    var random: SeededGenerator
    var tooLate = 0
    var lost = 0
  }

  let carrier: SimulatedCarrier
  private let state: Locked<State>
  private let servers = Locked<[Int: @Sendable (CarrierReply) -> Void]>([:])

  init(seed: UInt64) {
    var configuration = SimulatedCarrier.Configuration(mix: .fast, seed: seed)
    configuration.forcesOutcomes = false
    carrier = SimulatedCarrier(configuration)
    state = Locked(State(books: CarrierBooks(now: SystemTime().now()), random: SeededGenerator(seed: seed)))
  }

  /// What happened so far.
  var books: CarrierBooks {
    state.withLock { state in
      state.books.now = SystemTime().now()
      return state.books
    }
  }

  /// Orders that came when their time was over, and answers that were lost.
  var tally: (tooLate: Int, lost: Int) { state.withLock { ($0.tooLate, $0.lost) } }

  /// Lets a server hear what happens, or no longer.
  func connect(_ server: Int, _ tell: (@Sendable (CarrierReply) -> Void)?) {
    servers.withLock { $0[server] = tell }
  }

  /// Tells all servers what happens to calls, until it is cancelled.
  func tellEvents() async {
    var events = carrier.events().makeAsyncIterator()
    while let batch = await events.nextBatch(atMost: 100) {
      note(batch)
      let reply = CarrierReply(events: batch.compactMap { WireEvent($0) })
      for tell in servers.withLock({ Array($0.values) }) { tell(reply) }
    }
  }

  /// Writes down what calls have come to.
  private func note(_ events: [CallEvent]) {
    state.withLock { state in
      for event in events {
        guard case .call(let id) = event.subject, let index = state.lineOf[id] else { continue }
        switch event.kind {
        case .answered: state.books.lines[index].answeredAt = event.at
        case .ended: state.books.lines[index].endedAt = event.at
        default: break
        }
      }
    }
  }

  func answer(_ request: CarrierRequest) async -> CarrierReply {
    var reply = CarrierReply(number: request.number)
    switch request.kind {
    case .place:
      guard let order = request.order else {
        reply.error = "invalid"
        return reply
      }
      do throws(DialerError) { reply.reference = try await place(order, request) } catch {
        reply.error = error.code == .uncertain ? "uncertain" : "unavailable"
      }
    case .hangUp: try? await carrier.hangUp(request.reference)
    case .lookUp:
      if case .found(let events) = try? await carrier.lookUp(request.reference) {
        note(events)
        reply.events = events.compactMap { WireEvent($0) }
      }
    }
    return reply
  }

  private func place(_ order: CallOrder, _ request: CarrierRequest) async throws(DialerError) -> String {
    let now = SystemTime().now()
    let (before, after) = state.withLock { state in
      let drawn = Int.random(in: 0..<100, using: &state.random)
      let isRepeated = !state.ordered.insert(order.id).inserted
      let isLate = now >= order.placeBy
      let (before, after) = (drawn < 2, drawn >= 98)
      if isLate { state.tooLate += 1 }
      if before || after { state.lost += 1 }
      let answer: CarrierBooks.Placement.Answer =
        isLate ? .refused(.unavailable) : before || after ? .uncertain : .accepted
      state.books.placements.append(
        CarrierBooks.Placement(
          call: order.id, account: order.account, campaign: request.campaign, lead: order.lead, number: order.to,
          requestedAt: now, acceptedAt: isLate || before ? nil : now, answer: answer, isRepeated: isRepeated))
      guard !isLate, !before, state.lineOf[order.id] == nil else { return (before, after) }
      state.lineOf[order.id] = state.books.lines.count
      state.books.lines.append(
        CarrierBooks.Line(
          call: order.id, account: order.account, campaign: request.campaign, lead: order.lead, number: order.to,
          startedAt: now))
      return (before, after)
    }
    if now >= order.placeBy { throw DialerError(.unavailable, "the time of the order is over") }
    if before { throw DialerError(.uncertain, "the answer was lost") }
    var kept = order
    // Whether it is in time was decided above, by one look at the clock.
    kept.placeBy = .distantFuture
    let reference = try await carrier.place(kept)
    if after { throw DialerError(.uncertain, "the answer was lost") }
    return reference
  }
}
