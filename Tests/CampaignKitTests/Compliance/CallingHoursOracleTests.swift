import Testing

@testable import CampaignKit

/// Random campaigns, places and rules against looking at every clock every minute.
@Suite struct CallingHoursOracleTests {
  @Test(arguments: 0..<80 as Range<UInt64>)
  func agreesWithAllClocksOnTheWalls(seed: UInt64) throws {
    var dice = Dice(9000 + seed)
    let zone = dice.pick(unusualZones, or: "UTC")
    let zones = Array(Set((0..<dice(1...3)).map { _ in dice.pick(unusualZones, or: "UTC") })).sorted()
    let near = Timestamp(milliseconds: Int64(dice(1_700_000_000...1_900_000_000)) * 1000)
    let change = clock(zones[0]).span(at: near).until
    let middle = change < moment("2090-01-01T00:00:00Z") ? change : near
    let start = Timestamp(milliseconds: middle.milliseconds / 60_000 * 60_000) - .seconds(dice(60...4000) * 60)
    let today = clock(zone).date(at: middle)

    var campaign = Campaign(id: Samples.id(1), account: Samples.id(2), name: "C", createdAt: start)
    campaign.schedule.timeZone = zone
    campaign.schedule.days = Set(Weekday.allCases.filter { _ in dice(0...6) > 0 })
    campaign.schedule.hours = dice.coin() ? nil : dice.dailyHours()
    campaign.schedule.excludedDates = (0..<dice(0...2)).map { _ in dice.date(near: today) }
    if dice(0...2) == 0 { campaign.schedule.start = .moment(start + .seconds(dice(0...4000) * 60)) }
    if dice(0...2) == 0 { campaign.schedule.end = .moment(start + .seconds(dice(4000...9000) * 60)) }
    var account = Account(id: Samples.id(2), name: "A", createdAt: start)
    account.callingHours = dice.coin() ? nil : dice.dailyHours()
    var rules = RulePack(name: "random", version: "\(seed)")
    for (id, place) in [("a", nil), ("b", "US"), ("c", "US-FL"), ("d", "CA"), ("e", "US")] where dice(0...3) > 0 {
      rules[id] = RulePack.Rule(
        id, in: place, for: [.marketing], hours: dice.coin() ? dice.weeklyHours(around: today) : .always, citation: id,
        effectiveFrom: dice.coin() ? nil : dice.date(near: today),
        effectiveUntil: dice.coin() ? nil : dice.date(near: today))
    }
    let calling = try CallingHours(
      campaign, in: account, at: Locality(jurisdiction: "US-FL", timeZones: zones), rules: rules)

    let schedule = campaign.schedule
    let own = HoursByHand(
      WeeklyHours(
        schedule.hours ?? account.callingHours ?? .wholeDay, on: schedule.days, excluding: schedule.excludedDates),
      zone: zone, around: middle)
    let legal = zones.map { zone in
      rules.rules.filter { $0.jurisdiction != "CA" }.compactMap { rule in
        rule.hours.map { RuleByHand(rule, HoursByHand($0, zone: zone, around: middle)) }
      }
    }
    func isOpen(_ minute: Timestamp) -> Bool {
      if case .moment(let start)? = schedule.start, minute < start { return false }
      if case .moment(let end)? = schedule.end, minute >= end { return false }
      guard own.isOpen(at: minute) else { return false }
      for rules in legal {
        guard let first = rules.first else { continue }
        let wall = first.hours.wall(at: minute)
        let inForce = rules.filter { $0.inForce.contains(wall / 86_400) }
        let local = inForce.filter { !$0.isGeneral }
        for rule in local.isEmpty ? inForce : local where !rule.hours.isOpen(atWall: wall) { return false }
      }
      return true
    }

    let minutes = (0..<4 * 1440).map { start + .seconds($0 * 60) }
    let open = minutes.map(isOpen)
    let changes = nextChanges(open)
    for _ in 0..<300 {
      let place = dice(0...minutes.count - 1)
      let next = changes[place].map { minutes[$0] }
      switch calling.standing(at: minutes[place]) {
      case .open(let until):
        #expect(open[place], "seed \(seed), \(minutes[place]): \(zone) \(zones) \(campaign.schedule) \(rules)")
        if let next {
          #expect(until == next, "seed \(seed), \(minutes[place])")
        } else {
          #expect(until >= start + .seconds(minutes.count * 60), "seed \(seed), \(minutes[place])")
        }
      case .closed(_, _, let opensAt):
        #expect(!open[place], "seed \(seed), \(minutes[place]): \(zone) \(zones) \(campaign.schedule) \(rules)")
        if let next {
          #expect(opensAt == next, "seed \(seed), \(minutes[place])")
        } else if let opensAt {
          #expect(opensAt >= start + .seconds(minutes.count * 60), "seed \(seed), \(minutes[place])")
        }
      }
    }
  }
}

extension Dice {
  fileprivate mutating func date(near date: CivilDate) -> CivilDate {
    CivilDate(daysSince1970: date.daysSince1970 + self(-3...3))
  }
}

/// A rule, and the local days on which it is in force.
private struct RuleByHand {
  let hours: HoursByHand
  let inForce: Range<Int>
  let isGeneral: Bool

  init(_ rule: RulePack.Rule, _ hours: HoursByHand) {
    self.hours = hours
    isGeneral = rule.jurisdiction == nil
    let from = rule.effectiveFrom?.daysSince1970 ?? 0
    inForce = from..<max(from, (rule.effectiveUntil?.daysSince1970 ?? 100_000) + 1)
  }
}
