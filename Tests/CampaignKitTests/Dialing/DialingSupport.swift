import CampaignTesting

@testable import CampaignKit

/// Makes orders for tests: each with a name of its own.
struct Orders {
  private var dice = Dice(1)

  mutating func order(
    _ digits: UInt64 = 14_155_550_000, at now: Timestamp = Timestamp(milliseconds: 1_735_689_600_000),
    _ change: (inout Campaign) -> Void = { _ in }
  ) throws -> CallOrder {
    let account: Account.ID = dice.id()
    var campaign = Campaign(id: dice.id(), account: account, name: "test", createdAt: now)
    change(&campaign)
    let id = Call.ID(
      high: UInt64(clamping: now.milliseconds) << 16 | dice.word() & 0xFFFF, low: UInt32(dice(0...1 << 30)))
    return CallOrder(
      id: id, account: account, campaign: campaign, to: try number(digits), createdAt: now, placeBy: .distantFuture,
      ringTime: campaign.ringTime, longestCall: campaign.longestCall)
  }

  func number(_ digits: UInt64) throws -> PhoneNumber {
    guard let number = PhoneNumber(digits: digits) else { throw NoNumber(digits: digits) }
    return number
  }

  struct NoNumber: Error {
    let digits: UInt64
  }
}

extension CallReference {
  /// Asks for a call by the name under which it was ordered.
  init(_ order: CallOrder) {
    self.init(call: order.id, reference: nil, to: order.to, from: order.from, createdAt: order.createdAt)
  }
}

extension CallEvent {
  /// What happened in a word, for comparing sequences.
  var word: String {
    switch kind {
    case .placed: "placed"
    case .ringing: "ringing"
    case .answered: "answered"
    case .detected(let who): "detected \(who)"
    case .messageLeft: "message"
    case .callbackAgreed: "callback"
    case .optedOut: "opt-out"
    case .agentAbsent: "no agent"
    case .ended(let end): "ended \(end.outcome)"
    case .recording: "recording"
    case .cost: "cost"
    }
  }
}

extension Dialer {
  /// The events that come within a time, in the order in which they come.
  func hear(for duration: Duration, _ time: VirtualTime, while body: () async throws -> Void) async rethrows
    -> [CallEvent]
  {
    let events = events()
    async let heard = {
      await withTaskGroup(of: [CallEvent]?.self) { group in
        group.addTask {
          var heard: [CallEvent] = []
          for await event in events { heard.append(event) }
          return heard
        }
        group.addTask {
          await time.wait(for: duration)
          return nil
        }
        var heard: [CallEvent] = []
        for await part in group {
          if let part { heard = part } else { group.cancelAll() }
        }
        return heard
      }
    }()
    try await body()
    return await heard
  }
}
