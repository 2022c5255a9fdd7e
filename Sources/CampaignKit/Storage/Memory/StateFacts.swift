extension StoreState {
  /// What decides whether a lead may be called now, beside what it says itself.
  func dialingFacts(of id: Lead.ID, at now: Timestamp) throws(StoreError) -> DialingFacts {
    let row = try leadRow(id)
    let campaign = Int(tables.campaign(ofLead: row))
    let account = tables.campaigns[campaign].account
    let number = try tables.currentNumber(ofLead: row)
    var facts = DialingFacts()
    if let entry = suppressionRow(number.digits, for: account, at: now) {
      facts.suppression = try tables.suppression(at: entry)
    }
    facts.isNumberBusy = numberRow(number.digits, of: account).map { tables.numbers[$0].liveCalls > 0 } ?? false
    for limit in tables.campaigns[campaign].campaign.compliance.rollingLimits {
      if let until = try heldUntil(limit, lead: row, number: number.digits, account: account, now: now) {
        facts.limits.append(DialingFacts.HeldLimit(limit, until: Timestamp(milliseconds: until)))
      }
    }
    return facts
  }
}
