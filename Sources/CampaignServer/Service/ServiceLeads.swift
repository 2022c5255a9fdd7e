import CampaignKit
import JSON

/// How dialects add leads that do not come in a file.
extension CampaignService {
  /// Adds leads to a campaign, a few thousand at a time, so that calls go on meanwhile.
  ///
  /// - Returns: What became of each, in the order given.
  func add(_ leads: [NewLead], to campaign: Campaign.ID) async throws -> [LeadInsertion.Outcome] {
    var outcomes: [LeadInsertion.Outcome] = []
    for start in stride(from: 0, to: leads.count, by: 4096) {
      let part = Array(leads[start..<min(start + 4096, leads.count)])
      outcomes += try await storage.insert(part, into: campaign, options: LeadInsertion()).outcomes
    }
    return outcomes
  }
}

extension NewLead {
  /// A contact as a lead, with the place that the contact says, or else the number.
  init(_ contact: Contact) {
    let number = contact.number
    let zones = contact.timeZone.map { [$0] } ?? Array(number.timeZones)
    self.init(
      number: number, person: contact.person,
      locality: Locality(jurisdiction: number.region?.description, timeZones: zones))
    phoneExtension = contact.phoneExtension
    notes = contact.notes
  }
}

extension Inquiry {
  /// Contacts of the account as leads.
  ///
  /// - Parameters:
  ///   - ids: Identifiers of contacts.
  ///   - field: Where they stand.
  /// - Returns: The leads, in the same order.
  /// - Throws: A ``Refusal`` that names those that are no contacts of the account.
  func leads(of ids: [JSONValue], field: String = "contact_ids") async throws -> [NewLead] {
    var leads: [NewLead] = []
    var problems: [Problem] = []
    for (index, value) in ids.enumerated() {
      if let id = value.string.flatMap({ IdentifierForm.read($0, as: Contact.self) }),
        let contact = try await storage.contact(id, of: try account)
      {
        leads.append(NewLead(contact))
      } else {
        problems.append(Problem("\(field)[\(index)]", "is no contact of this account"))
      }
    }
    guard problems.isEmpty else { throw Refusal(problems) }
    return leads
  }
}
