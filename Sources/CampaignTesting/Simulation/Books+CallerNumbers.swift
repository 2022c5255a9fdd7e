import CampaignKit

extension Books {
  /// P3: no number makes more calls in a day than the campaign that calls from it permits.
  mutating func checkCallerNumber(_ ordered: Ordered, _ lead: LeadKey) {
    guard let from = ordered.order.from,
      plan.campaigns[lead.campaign].campaign.callerNumbers.contains(from)
    else {
      return fail("P3", "\(ordered.order.to) is called from a number that the campaign does not have", at: ordered.at)
    }
    checkCalls(from: from, with: ordered)
  }

  /// Looks at the calls from a number in the order in which they were claimed, which their names tell. Those that were
  /// claimed later may be of a campaign that permits more, and be handed over first.
  private mutating func checkCalls(from number: PhoneNumber, with ordered: Ordered) {
    let made = sequence.compactMap { orders[$0] } + [ordered]
    let own = made.filter { $0.order.from == number && $0.account == ordered.account && $0.fate != .void }
    for call in own where call.order.id >= ordered.order.id {
      guard let lead = call.lead, let most = plan.campaigns[lead.campaign].campaign.callerChoice.maximumPerDay
      else { continue }
      let entry = plan.campaigns[lead.campaign]
      let zone = entry.campaign.schedule.timeZone ?? plan.accounts[entry.account].account.timeZone
      guard let day = dayForCertain(of: call, in: zone) else { continue }
      let before = own.filter { $0.order.id < call.order.id }.count { dayForCertain(of: $0, in: zone) == day }
      if before >= most {
        fail("P3", "\(number) makes call \(before + 1) of a day in which it may make \(most)", at: ordered.at)
      }
    }
  }

  /// The date in a zone on which an order was claimed and handed over; nil where that may be two dates, since the clock
  /// has jumped or the store is slow.
  private func dayForCertain(of ordered: Ordered, in zone: String) -> Int? {
    var hours = hours
    let margin = slack + (jumps(since: .zero) > 0 ? plan.engine.placeWithin : .zero)
    let days = [ordered.wall - margin, ordered.wall, ordered.wall + margin].map { hours.day(of: $0, in: zone) }
    return days.allSatisfy { $0 == days[0] } ? days[0] : nil
  }
}
