import CampaignKit
import CampaignTesting

// A dialer of one's own, and the proof that it keeps its promises.

/// Makes dialers, each with an exchange that has no calls.
struct OwnDialerHarness: DialerHarness {
  func makeDialer() async throws -> DialerUnderTest {
    let clock = FastTime(speed: 20)
    let exchange = Exchange(clock: clock)
    return DialerUnderTest(
      OwnDialer(exchange: exchange, clock: clock), clock: clock, callee: { exchange.number(of: Exchange.Habit($0)) },
      arrivals: { call in
        exchange.arrivals(of: call).map { DialerUnderTest.Arrival(at: $0.at, isCall: $0.isCall) }
      },
      faults: [.refused, .lostBefore, .lostAfter],
      setFault: { fault in
        switch fault {
        case .refused: exchange.trouble = .refuses
        case .lostBefore: exchange.trouble = .losesOrders
        case .lostAfter: exchange.trouble = .losesAnswers
        case .throttled, nil: exchange.trouble = nil
        }
      })
  }
}

extension Exchange.Habit {
  init(_ callee: DialerUnderTest.Callee) {
    self =
      switch callee {
      case .talks: .talks
      case .answers: .answers
      case .busy: .busy
      case .rings: .rings
      }
  }
}

@main struct Main {
  static func main() async throws {
    let kept = try await DialerConformance.run(OwnDialerHarness())
    print("OwnDialer keeps \(kept.count) promises of a dialer:")
    for promise in kept { print("  \(promise)") }
  }
}
