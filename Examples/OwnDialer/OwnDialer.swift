import CampaignKit

/// Places calls with an ``Exchange``.
struct OwnDialer: Dialer {
  let name = "exchange"
  let capabilities = DialerCapabilities(detectsMachines: false, longestRequest: .seconds(5))
  let exchange: Exchange
  let clock: any EngineClock

  func place(_ order: CallOrder) async throws(DialerError) -> String {
    // In time. Whatever waits for its turn has to look again when the turn has come.
    guard clock.now() < order.placeBy else { throw DialerError(.unavailable, "the time of the order is over") }
    do {
      // Once. The exchange knows the order by our name, and takes no name twice.
      try await exchange.place(order.id, to: order.to, ringing: order.ringTime)
      return "line-\(order.id)"
    } catch is Exchange.Refusal {
      // Honest. It has said itself that there is no call.
      throw DialerError(.unavailable, "the exchange takes no orders")
    } catch {
      // Honest. Nobody knows whether the order arrived.
      throw DialerError(.uncertain, "the exchange did not answer")
    }
  }

  func hangUp(_ call: CallReference) async throws(DialerError) {
    exchange.hangUp(call.call)
  }

  func lookUp(_ call: CallReference) async throws(DialerError) -> CallFindings {
    guard let line = exchange.line(call.call) else { return .absent }
    var events = [CallEvent(.placed(reference: "line-\(call.call)"), of: .call(call.call))]
    if line.isAnswered { events.append(CallEvent(.answered(.human), of: .call(call.call))) }
    if let end = line.end { events.append(CallEvent(.ended(CallEnd(end)), of: .call(call.call))) }
    return .found(events)
  }

  func connect(_ call: CallReference, to agent: Agent) async throws(DialerError) {
    throw DialerError(.invalidOrder, "the exchange connects nobody")
  }

  func events() -> CallEvents {
    let reader = Reader(exchange.events)
    return CallEvents { await reader.next() }
  }

  /// Hands out what the exchange tells, one after the other.
  private actor Reader {
    private let events: AsyncStream<CallEvent>

    init(_ events: AsyncStream<CallEvent>) {
      self.events = events
    }

    func next() async -> CallEvent? {
      var iterator = events.makeAsyncIterator()
      return await iterator.next()
    }
  }
}
