import CampaignKit
import Synchronization

/// A telephone exchange in memory: what stands for the carrier that a dialer is written for.
///
/// It takes an order under the name that we give it, and it has a line to us that can fail.
final class Exchange: Sendable {
  /// What is wrong with the line to us.
  enum Trouble: Sendable {
    /// The exchange takes no orders.
    case refuses
    /// What we say does not arrive.
    case losesOrders
    /// What it answers does not arrive.
    case losesAnswers
  }

  /// What the exchange says instead of a name.
  struct Refusal: Error {}
  /// Nothing came back.
  struct Silence: Error {}

  /// How somebody behaves who is called.
  enum Habit: Sendable {
    case talks, answers, busy, rings
  }

  /// A call that the exchange has or had.
  struct Line: Sendable {
    var isAnswered = false
    var end: CallEnd.Outcome?
  }

  private struct State {
    var lines: [Call.ID: Line] = [:]
    var arrivals: [Call.ID: [(at: Timestamp, isCall: Bool)]] = [:]
    var habits: [PhoneNumber: Habit] = [:]
    var trouble: Trouble?
  }

  private let clock: any EngineClock
  private let state = Mutex(State())
  private let news: AsyncStream<CallEvent>.Continuation
  /// What happens to calls.
  let events: AsyncStream<CallEvent>

  init(clock: any EngineClock) {
    self.clock = clock
    (events, news) = AsyncStream.makeStream()
  }

  var trouble: Trouble? {
    get { state.withLock { $0.trouble } }
    set { state.withLock { $0.trouble = newValue } }
  }

  /// Orders of a name that arrived.
  func arrivals(of call: Call.ID) -> [(at: Timestamp, isCall: Bool)] { state.withLock { $0.arrivals[call] ?? [] } }

  /// A number that was not given out before.
  func number(of habit: Habit) -> PhoneNumber {
    state.withLock { state in
      guard let number = PhoneNumber(digits: 12_000_000_000 + UInt64(state.habits.count)) else {
        preconditionFailure("the exchange has no more numbers")
      }
      state.habits[number] = habit
      return number
    }
  }

  // MARK: What a dialer can ask for

  /// Takes an order. One that it has already it does not take again.
  func place(_ name: Call.ID, to number: PhoneNumber, ringing: Duration) async throws {
    let now = clock.now()
    let (trouble, habit) = state.withLock { state in
      let isNew = state.lines[name] == nil && (state.trouble == nil || state.trouble == .losesAnswers)
      if state.trouble != .losesOrders { state.arrivals[name, default: []].append((now, isNew)) }
      if isNew { state.lines[name] = Line() }
      return (state.trouble, isNew ? state.habits[number] : nil)
    }
    if let habit { Task { await self.call(name, habit, ringing: ringing) } }
    switch trouble {
    case .refuses: throw Refusal()
    case .losesOrders, .losesAnswers: throw Silence()
    case nil: break
    }
  }

  /// Ends a call; one that it does not have is over.
  func hangUp(_ name: Call.ID) {
    end(name, as: state.withLock { $0.lines[name]?.isAnswered ?? false } ? .completed : .cancelled)
  }

  /// The call of a name.
  func line(_ name: Call.ID) -> Line? { state.withLock { $0.lines[name] } }

  // MARK: What happens to calls

  private func call(_ name: Call.ID, _ habit: Habit, ringing: Duration) async {
    news.yield(CallEvent(.ringing, of: .call(name), at: clock.now()))
    switch habit {
    case .busy: end(name, as: .busy)
    case .rings:
      await clock.wait(for: ringing)
      end(name, as: .noAnswer)
    case .talks, .answers:
      await clock.wait(for: .seconds(1))
      let isOver = state.withLock { state in
        let isOver = state.lines[name]?.end != nil
        if !isOver { state.lines[name]?.isAnswered = true }
        return isOver
      }
      guard !isOver else { return }
      news.yield(CallEvent(.answered(.human), of: .call(name), at: clock.now()))
      guard habit == .answers else { return }
      await clock.wait(for: .seconds(2))
      end(name, as: .completed)
    }
  }

  private func end(_ name: Call.ID, as outcome: CallEnd.Outcome) {
    let isNew = state.withLock { state in
      guard let line = state.lines[name], line.end == nil else { return false }
      state.lines[name]?.end = outcome
      return true
    }
    if isNew { news.yield(CallEvent(.ended(CallEnd(outcome)), of: .call(name), at: clock.now())) }
  }
}
