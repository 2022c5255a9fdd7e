import CampaignKit
import JSON

extension Tenant {
  /// A campaign from rows that a client has read from a file.
  static let campaignUpload = Operation(
    .post, "/campaigns/upload-csv", "Creates a campaign from rows of contacts", tag: "campaigns", access: .changing,
    body: .json(
      .object(
        settings.filter { $0.name != "name" && $0.name != "campaign_name" } + [
          .required("campaign_name", .name(200).like("Q4 Sales Campaign")),
          .required(
            "csv_data",
            .list(of: .anything, count: 1...100_000).described(
              "Rows with name and phone_number, and email, company and notes where they are known.")),
        ])),
    success: answer(
      .created, .required("campaign", campaign),
      .required(
        "stats",
        .object([
          .required("total_rows", count), .required("valid_contacts", count), .required("contacts_created", count),
          .required("contacts_skipped", count), .required("errors", count),
        ])), .required("skipped_phones", .list(of: text))), refusals: [.state]
  ) { inquiry in
    let view = try await inquiry.tenantView()
    let rows = inquiry.body["csv_data"]?.array ?? []
    let contacts = rows.compactMap { ContactRow($0, inquiry.service) }
    guard !contacts.isEmpty else {
      throw Refusal.invalid("csv_data", "has no row with a name and a phone_number that can be called")
    }
    let (campaign, outcomes) = try await inquiry.service.makeTenantCampaign(
      inquiry.body, view, retries: .tenantOnce, leads: contacts.map(\.lead))
    var skipped: [JSONValue] = []
    for (contact, outcome) in zip(contacts, outcomes) {
      if case .inserted(_, contactCreated: true) = outcome { continue }
      skipped.append(.string(contact.phone))
    }
    return done(
      [
        "campaign": try await view.campaign(campaign, in: inquiry.storage),
        "stats": [
          "total_rows": value(rows.count), "valid_contacts": value(contacts.count),
          "contacts_created": value(contacts.count - skipped.count), "contacts_skipped": value(skipped.count),
          "errors": value(rows.count - contacts.count),
        ], "skipped_phones": .array(skipped),
      ], .created)
  }

  /// A row that has a name and a number that can be called.
  private struct ContactRow {
    var phone: String
    var lead: NewLead

    init?(_ row: JSONValue, _ service: CampaignService) {
      func text(_ name: String) -> String?? {
        guard let value = row[name], !value.isNull else { return .some(nil) }
        guard let text = value.string, text.utf8.count <= 10_000, !text.utf8.contains(0) else { return nil }
        return text.allSatisfy(\.isWhitespace) ? .some(nil) : text
      }
      guard let name = text("name") ?? nil, let phone = text("phone_number") ?? nil, let email = text("email"),
        let company = text("company"), let notes = text("notes"),
        let lead = try? service.lead(calling: phone, field: "phone_number")
      else { return nil }
      self.phone = phone
      self.lead = lead
      self.lead.person = Person(firstName: name, email: email, company: company)
      self.lead.notes = notes
    }
  }
}
