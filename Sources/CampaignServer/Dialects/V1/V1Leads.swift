import CampaignKit
import JSON
import WebServer

extension V1 {
  private static let metadata = Schema.either(.freeObject, .text(0...100_000)).nullable
    .described("An object, or a text; it is given back as a text.")

  private static let details: [Schema.Property] = [
    .optional("name", .text(0...200).nullable), .optional("priority", .integer(0...1_000_000).defaulting(to: 1)),
    .optional("metadata", metadata),
  ]

  private static let newLead = Schema.object([.required("phoneNumber", .name(64).like("+919529117230"))] + details)

  private static let leadPath = "/campaigns/{id}/leads/{leadId}"

  static let leads = [
    Operation(
      .post, "/campaigns/{id}/leads", "Adds a lead", tag: "leads", access: .changing, body: .json(newLead),
      success: success(leadSchema, status: .created), refusals: [.state, .duplicate], answer: addLead),
    Operation(
      .post, "/campaigns/{id}/leads/bulk", "Adds leads; those that cannot be added are left out", tag: "leads",
      access: .changing,
      body: .json(
        .object([
          .required("leads", .list(of: .anything, count: 1...LeadInsertion.maximumCount).described("As for one lead."))
        ])),
      success: success(
        .object([
          .required("created", .count), .required("total", .count),
          .optional(
            "errors",
            .list(of: .object([.required("index", .count.described("From 0.")), .required("error", .anyText)]))
              .described("The leads that were left out.")),
        ])), refusals: [.state], answer: addLeads),
    uploadLeads,
    Operation(
      .get, "/campaigns/{id}/leads", "Lists leads in the order in which they were added", tag: "leads",
      access: .reading, query: [.optional("status", .choice(leadStatuses))] + paging(50),
      success: list(of: leadSchema), answer: listLeads),
    Operation(
      .get, leadPath, "Shows a lead and its last 100 calls, the newest first", tag: "leads", access: .reading,
      success: success(leadSchema.adding([.required("calls", .list(of: callSchema))])), answer: showLead),
    Operation(
      .put, leadPath, "Changes a lead", tag: "leads", access: .changing, body: .json(Schema.object(details).partial),
      success: success(leadSchema), answer: changeLead),
    Operation(
      .delete, leadPath, "Deletes a lead that has no call", tag: "leads", access: .changing, success: message,
      refusals: [.state]
    ) { inquiry in
      try await inquiry.storage.delete(try await lead(inquiry).id)
      return answer("Lead deleted successfully")
    },
    Operation(
      .delete, "/campaigns/{id}/leads", "Deletes all leads of a campaign that is not active", tag: "leads",
      access: .changing, success: message, refusals: [.state]
    ) { inquiry in
      let campaign = try await inquiry.campaign()
      try refuseActive(campaign, "emptied")
      let count = try await inquiry.storage.deleteLeads(of: campaign.id)
      return answer("\(count) leads deleted successfully")
    },
  ]

  /// The lead that the path names, if it belongs to the campaign that the path names.
  private static func lead(_ inquiry: Inquiry) async throws -> Lead {
    let campaign = try await inquiry.campaign()
    let id: Lead.ID = try inquiry.identifier("leadId", of: "lead")
    let lead = try await inquiry.service.lead(id, of: campaign.account)
    guard lead.campaign == campaign.id else { throw Refusal.notFound("lead") }
    return lead
  }

  /// The lead that an object describes which fits the schema.
  private static func newLead(_ body: JSONObject, for service: CampaignService) throws(Refusal) -> NewLead {
    var lead = try service.lead(calling: body["phoneNumber"]?.string ?? "", field: "phoneNumber")
    lead.person.firstName = body["name"]?.string
    lead.priority = priority(body["priority"]?.int ?? usualPriority)
    lead.fields = V1Metadata.fields(of: body["metadata"] ?? .null)
    return lead
  }

  private static func priority(_ number: Int) -> Int32 { Int32(clamping: number - usualPriority) }

  private static func addLead(_ inquiry: Inquiry) async throws -> Response {
    let campaign = try await inquiry.campaign()
    let lead = try newLead(inquiry.body, for: inquiry.service)
    let outcomes = try await inquiry.storage.insert([lead], into: campaign.id, options: LeadInsertion()).outcomes
    guard case .inserted(let id, _)? = outcomes.first else {
      throw outcomes.first?.refusal ?? Refusal(.failed, "the lead was not added")
    }
    let added = try await inquiry.service.lead(id, of: campaign.account)
    return answer(.object(value(of: added)), status: .created)
  }

  private static func addLeads(_ inquiry: Inquiry) async throws -> Response {
    let campaign = try await inquiry.campaign()
    let given = try await inquiry.service.add(
      inquiry.body["leads"]?.array ?? [], fitting: newLead, to: campaign.id
    ) { body throws(Refusal) in try newLead(body, for: inquiry.service) }
    var data: JSONObject = ["created": JSONValue(given.added), "total": JSONValue(given.total)]
    if !given.refused.isEmpty {
      data["errors"] = .array(given.refused.map { ["index": JSONValue($0.index), "error": .string($0.reason)] })
    }
    return answer(.object(data))
  }

  private static func listLeads(_ inquiry: Inquiry) async throws -> Response {
    let campaign = try await inquiry.campaign()
    var query = LeadQuery(.campaign(campaign.id))
    if let name = inquiry.query["status"]?.string { query.statuses = leadStatuses(named: name) }
    let page = try await inquiry.storage.leads(query, page: inquiry.page(limit: 50))
    return answer(page.elements.map { .object(value(of: $0)) }, total: page.total, limit: 50, to: inquiry)
  }

  private static func showLead(_ inquiry: Inquiry) async throws -> Response {
    let lead = try await lead(inquiry)
    let query = CallQuery(account: lead.account, lead: lead.id)
    var shown = value(of: lead)
    shown["calls"] = .array(
      try await inquiry.storage.calls(query, page: PageRequest(limit: 100)).elements.map { value(of: $0) })
    return answer(.object(shown))
  }

  private static func changeLead(_ inquiry: Inquiry) async throws -> Response {
    let lead = try await lead(inquiry)
    var changes = LeadChanges()
    if let name = inquiry.body["name"] {
      var person = lead.person
      person.firstName = name.string
      person.lastName = nil
      changes.person = person
    }
    if let number = inquiry.body["priority"]?.int { changes.priority = priority(number) }
    if let metadata = inquiry.body["metadata"] { changes.fields = V1Metadata.fields(of: metadata) }
    return answer(.object(value(of: try await inquiry.storage.update(lead.id, with: changes))))
  }
}
