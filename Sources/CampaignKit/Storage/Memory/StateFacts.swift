extension StoreState {
  /// What decides whether a lead may be called now, beside what it says itself.
  func dialingFacts(
    of id: Lead.ID, keeping limits: [RollingLimit], at now: Timestamp
  ) throws(StoreError) -> DialingFacts {
    try limits.check()
    let row = try leadRow(id)
    let campaign = Int(tables.campaign(ofLead: row))
    let account = tables.campaigns[campaign].account
    let digits = try tables.currentNumber(ofLead: row).digits
    let contact = tables.leadCore(row).contact
    var facts = DialingFacts()
    guard let number = PhoneNumber(digits: digits) else { throw .misfit("phone number") }
    facts.suppression = suppression(of: number, for: tables.accounts[Int(account)].account.id, at: now)
    facts.isNumberBusy =
      numberRow(digits, ofContact: contact).map { tables.numbers[$0].liveCalls > 0 } ?? false
    for limit in tables.campaigns[campaign].campaign.compliance.rollingLimits + limits {
      if let until = try heldUntil(limit, lead: row, number: digits, now: now) {
        facts.limits.append(DialingFacts.HeldLimit(limit, until: Timestamp(milliseconds: until)))
      }
    }
    return facts
  }
}
