import CampaignKit
import JSON
import WebServer

extension Voice {
  private static let contactStatuses = ["pending", "calling", "contacted", "failed", "do_not_call", "canceled"]

  private static let contactSchema = Schema.object([
    .required("id", .integer(1...Int(Int32.max)).described("Its number in the campaign, from 1.")),
    .required("firstName", .anyText.nullable), .required("lastName", .anyText.nullable),
    .required("phoneNumber", .text(.phone)), .required("email", .anyText.nullable),
    .required("company", .anyText.nullable), .required("status", .choice(contactStatuses)),
    .required("attempts", .count), .required("lastCallAt", .text(.moment).nullable),
    .required("nextCallAt", .text(.moment).nullable), .required("metadata", .freeObject),
    .required("createdAt", .text(.moment)), .required("updatedAt", .text(.moment)),
  ])

  private static let newContact = Schema.object([
    .required("phoneNumber", .name(64).like("+18005551234")), .optional("firstName", .text(0...200).nullable),
    .optional("lastName", .text(0...200).nullable), .optional("email", .text(0...254).nullable),
    .optional("company", .text(0...200).nullable), .optional("metadata", .freeObject),
  ])

  private static let refusedContacts = Schema.list(
    of: .object([.required("row", .integer(1...Int.max).described("From 1.")), .required("error", .anyText)])
  ).described("The contacts that were left out.")

  static let contacts = [
    Operation(
      .get, "/campaigns/{id}/contacts", "Lists the contacts of a campaign", tag: "contacts", access: .reading,
      query: paging + [.optional("status", .choice(contactStatuses)), .optional("search", .text(0...200))],
      success: list("contacts", of: contactSchema, adding: [.required("campaignId", .anyText)]), answer: listContacts),
    Operation(
      .post, "/campaigns/{id}/contacts", "Adds contacts to a campaign; those that cannot be added are left out",
      tag: "contacts", access: .changing,
      body: .jsonOrForm(
        .object([.required("contacts", .list(of: .anything, count: 1...LeadInsertion.maximumCount))]),
        form: .object([.required("file", .anyText.described("A CSV file with a column of telephone numbers."))])),
      success: success(
        [
          .required("campaignId", .anyText), .required("added", .count), .required("total", .count),
          .required("errors", refusedContacts),
        ], hasMessage: true), refusals: [.state]
    ) { inquiry in
      inquiry.hasForm ? try await uploadContacts(inquiry) : try await addContacts(inquiry)
    },
  ]

  private static func name(of status: Lead.Status) -> String {
    switch status {
    case .waiting: "pending"
    case .calling: "calling"
    case .completed: "contacted"
    case .failed: "failed"
    case .suppressed: "do_not_call"
    case .cancelled: "canceled"
    }
  }

  private static func value(of lead: Lead) -> JSONValue {
    [
      "id": JSONValue(lead.ordinal + 1), "firstName": .text(lead.person.firstName),
      "lastName": .text(lead.person.lastName), "phoneNumber": .string(lead.number.description),
      "email": .text(lead.person.email), "company": .text(lead.person.company),
      "status": .string(name(of: lead.status)),
      "attempts": JSONValue(lead.attempts), "lastCallAt": .moment(lead.lastAttemptAt),
      "nextCallAt": .moment(lead.nextAttemptAt), "metadata": .object(lead.fields),
      "createdAt": .moment(lead.createdAt), "updatedAt": .moment(lead.updatedAt),
    ]
  }

  private static func listContacts(_ inquiry: Inquiry) async throws -> Response {
    let campaign = try await inquiry.campaign()
    var query = LeadQuery(.campaign(campaign.id))
    if let name = inquiry.query["status"]?.string {
      query.statuses = Set(Lead.Status.allCases.filter { self.name(of: $0) == name })
    }
    if let search = inquiry.query["search"]?.string, !search.isEmpty { query.search = search }
    let page = try await inquiry.storage.leads(query, page: inquiry.page(limit: pageLimit))
    return answer(
      "contacts", page.elements.map { value(of: $0) }, total: page.total, to: inquiry,
      adding: ["campaignId": .string(campaignID.text(campaign.id))])
  }

  // MARK: Adding

  private static func addContacts(_ inquiry: Inquiry) async throws -> Response {
    let campaign = try await inquiry.campaign()
    let given = try await inquiry.service.add(
      inquiry.body["contacts"]?.array ?? [], fitting: newContact, to: campaign.id
    ) { contact throws(Refusal) in
      var lead = try inquiry.service.lead(calling: contact["phoneNumber"]?.string ?? "", field: "phoneNumber")
      lead.person = Person(
        firstName: contact["firstName"]?.string, lastName: contact["lastName"]?.string,
        email: contact["email"]?.string, company: contact["company"]?.string)
      lead.fields = contact["metadata"]?.object ?? [:]
      return lead
    }
    return answer(
      [
        "campaignId": .string(campaignID.text(campaign.id)), "added": JSONValue(given.added),
        "total": JSONValue(given.total),
        "errors": .array(given.refused.map { ["row": JSONValue($0.index + 1), "error": .string($0.reason)] }),
      ], message: "Contacts added successfully")
  }

  private static func uploadContacts(_ inquiry: Inquiry) async throws -> Response {
    let campaign = try await inquiry.campaign()
    return try await Upload.receiving(inquiry) { upload in
      let errors = try SpooledRows(in: upload, upTo: inquiry.service.configuration.maximumUploadBytes) { row, _ in
        ["row": JSONValue(row.row), "error": .string(row.reason)]
      }
      var options = LeadImporter.Options()
      options.defaultRegion = inquiry.service.configuration.defaultRegion?.description
      options.knowsRepeats = false
      options.keptRefusals = 0
      let result = try await upload.importing(into: campaign.id, with: options, refusals: errors, on: inquiry)
      return errors.response(with: [
        "success": true, "message": "Contacts added successfully",
        "campaignId": .string(campaignID.text(campaign.id)), "added": JSONValue(result.tally.inserted),
        "total": JSONValue(result.tally.total),
      ])
    }
  }
}
