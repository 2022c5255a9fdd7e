import CampaignKit
import JSON
import WebServer

extension V1 {
  static let campaigns = [
    Operation(
      .post, "/campaigns", "Creates a campaign", tag: "campaigns", access: .changing, body: .json(creation),
      success: success(campaignSchema, status: .created), answer: create),
    Operation(
      .get, "/campaigns", "Lists campaigns, the newest first", tag: "campaigns", access: .reading,
      query: [.optional("status", .choice(statuses))] + paging(10),
      success: list(of: campaignSchema.adding([.required("_count", countSchema)])), answer: list),
    Operation(
      .get, "/campaigns/{id}", "Shows a campaign with its first 1,000 leads and its agents", tag: "campaigns",
      access: .reading,
      success: success(
        campaignSchema.adding([
          .required("_count", countSchema), .required("campaignAgents", .list(of: assignmentSchema)),
          .required("leads", .list(of: leadSchema)),
        ])), answer: show),
    Operation(
      .put, "/campaigns/{id}", "Changes a campaign that is not active", tag: "campaigns", access: .changing,
      body: .json(update), success: success(campaignSchema), refusals: [.state], answer: change),
    Operation(
      .delete, "/campaigns/{id}", "Deletes a campaign that is not active, and its leads", tag: "campaigns",
      access: .changing, success: message, refusals: [.state], answer: delete),
  ]

  private static func create(_ inquiry: Inquiry) async throws -> Response {
    let service = inquiry.service
    let account = try await service.account(try inquiry.account)
    let now = try await inquiry.storage.now()
    var campaign = Campaign(
      id: service.identifiers.next(at: now), account: account.id, name: "", createdAt: now)
    campaign.compliance.keepsLegalHours = service.configuration.keepsLegalHours
    campaign.retries.retried = []
    apply(inquiry.body, to: &campaign)
    let created = try await inquiry.engine.create(campaign)
    return answer(.object(value(of: created, calls: Rollup(), in: account)), status: .created)
  }

  private static func list(_ inquiry: Inquiry) async throws -> Response {
    let account = try await inquiry.service.account(try inquiry.account)
    var query = CampaignQuery(account: account.id)
    if let name = inquiry.query["status"]?.string { query.statuses = statuses(named: name) }
    let page = try await inquiry.storage.campaigns(query, page: inquiry.page(limit: 10))
    var rows: [JSONValue] = []
    for campaign in page.elements { rows.append(.object(try await row(of: campaign, in: account, inquiry))) }
    return answer(rows, total: page.total, limit: 10, to: inquiry)
  }

  /// A campaign with its counts.
  private static func row(of campaign: Campaign, in account: Account, _ inquiry: Inquiry) async throws -> JSONObject {
    var row = value(of: campaign, calls: try await inquiry.storage.total(of: .campaign(campaign.id)), in: account)
    row["_count"] = [
      "leads": JSONValue(try await inquiry.storage.leadCounts(of: campaign.id)?.total ?? 0),
      "campaignAgents": JSONValue(try await inquiry.service.agents(of: campaign).count),
    ]
    return row
  }

  private static let shownLeads = 1000

  private static func show(_ inquiry: Inquiry) async throws -> Response {
    let account = try await inquiry.service.account(try inquiry.account)
    let campaign = try await inquiry.campaign()
    var row = try await row(of: campaign, in: account, inquiry)
    row["campaignAgents"] = .array(
      try await inquiry.service.agents(of: campaign).map { assignment(of: $0, to: campaign) })
    // The leads go out as they are read.
    let head = "{\"success\":true,\"data\":\(JSONValue.object(row).serialized().dropLast()),\"leads\":["
    let storage = inquiry.storage
    return Response(
      contentType: "application/json",
      body: .stream(length: nil) { writer in
        try await writer.write(head)
        var request = PageRequest(limit: 100)
        var count = 0
        while count < shownLeads {
          let page = try await storage.leads(LeadQuery(.campaign(campaign.id)), page: request)
          var piece = page.elements.map { JSONValue.object(value(of: $0)).serialized() }.joined(separator: ",")
          if count > 0, !piece.isEmpty { piece = "," + piece }
          try await writer.write(piece)
          count += page.elements.count
          guard let next = page.next else { break }
          request.start = .cursor(next)
        }
        try await writer.write("]}}")
      })
  }

  private static func change(_ inquiry: Inquiry) async throws -> Response {
    let account = try await inquiry.service.account(try inquiry.account)
    let id: Campaign.ID = try inquiry.identifier(of: "campaign")
    let changed = try await inquiry.service.change(id, of: account.id) { campaign in
      try refuseActive(campaign, "changed")
      apply(inquiry.body, to: &campaign)
    }
    let calls = try await inquiry.storage.total(of: .campaign(id))
    return answer(.object(value(of: changed, calls: calls, in: account)))
  }

  private static func delete(_ inquiry: Inquiry) async throws -> Response {
    let campaign = try await inquiry.campaign()
    try refuseActive(campaign, "deleted")
    try await inquiry.storage.delete(campaign.id)
    return answer("Campaign deleted successfully")
  }

  /// Refuses what the document forbids while a campaign is active.
  static func refuseActive(_ campaign: Campaign, _ what: String) throws(Refusal) {
    guard name(of: campaign.status) == "active" else { return }
    throw Refusal(.state, "a campaign that is active cannot be \(what); pause or stop it first")
  }
}
