import CampaignKit
import JSON
import WebServer

extension Tenant {
  /// Finding and changing leads.
  static let leads = [listLeads, leadTemplate, updateLead]

  private static let listLeads = Operation(
    .get, "/leads", "Lists the leads of a campaign, the oldest first", tag: "leads", access: .reading,
    query: [
      .required("campaign_id", .text(1...64)),
      .optional("status", .choice(TenantLeadStatus.allCases.map(\.rawValue))),
    ] + paging, success: answer(.ok, .required("leads", .list(of: lead)), counted, total), refusals: [.notFound]
  ) { inquiry in
    let view = try await inquiry.tenantView()
    guard case .one(let id) = try inquiry.wanted("campaign_id", Campaign.self) else {
      throw Refusal.notFound("campaign")
    }
    let campaign = try await inquiry.service.campaign(id, of: view.account.id)
    var query = LeadQuery(.campaign(id))
    if let status = inquiry.query["status"]?.string.flatMap({ TenantLeadStatus(rawValue: $0) }) {
      query.statuses = status.leads(in: campaign.status)
      if query.statuses.isEmpty { return done(["leads": [], "count": 0, "total": 0]) }
    }
    let page = try await inquiry.storage.leads(query, page: inquiry.window(limit: 50))
    var rows: [JSONValue] = []
    for lead in page.elements { rows.append(try await view.lead(lead, of: campaign.status, in: inquiry.storage)) }
    return done(["leads": .array(rows), "count": value(rows.count), "total": value(page.total ?? rows.count)])
  }

  private static let leadTemplate = Operation(
    .get, "/leads/template/csv", "A file with the columns that an upload may have", tag: "leads", access: .reading,
    success: Operation.Success(.ok, .text(), mediaType: "text/csv")
  ) { _ in
    var writer = CSVWriter()
    writer.write([
      "phone", "first_name", "last_name", "email", "country", "company", "type", "priority", "notes", "do_not_call",
    ])
    return Response(
      contentType: "text/csv; charset=utf-8",
      fields: ["Content-Disposition": "attachment; filename=\"leads-template.csv\""], body: .bytes(writer.take()))
  }

  private static let changes = Schema.object([
    .optional("first_name", .text(0...1000).nullable), .optional("last_name", .text(0...1000).nullable),
    .optional("email", .text(0...254).nullable), .optional("country", .text(0...100).nullable),
    .optional("type", .text(0...1000).nullable), .optional("priority", .choice(priorities)),
    .optional("notes", .text(0...100_000).nullable),
    .optional("custom_fields", .freeObject.described("In place of those that there are.")),
    .optional(
      "do_not_call",
      .flag.described("True puts the number on the do-not-call list; false is refused where it is on the list.")),
    .optional("phone", .text(1...40).described("Cannot be changed; it may be sent as it is.")),
  ])

  private static let updateLead = Operation(
    .put, "/leads/{id}", "Changes what is known of a lead", tag: "leads", access: .changing, body: .json(changes),
    success: answer(.ok, .required("lead", lead)), refusals: [.state]
  ) { inquiry in
    let view = try await inquiry.tenantView()
    let old = try await inquiry.service.lead(try inquiry.identifier(of: "lead"), of: view.account.id)
    let body = inquiry.body
    try await check(body, against: old, inquiry)
    if body["do_not_call"] == true {
      try await inquiry.engine.suppress([
        Suppression(
          .number(old.number), account: view.account.id, source: "leads", reason: "asked for on a lead",
          addedAt: await inquiry.service.now())
      ])
    }
    let changed = try await inquiry.storage.update(old.id, with: leadChanges(body, of: old))
    let campaign = try await inquiry.service.campaign(changed.campaign, of: view.account.id)
    return done(["lead": try await view.lead(changed, of: campaign.status, in: inquiry.storage)])
  }

  /// Refuses what cannot be changed of a lead.
  private static func check(_ body: JSONObject, against lead: Lead, _ inquiry: Inquiry) async throws {
    if let phone = body["phone"]?.string,
      try inquiry.service.phoneNumber(phone, field: "phone", country: lead.person.country) != lead.number
    {
      throw Refusal.invalid("phone", "cannot be changed; add a lead with the other number")
    }
    guard body["do_not_call"] == false else { return }
    let entry = try await inquiry.storage.suppression(of: lead.number, for: lead.account)
    guard entry == nil, lead.status != .suppressed else {
      var refusal = Refusal(
        .state, "do_not_call cannot be taken back here; take the number off with DELETE /dnc and add the lead again")
      refusal.problems = [Problem("do_not_call", "cannot be taken back here")]
      throw refusal
    }
  }

  private static func leadChanges(_ body: JSONObject, of lead: Lead) -> LeadChanges {
    var changes = LeadChanges()
    var person = lead.person
    if let value = body["first_name"] { person.firstName = value.string }
    if let value = body["last_name"] { person.lastName = value.string }
    if let value = body["email"] { person.email = value.string }
    if let value = body["country"] { person.country = value.string }
    if var fields = body["custom_fields"]?.object {
      // A company that is no text stays a field like the others.
      person.company = fields["company"]?.string
      if person.company != nil { fields["company"] = nil }
      changes.fields = fields
    }
    if person != lead.person { changes.person = person }
    if let value = body["type"] { changes.type = .some(value.string) }
    if let value = body["notes"] { changes.notes = .some(value.string) }
    // Other dialects know more places than three; one that has this word already stays.
    if let value = body["priority"]?.string, value != priority(lead.priority) {
      changes.priority = value == "high" ? -1 : value == "low" ? 1 : 0
    }
    return changes
  }
}
