import CampaignKit

extension PlainState {
  /// A lead as it is when it was just added.
  func makeLead(
    _ new: NewLead, of contact: Contact, in campaign: Campaign, importBatch: ImportBatch.ID?
  ) -> Lead {
    var lead = Lead(
      id: identifiers.next(at: now), account: campaign.account, campaign: campaign.id, contact: contact.id,
      ordinal: ordinals[campaign.id, default: 0], number: contact.number, createdAt: now)
    lead.person = new.person
    lead.type = new.type
    lead.subject = new.subject
    lead.priority = new.priority
    lead.fields = new.fields
    lead.notes = new.notes
    lead.locality = new.locality
    lead.status = new.isSuppressed ? .suppressed : .waiting
    lead.nextAttemptAt = new.isSuppressed ? nil : new.notBefore
    lead.importBatch = importBatch
    return lead
  }
}
