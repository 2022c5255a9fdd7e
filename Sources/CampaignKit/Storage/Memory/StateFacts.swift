extension StoreState {
  /// What decides whether a lead may be called now, beside what it says itself.
  func dialingFacts(of id: Lead.ID, at now: Timestamp) throws(StoreError) -> DialingFacts {
    let row = try leadRow(id)
    let campaign = Int(tables.campaign(ofLead: row))
    let account = tables.campaigns[campaign].account
    let number = try tables.currentNumber(ofLead: row)
    let contact = tables.leadCore(row).contact
    var facts = DialingFacts()
    facts.suppression = suppression(of: number, for: tables.accounts[Int(account)].account.id, at: now)
    facts.isNumberBusy =
      numberRow(number.digits, ofContact: contact).map { tables.numbers[$0].liveCalls > 0 } ?? false
    for limit in tables.campaigns[campaign].campaign.compliance.rollingLimits {
      if let until = try heldUntil(limit, lead: row, number: number.digits, now: now) {
        facts.limits.append(DialingFacts.HeldLimit(limit, until: Timestamp(milliseconds: until)))
      }
    }
    return facts
  }
}
