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
/// and that is the carrier's fault (``DialerError/Code/unavailable``, ``DialerError/Code/throttled``,
/// ``DialerError/Code/outOfFunds``, ``DialerError/Code/notPermitted``). An order whose answer was lost stays with the
/// carrier that may have it.
///
/// A carrier that failed rests for a while: meanwhile the others are tried before it. Which carrier has a call is kept
/// in memory; after a restart all are asked.
public final class Trunks: RedirectingDialer {
  /// The name under which calls are kept.
  public let name: String
  private let trunks: [Trunk]
  /// How long a carrier that failed is tried last, unless it asks for more.
  private let rest: Duration
  private let clock: any EngineClock
  private let state: Locked<State>

  private struct State: Sendable {
    var book = TrunkBook()
    /// Until when each rests.
    var restsUntil: [Duration]
  }

  /// Creates a dialer that is made of others.
  ///
  /// - Parameters:
  ///   - trunks: The carriers. Each promises what ``Dialer`` says; without any, every order is refused as unavailable.
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
    state = Locked(State(restsUntil: Array(repeating: .zero, count: trunks.count)))
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

  // MARK: Placing

  /// Places a call with the first carrier that takes it.
  ///
  /// - Returns: The name that the carrier gave the call.
  /// - Throws: Of several carriers that failed, what the one said that wants to be left alone for the shortest time.
  public func place(_ order: CallOrder) async throws(DialerError) -> String {
    switch state.withLock({ $0.book.begin(order.id) }) {
    case .at(let index): return try await trunks[index].dialer.place(order)
    case .underWay: throw DialerError(.uncertain, "this order is being placed just now; look it up")
    case nil: break
    }
    var failure: DialerError?
    for index in self.order(of: order.id) {
      do throws(DialerError) {
        let reference = try await trunks[index].dialer.place(order)
        state.withLock { $0.book.note(.at(index), of: order.id) }
        return reference
      } catch {
        guard error.isCertain, Self.fails(over: error.code) else {
          state.withLock { $0.book.note(error.isCertain ? nil : .at(index), of: order.id) }
          throw error
        }
        // What is over or was called off says nothing of the carrier.
        guard clock.now() < order.placeBy, !Task.isCancelled else {
          failure = failure ?? error
          break
        }
        let until = clock.elapsed + max(rest, error.retryAfter ?? .zero)
        state.withLock { $0.restsUntil[index] = until }
        if failure.map({ ($0.retryAfter ?? .zero) > (error.retryAfter ?? .zero) }) ?? true { failure = error }
      }
    }
    state.withLock { $0.book.note(nil, of: order.id) }
    throw failure ?? DialerError(.unavailable, "there is no carrier to place calls with")
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

  /// Ends a call with the carrier that has it; with all, where it is not known which.
  public func hangUp(_ call: CallReference) async throws(DialerError) {
    var failure: DialerError?
    for index in places(of: call) {
      do throws(DialerError) { try await trunks[index].dialer.hangUp(call) } catch { failure = failure ?? error }
    }
    if let failure { throw failure }
  }

  /// Asks the carrier that has a call what has become of it; all, where it is not known which.
  public func lookUp(_ call: CallReference) async throws(DialerError) -> CallFindings {
    try await find(call).findings
  }

  /// Lets an agent talk to the person who answered, through the carrier that has the call.
  public func connect(_ call: CallReference, to agent: Agent) async throws(DialerError) {
    try await trunk(of: call).connect(call, to: agent)
  }

  /// Lets a call that was answered go on with another document, through the carrier that has it.
  ///
  /// - Throws: ``DialerError/Code/notPermitted`` where that carrier's dialer cannot do it.
  public func redirect(_ call: CallReference, to address: String) async throws(DialerError) {
    guard let dialer = try await trunk(of: call) as? any RedirectingDialer else {
      throw DialerError(.notPermitted, "the carrier that has the call cannot redirect calls")
    }
    try await dialer.redirect(call, to: address)
  }

  /// The dialer that has a call.
  private func trunk(of call: CallReference) async throws(DialerError) -> any Dialer {
    var index = state.withLock { $0.book.trunk(of: call.call) }
    if index == nil { index = try await find(call).index }
    guard let index else { throw DialerError(.unavailable, "it is not known which carrier has the call") }
    return trunks[index].dialer
  }

  /// The trunks that may have a call.
  private func places(of call: CallReference) -> [Int] {
    state.withLock { $0.book.trunk(of: call.call) }.map { [$0] } ?? Array(trunks.indices)
  }

  private func find(_ call: CallReference) async throws(DialerError) -> (index: Int?, findings: CallFindings) {
    var isAbsent = true
    var failure: DialerError?
    for index in places(of: call) {
      do throws(DialerError) {
        switch try await trunks[index].dialer.lookUp(call) {
        case .found(let events):
          state.withLock { $0.book.note(.at(index), of: call.call) }
          return (index, .found(events))
        case .absent: break
        case .unknown: isAbsent = false
        }
      } catch {
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
    return (nil, isAbsent ? .absent : .unknown)
  }

  // MARK: Hearing

  /// What all of them tell, as it comes.
  public func events() -> CallEvents {
    let (events, told) = AsyncStream.makeStream(of: CallEvent.self)
    let listening = Task { [trunks, name] in
      await withTaskGroup(of: Void.self) { group in
        for trunk in trunks {
          group.addTask {
            for await event in trunk.dialer.events() { told.yield(event.told(by: name, for: trunk.dialer.name)) }
          }
        }
      }
      told.finish()
    }
    told.onTermination = { _ in listening.cancel() }
    let reader = Reader(events)
    return CallEvents { await reader.next() }
  }

  /// Hands out what is told, one after the other.
  private actor Reader {
    private let events: AsyncStream<CallEvent>

    init(_ events: AsyncStream<CallEvent>) {
      self.events = events
    }

    func next() async -> CallEvent? {
      for await event in events { return event }
      return nil
    }
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
