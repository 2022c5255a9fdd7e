import CampaignKit

/// One step of a random sequence. What it works on is named by its place among all that were made, so that the
/// step means the same in every store, and still means something when steps before it are left out.
enum Operation: Sendable {
  case addLeads(campaign: Int, numbers: [Int], priority: Int32, wait: Int?, place: Int, subject: Int)
  case transition(campaign: Int, Campaign.Trigger)
  case changeCampaign(campaign: Int, CampaignChange)
  case deleteCampaign(Int)
  case setSystemLimit(Int)
  case setDefaultLimit(Int)
  case setAccountLimit(account: Int, Int?)
  case acquire(campaign: Int, owner: Int, seconds: Int)
  case releaseLease(campaign: Int)
  case claim(campaign: Int, count: Int, places: Set<Int>, isRated: Bool)
  case begin(account: Int, number: Int, from: Int?)
  case mayPlace(call: Int)
  case dialingFacts(lead: Int)
  case record(call: Int, NewsKind)
  case update(calls: [Int], [NewsKind], Disposition?)
  case assign(call: Int)
  case finish(call: Int, Disposition, Step)
  case endLead(lead: Int, Lead.Trigger)
  case reschedule(lead: Int, wait: Int?, isCallback: Bool)
  case changeLead(lead: Int, priority: Int32, place: Int)
  case deleteLead(Int)
  case deleteLeads(campaign: Int)
  case suppress(number: Int, isPrefix: Bool, account: Int?, seconds: Int?)
  case unsuppress(number: Int, isPrefix: Bool, account: Int?)
  case setAgentStatus(agent: Int, Agent.Status)
  case reserve(account: Int, count: Int, seconds: Int)
  case releaseReservation(Int)
  case advance(milliseconds: Int)

  enum CampaignChange: Sendable {
    case concurrency(Int?)
    case attempts(Int)
    case delay(seconds: Int)
    case rolling(RollingLimit.Key?, maximum: Int)
    case callers(count: Int, prefersNearby: Bool, perDay: Int?)
  }

  enum NewsKind: Sendable, CaseIterable {
    case placed, ringing, answered, detected, person, messageLeft, callbackAgreed, conference, recording, cost
    /// The agent whom the call has does not come; an unknown one if it has none.
    case agentAbsent
  }

  enum Step: Sendable {
    case complete, fail, cancel, suppress
    case retry(wait: Int, number: Int, isCallback: Bool)
    /// The call was never placed.
    case withdrawn
  }
}

extension Operation {
  /// A sequence that begins with campaigns that call.
  static func sequence(seed: UInt64, length: Int) -> [Operation] {
    var generator = SeededGenerator(seed: seed)
    var operations: [Operation] = []
    for campaign in 0..<4 {
      let numbers = (0...3).map { _ in Int.random(in: 0...14, using: &generator) }
      operations += [
        .addLeads(
          campaign: campaign, numbers: numbers, priority: 0, wait: nil, place: 0,
          subject: Int.random(in: 0...2, using: &generator)),
        .transition(campaign: campaign, .start), .acquire(campaign: campaign, owner: 0, seconds: 100_000),
      ]
    }
    while operations.count < length { operations.append(.random(&generator)) }
    return operations
  }

  /// A step of a kind that is as frequent as it is in life.
  static func random(_ generator: inout SeededGenerator) -> Operation {
    func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
    func pick<Element>(_ elements: [Element]) -> Element { elements[number(0...elements.count - 1)] }
    func maybe(_ range: ClosedRange<Int>) -> Int? { Bool.random(using: &generator) ? number(range) : nil }
    let any = number(0...1_000_000)
    switch number(0...99) {
    case 0..<8:
      let numbers = (0...number(0...4)).map { _ in number(0...14) }
      return .addLeads(
        campaign: any, numbers: numbers, priority: Int32(number(-1...1)), wait: pick([nil, nil, 20]),
        place: number(0...2), subject: number(0...2))
    case 8..<12:
      let triggers: [Campaign.Trigger] = [.start, .start, .start, .start, .schedule, .pause, .resume, .resume]
      return .transition(campaign: any, number(0...12) == 0 ? pick([.end, .cancel, .fail]) : pick(triggers))
    case 12..<20:
      switch number(0...4) {
      case 0: return .changeCampaign(campaign: any, .concurrency(maybe(0...4)))
      case 1: return .changeCampaign(campaign: any, .attempts(number(1...4)))
      case 2: return .changeCampaign(campaign: any, .delay(seconds: pick([0, 0, 7])))
      case 3:
        return .changeCampaign(
          campaign: any, .callers(count: number(0...4), prefersNearby: number(0...3) > 0, perDay: maybe(1...6)))
      default:
        return .changeCampaign(
          campaign: any, .rolling(pick([nil, .number, .person, .subject]), maximum: number(1...3)))
      }
    case 20: return number(0...9) == 0 ? .deleteCampaign(any) : .deleteLeads(campaign: any)
    case 21: return .setSystemLimit(number(2...12))
    case 22: return .setDefaultLimit(number(1...6))
    case 23: return .setAccountLimit(account: any, maybe(0...5))
    case 24..<27:
      return .acquire(campaign: any, owner: pick([0, 0, 0, 1]), seconds: pick([30, 500, 100_000, 100_000]))
    case 27: return .releaseLease(campaign: any)
    case 28..<48:
      return .claim(
        campaign: any, count: pick([1, 2, 5, 1000]), places: pick([[0, 1, 2], [0, 1, 2], [0], [1, 2]]),
        isRated: number(0...5) == 0)
    case 48..<50: return .begin(account: any, number: number(0...14), from: maybe(0...3))
    case 50..<53: return .mayPlace(call: any)
    case 53: return .dialingFacts(lead: any)
    case 54..<61: return .record(call: any, pick(NewsKind.allCases))
    case 61..<64:
      return .update(
        calls: [any, any + number(0...2), any + number(0...2)],
        (0...number(0...2)).map { _ in pick(NewsKind.allCases) },
        Bool.random(using: &generator) ? pick(Disposition.allCases) : nil)
    case 64..<67: return .assign(call: any)
    case 67..<82:
      let step: Step = pick([
        .complete, .fail, .cancel, .suppress, .withdrawn,
        .retry(wait: pick([0, 15, 60]), number: number(0...2), isCallback: number(0...3) == 0),
        .retry(wait: pick([0, 15, 60]), number: number(0...1), isCallback: false),
        .retry(wait: pick([0, 15, 60]), number: 0, isCallback: false),
      ])
      return .finish(call: any, pick(Disposition.allCases), step)
    case 82: return .endLead(lead: any, pick([.cancel, .suppress]))
    case 83: return .reschedule(lead: any, wait: maybe(0...40), isCallback: Bool.random(using: &generator))
    case 84: return .changeLead(lead: any, priority: Int32(number(-2...2)), place: number(0...2))
    case 85: return .deleteLead(any)
    case 86, 87:
      return .suppress(
        number: number(0...14), isPrefix: number(0...3) == 0, account: pick([nil, any, any]), seconds: pick([nil, 25]))
    case 88: return .unsuppress(number: number(0...14), isPrefix: number(0...3) == 0, account: pick([nil, any, any]))
    case 89, 90: return .setAgentStatus(agent: any, pick([.available, .available, .onBreak]))
    case 91: return .reserve(account: any, count: number(1...3), seconds: pick([10, 100]))
    case 92: return .releaseReservation(any)
    default:
      return .advance(milliseconds: pick([1, 997, 5_003, 15_013, 15_013, 61_027, 61_027, number(0...5) * 720_211]))
    }
  }
}
