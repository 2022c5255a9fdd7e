public import CampaignKit
import Locks

/// Places calls with one of several carriers, and with the next where one certainly has no call.
///
/// ```swift ignore
/// let trunks = Trunks([Trunk(twilio, weight: 3), Trunk(plivo), Trunk(signalWire, priority: 1)])
/// let engine = CampaignEngine(storage: store, dialer: trunks)
/// ```
///
/// Nobody is rung twice: the next carrier is asked only after an answer from which it is certain that there is no call,
/// and that is the carrier's fault (`DialerError.Code.unavailable`, `DialerError.Code.throttled`,
/// `DialerError.Code.outOfFunds`, `DialerError.Code.notPermitted`). An order whose answer was lost stays with the
/// carrier that may have it.
///
/// A carrier that failed, or that did not answer, rests for a while: meanwhile the others are tried before it. Which carrier has a call is kept
/// in memory; after a restart all are asked. So take a carrier out only when its last call is over.
public final class Trunks: RedirectingDialer {
  /// The name under which calls are kept.
  public let name: String
  private let trunks: [Trunk]
  /// How long a carrier that failed is tried last, unless it asks for more.
  private let rest: Duration
  private let clock: any EngineClock
  private let state: Locked<State>

  /// How an order stands.
  private enum Standing: Hashable, Sendable {
    /// It is being placed. One that was called off meanwhile goes to no further carrier.
    case underWay(isCalledOff: Bool)
    /// This carrier has it, or may have it; no other does.
    case at(Int)
  }

  private struct State: Sendable {
    /// Which carrier has, or may have, which call, as far as this process knows.
    var book = CallBook<Standing>()
    /// Until when each rests.
    var restsUntil: [Duration]
    /// How each failed and when, if it has taken no call since.
    var failures: [(code: DialerError.Code, at: Duration)?]
  }

  /// Creates a dialer that is made of others.
  ///
  /// - Parameters:
  ///   - trunks: The carriers. Each promises what `Dialer` says; without any, every order is refused as unavailable.
  ///   - name: The name under which calls are kept. It must stay the same over restarts.
  ///   - rest: How long a carrier that failed is tried last, unless it asks for more.
  ///   - clock: The clock.
  public init(
    _ trunks: [Trunk], name: String = "trunks", rest: Duration = .seconds(30), clock: any EngineClock = .system
  ) {
    self.name = name
    self.trunks = trunks
    self.rest = rest
    self.clock = clock
    state = Locked(
      State(
        restsUntil: Array(repeating: .zero, count: trunks.count), failures: Array(repeating: nil, count: trunks.count)))
  }

  /// What all of them can do: as many calls a second as they start together, and the longest that they take one after
  /// the other.
  public var capabilities: DialerCapabilities {
    let each = trunks.map(\.dialer.capabilities)
    let rates = each.compactMap(\.callsPerSecond)
    return DialerCapabilities(
      callsPerSecond: rates.count == each.count && !each.isEmpty ? rates.reduce(0, +) : nil,
      burst: max(1, each.reduce(0) { $0 + $1.burst }), detectsMachines: each.allSatisfy(\.detectsMachines),
      longestRequest: each.reduce(.zero) { $0 + $1.longestRequest })
  }

  /// How each of them does, in their order.
  public var conditions: [TrunkCondition] {
    let now = clock.elapsed
    let (restsUntil, failures) = state.withLock { ($0.restsUntil, $0.failures) }
    return trunks.indices.map { index in
      let rest = max(.zero, restsUntil[index] - now)
      // Who is tried only when others fail may take no call for long: it is not thought ill of for ever.
      let failure = failures[index].flatMap { rest > .zero || now - $0.at < Self.memory ? $0.code : nil }
      return TrunkCondition(
        name: trunks[index].dialer.name, rest: rest, failure: failure,
        isConnected: (trunks[index].dialer as? AsteriskDialer)?.isConnected ?? true)
    }
  }

  /// How long it is told that a carrier failed which was given no call since.
  private static let memory = Duration.seconds(600)

  // MARK: Placing

  /// Places a call with the first carrier that takes it.
  ///
  /// - Returns: The name that the carrier gave the call.
  /// - Throws: Of several carriers that failed, what the one said that wants to be left alone for the shortest time.
  ///   What a carrier said that may have the call: it alone is asked about it from then on.
  public func place(_ order: CallOrder) async throws(DialerError) -> String {
    let standing = state.withLock { state in
      let standing = state.book[order.id]
      if standing == nil { state.book.note(.underWay(isCalledOff: false), of: order.id) }
      return standing
    }
    switch standing {
    case .at(let index): return try await trunks[index].dialer.place(order)
    case .underWay: throw DialerError(.uncertain, "this order is being placed just now; look it up")
    case nil: break
    }
    var failure: DialerError?
    for index in self.order(of: order.id) {
      let beganAt = clock.now()
      do throws(DialerError) {
        let reference = try await trunks[index].dialer.place(order)
        state.withLock { state in
          state.book.note(.at(index), of: order.id)
          state.failures[index] = nil
        }
        return reference
      } catch {
        if isFault(of: error, in: order, from: beganAt) { rest(index, over: error) }
        guard error.isCertain, Self.fails(over: error.code) else {
          state.withLock { state in
            if error.isCertain { state.book.strike(order.id) } else { state.book.note(.at(index), of: order.id) }
          }
          throw error
        }
        guard clock.now() < order.placeBy, !Task.isCancelled, !isCalledOff(order.id) else {
          failure = failure ?? error
          break
        }
        if failure.map({ ($0.retryAfter ?? .zero) > (error.retryAfter ?? .zero) }) ?? true { failure = error }
      }
    }
    state.withLock { _ = $0.book.strike(order.id) }
    throw failure ?? DialerError(.unavailable, "there is no carrier to place calls with")
  }

  private func isCalledOff(_ call: Call.ID) -> Bool {
    state.withLock { $0.book[call] == .underWay(isCalledOff: true) }
  }

  /// Whether it is a carrier's fault that it has no call, or none for certain.
  private func isFault(of error: DialerError, in order: CallOrder, from beganAt: Timestamp) -> Bool {
    // What was held back or called off says nothing of the carrier.
    guard !error.wasHeldBack, !Task.isCancelled, !isCalledOff(order.id) else { return false }
    guard error.isCertain else { return true }
    // Nor does what came to it when its time was almost over.
    return Self.fails(over: error.code)
      && (clock.now() < order.placeBy || order.placeBy - beganAt >= CarrierSettings.patience / 2)
  }

  private func rest(_ index: Int, over error: DialerError) {
    let now = clock.elapsed
    let until = now + max(rest, error.retryAfter ?? .zero)
    state.withLock { state in
      state.restsUntil[index] = max(state.restsUntil[index], until)
      state.failures[index] = (error.code, now)
    }
  }

  /// Whether another carrier may do better.
  private static func fails(over code: DialerError.Code) -> Bool {
    [.unavailable, .throttled, .outOfFunds, .notPermitted].contains(code)
  }

  private func order(of call: Call.ID) -> [Int] {
    let now = clock.elapsed
    let restsUntil = state.withLock { $0.restsUntil }
    return TrunkOrder.order(trunks.map { ($0.priority, $0.weight) }, of: call) { now < restsUntil[$0] }
  }

  // MARK: Following

  /// Ends a call with the carrier that has it; with all that may have it, where it is not known which.
  ///
  /// - Throws: What a carrier said that may have the call and could not end it;
  ///   `DialerError.Code.unavailable` while the order is being placed: it goes to no further carrier then.
  public func hangUp(_ call: CallReference) async throws(DialerError) {
    let standing = state.withLock { state in
      if case .underWay = state.book[call.call] { state.book.note(.underWay(isCalledOff: true), of: call.call) }
      return state.book[call.call]
    }
    if case .at(let index) = standing { return try await trunks[index].dialer.hangUp(call) }
    let answers = await ask(call)
    if let (index, _) = answers.found { return try await trunks[index].dialer.hangUp(call) }
    let failure = await hangUp(call, at: answers.open)
    if standing != nil {
      throw DialerError(.unavailable, "the order is being placed just now; try to hang it up again")
    }
    if let failure { throw failure }
  }

  /// Tells several carriers at once to end a call; returns what one of them said that could not.
  private func hangUp(_ call: CallReference, at indices: [Int]) async -> DialerError? {
    await withTaskGroup(of: DialerError?.self) { group in
      for index in indices {
        group.addTask { [dialer = trunks[index].dialer] in
          do throws(DialerError) { try await dialer.hangUp(call) } catch { return error }
          return nil
        }
      }
      return await group.reduce(nil) { $0 ?? $1 }
    }
  }

  /// Asks the carrier that has a call what has become of it; all, where it is not known which.
  public func lookUp(_ call: CallReference) async throws(DialerError) -> CallFindings {
    let standing = state.withLock { $0.book[call.call] }
    let answers = await ask(call)
    if let found = answers.found { return .found(found.events) }
    if let failure = answers.failure { throw failure }
    // As long as the order goes from one to the next, one may get it that has just said that it has not.
    if case .underWay = standing { return .unknown }
    return answers.open.isEmpty && state.withLock { $0.book[call.call] } == standing ? .absent : .unknown
  }

  /// Lets an agent talk to the person who answered, through the carrier that has the call.
  public func connect(_ call: CallReference, to agent: Agent) async throws(DialerError) {
    try await trunk(of: call).connect(call, to: agent)
  }

  /// Plays a message in a call and ends it then, through the carrier that has it.
  public func hangUp(_ call: CallReference, after message: String) async throws(DialerError) {
    try await trunk(of: call).hangUp(call, after: message)
  }

  /// Lets the agent of a call go, through the carrier that has it, or all that may have.
  public func dismissAgent(of call: CallReference) async {
    if case .at(let index) = state.withLock({ $0.book[call.call] }) {
      return await trunks[index].dialer.dismissAgent(of: call)
    }
    for trunk in trunks { await trunk.dialer.dismissAgent(of: call) }
  }

  /// Lets a call that was answered go on with another document, through the carrier that has it.
  ///
  /// - Throws: `DialerError.Code.notPermitted` where that carrier's dialer cannot do it.
  public func redirect(_ call: CallReference, to address: String) async throws(DialerError) {
    guard let dialer = try await trunk(of: call) as? any RedirectingDialer else {
      throw DialerError(.notPermitted, "the carrier that has the call cannot redirect calls")
    }
    try await dialer.redirect(call, to: address)
  }

  /// The dialer that has a call.
  private func trunk(of call: CallReference) async throws(DialerError) -> any Dialer {
    if case .at(let index) = state.withLock({ $0.book[call.call] }) { return trunks[index].dialer }
    let answers = await ask(call)
    if let (index, _) = answers.found { return trunks[index].dialer }
    throw answers.failure ?? DialerError(.unavailable, "it is not known which carrier has the call")
  }

  /// What those said that may have a call.
  private struct Answers {
    var found: (index: Int, events: [CallEvent])?
    /// Those that could not tell.
    var open: [Int] = []
    var failure: DialerError?
  }

  /// Asks the carrier that has a call for it, and all at once where it is not known which. As soon as one has it, the
  /// others are not waited for.
  private func ask(_ call: CallReference) async -> Answers {
    var indices = Array(trunks.indices)
    if case .at(let index) = state.withLock({ $0.book[call.call] }) { indices = [index] }
    let answers = await withTaskGroup(of: (Int, Result<CallFindings, DialerError>).self) { group in
      for index in indices {
        group.addTask { [dialer = trunks[index].dialer] in
          do throws(DialerError) { return (index, .success(try await dialer.lookUp(call))) } catch {
            return (index, .failure(error))
          }
        }
      }
      var answers = Answers()
      for await (index, answer) in group {
        switch answer {
        case .success(.found(let events)):
          answers.found = (index, events)
          group.cancelAll()
          return answers
        case .success(.absent): break
        case .success(.unknown): answers.open.append(index)
        case .failure(let error):
          answers.open.append(index)
          answers.failure = answers.failure ?? error
        }
      }
      return answers
    }
    if let (index, _) = answers.found { state.withLock { _ = $0.book.note(.at(index), of: call.call) } }
    return answers
  }

  // MARK: Hearing

  /// What all of them tell, as it comes. Of what waits for a reader, the newest 65,536 events are kept.
  public func events() -> CallEvents {
    let gathered = GatheredEvents(
      trunks.map { trunk in
        (trunk.dialer.events(), { [whole = name, part = trunk.dialer.name] in $0.told(by: whole, for: part) })
      })
    return CallEvents(batches: { await gathered.next($0) })
  }
}

extension CallEvent {
  /// The same, told of a call that is kept under the name of the whole.
  fileprivate func told(by whole: String, for part: String) -> CallEvent {
    guard case .carrier(part, let reference) = subject else { return self }
    var event = self
    event.subject = .carrier(whole, reference: reference)
    return event
  }
}
