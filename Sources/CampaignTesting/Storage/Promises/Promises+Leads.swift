import CampaignKit

extension StorageConformance {
  static let leads: [Promise] = [
    Promise("leads are added with their contacts, and counted") { bench in
      let account = try await bench.addAccount()
      let campaign = try await bench.addCampaign(in: account)
      let known = try await bench.addContact(1, in: account) { $0.person.firstName = "Known" }
      let dueAt = try await bench.now + .seconds(60)
      var new = try (0..<3).map { NewLead(number: try bench.number($0)) }
      new[0].person.firstName = "New"
      new[0].furtherNumbers = [Contact.Number(try bench.number(90))]
      new[0].priority = -4
      new[0].subject = "debt"
      new[0].notBefore = dueAt
      new[1].furtherNumbers = [Contact.Number(try bench.number(91))]
      new[2].isSuppressed = true
      let result = try await bench.store.insert(new, into: campaign.id, options: LeadInsertion())
      try bench.equal(result.inserted, 3, "the leads added")
      try bench.equal(result.contactsCreated, 2, "the contacts created")
      try bench.equal([result.duplicates, result.suppressed], [0, 0], "the leads left out")
      guard case .inserted(let first, true) = result.outcomes[0],
        case .inserted(let second, false) = result.outcomes[1],
        case .inserted(let third, true) = result.outcomes[2]
      else { throw bench.failure("the outcomes are \(result.outcomes)") }
      let lead = try await bench.lead(first)
      try bench.equal(lead.number, try bench.number(0), "the number")
      try bench.equal(lead.campaign, campaign.id, "the campaign")
      try bench.equal(lead.account, account.id, "the account")
      try bench.equal(lead.priority, -4, "the priority")
      try bench.equal(lead.subject, "debt", "the subject")
      try bench.equal(lead.nextAttemptAt, dueAt, "the first attempt")
      try bench.equal(lead.status, .waiting, "the status")
      try bench.equal(lead.ordinal, 0, "the ordinal")
      try bench.equal(lead.person.firstName, "New", "the person")
      let contact = try bench.exists(await bench.store.contact(lead.contact, of: account.id), "the contact")
      try bench.equal(contact.person.firstName, "New", "the person")
      try bench.equal(contact.furtherNumbers, new[0].furtherNumbers, "the further numbers of a new contact")
      try await bench.equal(bench.lead(second).contact, known.id, "the contact of the second")
      try await bench.equal(bench.store.contact(known.id, of: account.id), known, "a contact that was there")
      try await bench.equal(bench.lead(third).status, .suppressed, "the status of the third")
      try await bench.equal(bench.store.lead(ordinal: 2, of: campaign.id)?.id, third, "the lead with the ordinal 2")
      try await bench.equal(bench.store.lead(ordinal: 3, of: campaign.id), nil, "the lead with the ordinal 3")
      try await bench.equal(bench.counts(campaign), LeadCounts(waiting: 2, suppressed: 1), "the counts")
      try await bench.fails(.notFound, "adding to an unknown campaign") { [new] in
        try await bench.store.insert(new, into: bench.newID(), options: LeadInsertion())
      }
    },
    Promise("a number is in a campaign once") { bench in
      let account = try await bench.addAccount()
      let campaign = try await bench.addCampaign(in: account)
      let first = try await bench.addLeads(0..<1, to: campaign)
      let new = try [0, 1, 1, 2].map { NewLead(number: try bench.number($0)) }
      let result = try await bench.store.insert(new, into: campaign.id, options: LeadInsertion())
      try bench.equal(result.inserted, 2, "the leads added")
      try bench.equal(result.duplicates, 2, "the duplicates")
      try bench.equal(result.outcomes[0], .duplicate(of: first[0]), "the outcome of a number that is there")
      guard case .inserted(let second, _) = result.outcomes[1] else {
        throw bench.failure("a new number is \(result.outcomes[1])")
      }
      try bench.equal(result.outcomes[2], .duplicate(of: second), "the outcome of a number that comes twice")
      let other = try await bench.addCampaign(in: account)
      try await bench.addLeads(0..<2, to: other)
      try await bench.equal(bench.counts(campaign).total, 3, "the leads")
    },
    Promise("people who were added elsewhere not long ago count as duplicates when that is asked") { bench in
      let account = try await bench.addAccount()
      let old = try await bench.addCampaign(in: account)
      try await bench.addLeads(0..<1, to: old)
      try await bench.advance(100)
      let lately = try await bench.addLeads(1..<2, to: old)
      let since = try await bench.now
      let campaign = try await bench.addCampaign(in: account)
      let new = try (0..<3).map { NewLead(number: try bench.number($0)) }
      let result = try await bench.store.insert(new, into: campaign.id, options: LeadInsertion(duplicatesSince: since))
      try bench.equal(result.outcomes[1], .recent(lately[0]), "the outcome of one who was added lately")
      try bench.equal(result.inserted, 2, "the leads added")
      try bench.equal(result.duplicates, 1, "the duplicates")
    },
    Promise("numbers on the do-not-call list are not added") { bench in
      let account = try await bench.addAccount()
      _ = try await bench.suppress(.number(try bench.number(0)), of: account)
      _ = try await bench.suppress(.number(try bench.number(1)), of: nil)
      let prefix = try bench.exists(PhonePrefix(digits: try bench.number(20).digits / 10), "a prefix")
      _ = try await bench.suppress(.prefix(prefix), of: account)
      let expiring = try await bench.now + .seconds(5)
      _ = try await bench.suppress(.number(try bench.number(3)), of: account, expiresAt: expiring)
      try await bench.advance(5)
      let campaign = try await bench.addCampaign(in: account)
      let new = try [0, 1, 2, 3, 25].map { NewLead(number: try bench.number($0)) }
      let result = try await bench.store.insert(new, into: campaign.id, options: LeadInsertion())
      try bench.equal(result.suppressed, 3, "the leads left out")
      for index in [0, 1, 4] { try bench.equal(result.outcomes[index], .suppressed, "the outcome of \(index)") }
      try await bench.equal(bench.counts(campaign), LeadCounts(waiting: 2), "the counts")
    },
    Promise("ordinals are never used twice") { bench in
      let account = try await bench.addAccount()
      let campaign = try await bench.addCampaign(in: account)
      let first = try await bench.addLeads(0..<3, to: campaign)
      try await bench.store.delete(first[2])
      let second = try await bench.addLeads(2..<4, to: campaign)
      try await bench.equal(bench.lead(second[0]).ordinal, 3, "the ordinal after one was removed")
      try await bench.equal(bench.store.deleteLeads(of: campaign.id), 4, "the leads removed")
      let third = try await bench.addLeads(0..<1, to: campaign)
      try await bench.equal(bench.lead(third[0]).ordinal, 5, "the ordinal after all were removed")
    },
    Promise("what a person changes of a lead changes, and the rest stays") { bench in
      let account = try await bench.addAccount()
      let campaign = try await bench.addCampaign(in: account)
      let leads = try await bench.addLeads(0..<1, to: campaign) { lead, _ in
        lead.type = "a"
        lead.notes = "b"
      }
      let before = try await bench.lead(leads[0])
      try await bench.advance(1)
      let zone = Locality(jurisdiction: "US-FL", timeZones: ["America/New_York"])
      let changes = LeadChanges(
        person: Person(firstName: "Bob"), type: .some(nil), priority: 7, fields: ["k": 1], locality: zone)
      let after = try await bench.store.update(leads[0], with: changes)
      var expected = before
      expected.person = Person(firstName: "Bob")
      expected.type = nil
      expected.priority = 7
      expected.fields = ["k": 1]
      expected.locality = zone
      expected.updatedAt = try await bench.now
      try bench.equal(after, expected, "the lead")
      try await bench.equal(bench.lead(leads[0]), expected, "the lead")
      try await bench.equal(
        bench.store.queues(of: campaign.id).filter { $0.waiting > 0 }.map(\.locality), [zone], "the queues")
      try await bench.fails(.notFound, "a change of an unknown lead") {
        try await bench.store.update(bench.newID(), with: changes)
      }
    },
    Promise("only a waiting lead is rescheduled") { bench in
      let account = try await bench.addAccount()
      let (_, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<2)
      let later = try await bench.now + .seconds(30)
      let moved = try await bench.store.reschedule(leads[0], at: later, isCallback: false)
      try bench.equal(moved.nextAttemptAt, later, "the next attempt")
      try await bench.expectStop(bench.claim(lease, 2), .noneDue(next: later), calls: 1, "with one lead moved")
      try await bench.fails(.notPermitted, "moving a lead with a call") {
        try await bench.store.reschedule(leads[1], at: later, isCallback: false)
      }
      _ = try await bench.store.reschedule(leads[0], at: nil, isCallback: true)
      try await bench.equal(bench.lead(leads[0]).isCallback, true, "whether it is a callback")
      let call = try await bench.claimOne(lease)
      try await bench.finish(call.call)
      try await bench.fails(.notPermitted, "moving a lead that is done") {
        try await bench.store.reschedule(leads[0], at: later, isCallback: false)
      }
      try await bench.fails(.notFound, "moving an unknown lead") {
        try await bench.store.reschedule(bench.newID(), at: later, isCallback: false)
      }
    },
    Promise("a lead that is ended gets no further attempt, and ends with its call if it has one") { bench in
      let account = try await bench.addAccount()
      let (_, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<6)
      try await bench.equal(bench.store.end(leads[0], on: .cancel).status, .cancelled, "a waiting lead")
      try await bench.equal(bench.store.end(leads[1], on: .suppress).status, .suppressed, "a waiting lead")
      try await bench.fails(.notPermitted, "ending a lead again") { try await bench.store.end(leads[0], on: .cancel) }
      let calls = try await bench.claim(lease, 3).calls
      for (index, trigger) in [(2, Lead.Trigger.cancel), (3, .suppress), (4, .cancel)] {
        try await bench.equal(bench.store.end(leads[index], on: trigger).status, .calling, "a lead with a call")
      }
      try await bench.finish(calls[0].call, next: bench.retry())
      try await bench.finish(calls[1].call, next: bench.retry())
      try await bench.finish(calls[2].call, .answered, next: .complete)
      try await bench.equal(bench.lead(leads[2]).status, .cancelled, "a lead that was to be cancelled")
      try await bench.equal(bench.lead(leads[3]).status, .suppressed, "a lead that was to be suppressed")
      try await bench.equal(bench.lead(leads[4]).status, .completed, "a lead that was reached all the same")
      try await bench.fails(.notFound, "ending an unknown lead") {
        try await bench.store.end(bench.newID(), on: .cancel)
      }
    },
    Promise("a lead with a call is not deleted, and its calls stay when it is") { bench in
      let account = try await bench.addAccount()
      let (campaign, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<2)
      let call = try await bench.claimOne(lease)
      try await bench.fails(.notPermitted, "deleting a lead with a call") { try await bench.store.delete(leads[0]) }
      try await bench.fails(.notPermitted, "deleting the leads of an active campaign") {
        try await bench.store.deleteLeads(of: campaign.id)
      }
      _ = try await bench.store.transition(campaign.id, on: .pause, reason: nil)
      try await bench.fails(.notPermitted, "deleting leads with a call") {
        try await bench.store.deleteLeads(of: campaign.id)
      }
      try await bench.finish(call.call)
      try await bench.store.delete(leads[0])
      try await bench.equal(bench.store.lead(leads[0]), nil, "the lead")
      try await bench.equal(bench.store.lead(ordinal: 0, of: campaign.id), nil, "the lead")
      try await bench.equal(bench.call(call.call).status, .ended, "its call")
      try await bench.fails(.notFound, "deleting it again") { try await bench.store.delete(leads[0]) }
      try await bench.equal(bench.store.deleteLeads(of: campaign.id), 1, "the leads removed")
      try await bench.equal(bench.counts(campaign), LeadCounts(), "the counts")
      try await bench.fails(.notFound, "deleting the leads of an unknown campaign") {
        try await bench.store.deleteLeads(of: bench.newID())
      }
    },
  ]
}
