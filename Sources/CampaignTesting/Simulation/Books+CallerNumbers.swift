import CampaignKit

extension Books {
  /// P3: no number makes more calls in a day than the campaign that calls from it permits.
  mutating func checkCallerNumber(_ ordered: Ordered, _ lead: LeadKey) {
    let entry = plan.campaigns[lead.campaign]
    guard let from = ordered.order.from, entry.campaign.callerNumbers.contains(from) else {
      return fail("P3", "\(ordered.order.to) is called from a number that the campaign does not have", at: ordered.at)
    }
    guard let most = entry.campaign.callerChoice.maximumPerDay else { return }
    let zone = entry.campaign.schedule.timeZone ?? plan.accounts[entry.account].account.timeZone
    // Where the clock jumps, or the store is slow, an order is handed over at another time than that of its claim.
    let margin = slack + (jumps(since: .zero) > 0 ? plan.engine.placeWithin : .zero)
    var hours = hours
    let day = hours.day(of: ordered.wall, in: zone)
    func isOfTheDay(_ wall: Timestamp) -> Bool {
      [wall - margin, wall, wall + margin].allSatisfy { hours.day(of: $0, in: zone) == day }
    }
    guard day != nil, isOfTheDay(ordered.wall) else { return }
    let made = sequence.count { id in
      guard let other = orders[id], other.account == ordered.account, other.order.from == from, other.fate != .void
      else { return false }
      return isOfTheDay(other.wall)
    }
    if made >= most {
      fail("P3", "\(from) makes call \(made + 1) of a day in which it may make \(most)", at: ordered.at)
    }
  }
}
