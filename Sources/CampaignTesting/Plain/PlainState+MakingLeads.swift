import CampaignKit
#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension PlainState {
  /// A lead as it is when it was just added.
  func makeLead(
    _ new: NewLead, of contact: Contact, in campaign: Campaign, importBatch: ImportBatch.ID?
  ) -> Lead {
    guard var lead = Self.emptyLead else { preconditionFailure("the text of an empty lead must be readable") }
    lead.id = identifiers.next(at: now)
    lead.account = campaign.account
    lead.campaign = campaign.id
    lead.contact = contact.id
    lead.ordinal = ordinals[campaign.id, default: 0]
    lead.number = contact.number
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
    lead.createdAt = now
    lead.updatedAt = now
    return lead
  }

  /// Leads have no public initialiser, so the first is read from text. It can go once there is one.
  private static let emptyLead: Lead? = try? JSONDecoder().decode(
    Lead.self,
    from: Data(
      """
      {"id": "000000000000000000000000", "account": "000000000000000000000000",
      "campaign": "000000000000000000000000", "contact": "000000000000000000000000", "ordinal": 0,
      "number": "+14155552671", "numberIndex": 0, "person": {}, "priority": 0, "fields": {},
      "locality": {"timeZones": []}, "status": "waiting", "attempts": 0, "isCallback": false, "callbacks": 0,
      "createdAt": "2025-01-01T00:00:00.000Z", "updatedAt": "2025-01-01T00:00:00.000Z"}
      """.utf8))
}
