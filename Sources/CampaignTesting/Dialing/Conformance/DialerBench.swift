import CampaignKit
import Locks

/// A dialer at which one promise is checked.
final class DialerBench: Sendable {
  let tested: DialerUnderTest
  private let promise: String
  private let identifiers = IdentifierGenerator()
  private let heard = Locked<[CallEvent]>([])

  init(promise: String, _ tested: DialerUnderTest) {
    self.promise = promise
    self.tested = tested
  }

  var dialer: any Dialer { tested.dialer }
  var clock: any EngineClock { tested.clock }

  /// Writes down what is told, until its task is cancelled.
  func listen() async {
    for await event in tested.events { heard.withLock { $0.append(event) } }
  }

  func failure(_ message: String, file: String = #fileID, line: Int = #line) -> ConformanceFailure {
    ConformanceFailure(promise: promise, message: message, file: file, line: line, seed: 0)
  }

  func expect(
    _ isTrue: Bool, _ message: @autoclosure () -> String, file: String = #fileID, line: Int = #line
  ) throws {
    if !isTrue { throw failure(message(), file: file, line: line) }
  }

  // MARK: Orders

  /// An order that may be placed for a while from now on, or until a moment.
  func order(to callee: DialerUnderTest.Callee, placeBy: Duration = .seconds(60)) -> CallOrder {
    let now = clock.now()
    return CallOrder(
      id: identifiers.next(at: now), account: identifiers.next(at: now), to: tested.callee(callee), from: tested.from,
      createdAt: now, placeBy: now + placeBy, ringTime: .seconds(20), longestCall: .seconds(3600))
  }

  func reference(_ order: CallOrder, _ reference: String?) -> CallReference {
    CallReference(call: order.id, reference: reference, to: order.to, from: order.from, createdAt: order.createdAt)
  }

  /// Places an order, and tells what came of it.
  func place(_ order: CallOrder) async -> Result<String, DialerError> {
    do throws(DialerError) { return .success(try await dialer.place(order)) } catch { return .failure(error) }
  }

  /// How many calls the carrier made of an order.
  func calls(of order: CallOrder) async -> Int { await tested.arrivals(order.id).count(where: \.isCall) }

  // MARK: Agents

  /// There is nobody here with whom a promise can be checked.
  struct CannotCheck: Error {}

  func agent(_ attendance: DialerUnderTest.Attendance) throws -> Agent {
    guard let agent = tested.agent?(attendance) else { throw CannotCheck() }
    return agent
  }

  func telephone(of agent: Agent) async throws -> DialerUnderTest.Telephone {
    guard let telephone = tested.telephone else { throw CannotCheck() }
    return await telephone(agent)
  }

  /// Calls a person who talks, and waits for the answer.
  func talkingCall(file: String = #fileID, line: Int = #line) async throws -> (order: CallOrder, call: CallReference) {
    let order = order(to: .talks)
    let reference = try await dialer.place(order)
    let hasAnswered = await becomesTrue { isAnswered(order, reference) }
    try expect(hasAnswered, "it was never told that the call was answered", file: file, line: line)
    var call = self.reference(order, reference)
    call.answeredAt = clock.now()
    return (order, call)
  }

  func set(_ fault: DialerUnderTest.Fault?) async { await tested.setFault?(fault) }

  // MARK: News

  /// Whether something is true, now or within a while.
  func becomesTrue(
    within limit: Duration = .seconds(60), _ condition: () async throws -> Bool
  ) async rethrows -> Bool {
    let deadline = clock.elapsed + limit
    while true {
      if try await condition() { return true }
      if clock.elapsed >= deadline { return false }
      await clock.wait(for: .milliseconds(50))
    }
  }

  /// What was told of a call so far.
  func news(of order: CallOrder, _ reference: String?) -> [CallEvent.Kind] {
    heard.withLock { events in
      events.filter { event in
        switch event.subject {
        case .call(let call): call == order.id
        case .carrier(let name, let told): name == dialer.name && told == reference
        }
      }.map(\.kind)
    }
  }

  /// How a call ended, as far as it was told.
  func end(of order: CallOrder, _ reference: String?) -> CallEnd.Outcome? {
    news(of: order, reference).lazy.compactMap(\.outcome).first
  }

  func isAnswered(_ order: CallOrder, _ reference: String?) -> Bool {
    news(of: order, reference).contains { kind in
      if case .answered = kind { true } else { false }
    }
  }
}

extension CallEvent.Kind {
  /// How the call ended, if this is its end.
  var outcome: CallEnd.Outcome? {
    if case .ended(let end) = self { end.outcome } else { nil }
  }
}
