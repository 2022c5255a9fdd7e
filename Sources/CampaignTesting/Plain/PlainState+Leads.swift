import CampaignKit

extension PlainState {
  mutating func insert(
    _ new: [NewLead], into id: Campaign.ID, options: LeadInsertion
  ) throws(StoreError) -> LeadInsertion.Result {
    let campaign = campaigns[try index(of: id)]
    var batch: Int?
    if let step = options.step {
      guard step.invalid >= 0 else { throw StoreError(.invalid, "fewer invalid rows than none") }
      let index = try index(of: step.batch)
      guard imports[index].campaign == id else { throw .missing("import") }
      guard imports[index].status == .running, imports[index].progress == step.from else {
        throw StoreError(.conflict, "the import has gone on meanwhile")
      }
      batch = index
    }
    guard !Campaign.statuses.isFinal(campaign.status) else {
      throw StoreError(.notPermitted, "the campaign is over")
    }
    for lead in new { try checkNumbers(lead.furtherNumbers) }
    var result = LeadInsertion.Result()
    for lead in new {
      let outcome = insert(lead, into: campaign, options: options)
      result.outcomes.append(outcome)
      switch outcome {
      case .inserted(_, let contactCreated):
        result.inserted += 1
        if contactCreated { result.contactsCreated += 1 }
      case .duplicate, .recent: result.duplicates += 1
      case .suppressed: result.suppressed += 1
      }
    }
    if let batch, let step = options.step {
      imports[batch].progress = step.to
      imports[batch].updatedAt = now
      imports[batch].tally.total += new.count + step.invalid
      imports[batch].tally.invalid += step.invalid
      imports[batch].tally.duplicates += result.duplicates
      imports[batch].tally.suppressed += result.suppressed
      imports[batch].tally.inserted += result.inserted
      imports[batch].tally.contactsCreated += result.contactsCreated
    }
    if result.inserted > 0 {
      tell(campaign.account, .leadsAdded, campaign: id, count: result.inserted)
      completeIfDone(id)
    }
    return result
  }

  private mutating func insert(
    _ new: NewLead, into campaign: Campaign, options: LeadInsertion
  ) -> LeadInsertion.Outcome {
    let known = contacts.first { $0.account == campaign.account && $0.number == new.number }
    if let known {
      if let lead = leads.first(where: { $0.campaign == campaign.id && $0.contact == known.id }) {
        return .duplicate(of: lead.id)
      }
      if let since = options.duplicatesSince,
        let lead = leads.last(where: {
          $0.campaign != campaign.id && $0.contact == known.id && $0.createdAt >= since
        })
      {
        return .recent(lead.id)
      }
    }
    guard suppression(of: new.number, for: campaign.account) == nil else { return .suppressed }
    let contact = known ?? addContact(new, to: campaign.account)
    let lead = makeLead(new, of: contact, in: campaign, importBatch: options.step?.batch)
    ordinals[campaign.id, default: 0] += 1
    leads.append(lead)
    return .inserted(lead.id, contactCreated: known == nil)
  }

  private mutating func addContact(_ new: NewLead, to account: Account.ID) -> Contact {
    var contact = Contact(id: identifiers.next(at: now), account: account, number: new.number, createdAt: now)
    contact.phoneExtension = new.phoneExtension
    contact.furtherNumbers = new.furtherNumbers
    contact.person = new.person
    contacts.append(contact)
    return contact
  }

  mutating func leads(_ query: LeadQuery, page request: PageRequest) throws(StoreError) -> Page<Lead> {
    let found = leads.filter { lead in
      let isInScope =
        switch query.scope {
        case .campaign(let id): lead.campaign == id
        case .account(let id): lead.account == id
        case .contact(let id): lead.contact == id
        }
      return isInScope && (query.statuses.isEmpty || query.statuses.contains(lead.status))
        && matches(query.search, lead.person.fullName, lead.person.email, lead.number.description)
    }
    return try page(found, request, descending: query.isDescending) {
      var place = PlainPlace(identifier: $0.id.description)
      switch query.sort {
      case .createdAt: place.number = $0.createdAt.milliseconds
      case .priority: place.number = Int64($0.priority)
      case .nextAttemptAt: place.number = $0.nextAttemptAt?.milliseconds
      case .lastAttemptAt: place.number = $0.lastAttemptAt?.milliseconds
      }
      return place
    }
  }

  func leadCounts(of campaign: Campaign.ID) -> LeadCounts? {
    guard campaigns.contains(where: { $0.id == campaign }) else { return nil }
    var counts = LeadCounts()
    for lead in leads where lead.campaign == campaign {
      counts[lead.status] += 1
      if lead.attempts > 0 { counts.attempted += 1 }
    }
    return counts
  }

  mutating func update(_ id: Lead.ID, with changes: LeadChanges) throws(StoreError) -> Lead {
    let index = try index(of: id)
    var lead = leads[index]
    lead.person = changes.person ?? lead.person
    lead.type = changes.type ?? lead.type
    lead.subject = changes.subject ?? lead.subject
    lead.priority = changes.priority ?? lead.priority
    lead.fields = changes.fields ?? lead.fields
    lead.notes = changes.notes ?? lead.notes
    lead.locality = changes.locality ?? lead.locality
    lead.updatedAt = now
    leads[index] = lead
    tell(lead)
    return lead
  }

  mutating func reschedule(
    _ id: Lead.ID, at moment: Timestamp?, isCallback: Bool
  ) throws(StoreError) -> Lead {
    let index = try index(of: id)
    guard leads[index].status == .waiting else { throw StoreError(.notPermitted, "the lead does not wait") }
    leads[index].nextAttemptAt = moment
    leads[index].isCallback = isCallback
    if isCallback { leads[index].callbacks += 1 }
    leads[index].updatedAt = now
    tell(leads[index])
    return leads[index]
  }

  mutating func end(_ id: Lead.ID, on trigger: Lead.Trigger) throws(StoreError) -> Lead {
    let index = try index(of: id)
    guard trigger == .cancel || trigger == .suppress else {
      throw StoreError(.invalid, "a lead is ended by cancel or suppress")
    }
    switch leads[index].status {
    case .waiting:
      end(index, as: trigger == .cancel ? .cancelled : .suppressed)
      completeIfDone(leads[index].campaign)
    case .calling:
      if marks[id] != .suppress { marks[id] = trigger }
      leads[index].updatedAt = now
      tell(leads[index])
    default: throw StoreError(.notPermitted, "the lead has ended")
    }
    return leads[index]
  }

  mutating func delete(_ id: Lead.ID) throws(StoreError) {
    let index = try index(of: id)
    guard leads[index].liveCall == nil else { throw StoreError(.notPermitted, "the lead has a live call") }
    let lead = leads.remove(at: index)
    tell(lead.account, .leadsRemoved, campaign: lead.campaign, lead: id, count: 1)
    completeIfDone(lead.campaign)
  }

  mutating func deleteLeads(of id: Campaign.ID) throws(StoreError) -> Int {
    let campaign = campaigns[try index(of: id)]
    guard campaign.status != .active, liveCalls({ $0.campaign == id }).isEmpty else {
      throw StoreError(.notPermitted, "the campaign is active or has live calls")
    }
    let count = leads.count { $0.campaign == id }
    leads.removeAll { $0.campaign == id }
    if count > 0 { tell(campaign.account, .leadsRemoved, campaign: id, count: count) }
    return count
  }
}
