import CampaignCarriers
import CampaignKit
import CampaignTesting
import Locks

@testable import Simulate

/// Makes one of the dialers, with a carrier on this machine behind it.
struct ScriptedDialerHarness: DialerHarness {
  let carrier: ScriptedCarrier.Kind
  /// How many times as fast as the system's the clock of both is.
  let speed = 20.0

  func makeDialer() async throws -> DialerUnderTest {
    let clock = FastTime(speed: speed)
    let callees = Callees()
    var scripted = ScriptedCarrier.Configuration()
    scripted.clock = clock
    scripted.script = { number, _ in callees.script(of: number) }
    let (callbacks, told) = AsyncStream.makeStream(of: ScriptedCallback.self)
    let dialing = try ScriptedDialing(carrier, scripted, speed: speed) { told.yield($0) }
    // What goes wrong is to go wrong with orders, not before there is a connection.
    while let asterisk = dialing.dialer as? AsteriskDialer, !asterisk.isConnected {
      await clock.wait(for: .milliseconds(50))
    }
    let reader = carrier.reporting.map { CallbackReader($0, callbacks) }
    return DialerUnderTest(
      dialing.dialer, clock: clock, callee: { callees.number(of: $0) },
      arrivals: { call in
        dialing.carrier.books.orders.filter { Call.ID(orderedBy: $0.parameters) == call }
          .map { DialerUnderTest.Arrival(at: $0.at, isCall: $0.reference != nil) }
      },
      faults: [.throttled, .lostBefore, .lostAfter],
      setFault: { fault in
        var faults = WireFaults.none
        switch fault {
        case .throttled: faults.throttled = 1
        case .lostBefore: faults.resetBefore = 1
        case .lostAfter: faults.resetAfter = 1
        case .refused, nil: break
        }
        dialing.carrier.faults = faults
      },
      agent: { attendance in
        let number = callees.number(of: attendance == .comes ? .talks : .rings)
        var agent = Agent(
          id: Agent.ID(high: number.digits, low: 1), account: Account.ID(high: 1, low: 1), kind: .person, name: "Ada",
          createdAt: clock.now())
        agent.phone = number
        return agent
      },
      telephone: { agent in
        let legs = dialing.carrier.books.calls.filter { $0.to == agent.phone }
        return DialerUnderTest.Telephone(timesRung: legs.count, isBusy: legs.contains { !$0.isOver })
      },
      events: reader.map { reader in CallEvents { await reader.next() } }, travel: .seconds(1) * speed,
      settling: .seconds(500),
      stop: {
        told.finish()
        await dialing.carrier.stop()
      })
  }

  /// Numbers, and who is called there.
  private final class Callees: Sendable {
    private let callees = Locked<[PhoneNumber: DialerUnderTest.Callee]>([:])

    func number(of callee: DialerUnderTest.Callee) -> PhoneNumber {
      callees.withLock { callees in
        let digits = 12_000_000_000 + UInt64(callees.count)
        guard let number = PhoneNumber(digits: digits) else { preconditionFailure("\(digits) is no number") }
        callees[number] = callee
        return number
      }
    }

    func script(of number: PhoneNumber) -> CallPlot {
      switch callees.withLock({ $0[number] }) {
      case .talks: CallPlot(.answered(.human, hangsUpAfter: nil))
      case .answers: CallPlot(.answered(.human, hangsUpAfter: .seconds(2)))
      case .busy: CallPlot(.busy)
      case .rings: CallPlot(.noAnswer)
      case nil: CallPlot(.failed)
      }
    }
  }

  /// Reads callbacks, one after the other.
  private actor CallbackReader {
    private let carrier: WebCarrier
    private let callbacks: AsyncStream<ScriptedCallback>

    init(_ carrier: WebCarrier, _ callbacks: AsyncStream<ScriptedCallback>) {
      self.carrier = carrier
      self.callbacks = callbacks
    }

    func next() async -> CallEvent? {
      for await callback in callbacks {
        if let event = carrier.event(callback) { return event }
      }
      return nil
    }
  }
}
