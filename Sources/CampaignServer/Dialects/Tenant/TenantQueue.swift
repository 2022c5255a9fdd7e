import CampaignKit
import JSON
import WebServer

extension Tenant {
  /// The leads of campaigns, seen as work.
  static let queue = [listQueue, queueStatistics, campaignQueue, getQueueItem, cancelQueueItem]

  private static let item = Schema.object([
    .required("id", id), .required("campaign_id", id), .required("contact_id", id), .required("phone_number", text),
    .required("name", text), .required("status", .choice(QueueStatus.allCases.map(\.rawValue))),
    .required("created_at", moment), .required("updated_at", moment),
  ])

  private static func item(_ lead: Lead) -> JSONValue {
    [
      "id": value(lead.id), "campaign_id": value(lead.campaign), "contact_id": value(lead.contact),
      "phone_number": .string(lead.number.description), "name": .string(lead.person.fullName ?? ""),
      "status": .string(QueueStatus(lead.status).rawValue), "created_at": value(lead.createdAt),
      "updated_at": value(lead.updatedAt),
    ]
  }

  private static let status = Operation.Parameter.optional(
    "status", .choice(QueueStatus.allCases.map(\.rawValue)))

  private static let listQueue = Operation(
    .get, "/queue", "Lists the items of the queue, the oldest first", tag: "queue", access: .reading,
    query: [status, .optional("campaign_id", .text(1...64))] + paging,
    success: answer(.ok, .required("queue_items", .list(of: item)), counted, total)
  ) { inquiry in
    let none = done(["queue_items": [], "count": 0, "total": 0])
    switch try inquiry.wanted("campaign_id", Campaign.self) {
    case .all: return try await items(.account(try inquiry.account), inquiry)
    case .nothing: return none
    case .one(let id):
      guard try await inquiry.storage.campaign(id)?.account == (try inquiry.account) else { return none }
      return try await items(.campaign(id), inquiry)
    }
  }

  private static let campaignQueue = Operation(
    .get, "/queue/campaign/{campaignId}", "Lists the items of a campaign, the oldest first", tag: "queue",
    access: .reading, query: [status] + paging,
    success: answer(.ok, .required("queue_items", .list(of: item)), counted, total)
  ) { inquiry in
    try await items(.campaign(try await inquiry.campaign("campaignId").id), inquiry)
  }

  private static func items(_ scope: LeadQuery.Scope, _ inquiry: Inquiry) async throws -> Response {
    let status = inquiry.query["status"]?.string.flatMap { QueueStatus(rawValue: $0) }
    let query = LeadQuery(scope, statuses: status?.leads ?? [])
    let page = try await inquiry.storage.leads(query, page: inquiry.window(limit: 50))
    return done([
      "queue_items": .array(page.elements.map { item($0) }), "count": value(page.elements.count),
      "total": value(page.total ?? page.elements.count),
    ])
  }

  private static let queueStatistics = Operation(
    .get, "/queue/statistics", "Counts the items of the queue by status", tag: "queue", access: .reading,
    success: answer(.ok, .required("statistics", .object(queueCounts)))
  ) { inquiry in
    let account = try inquiry.account
    var sum = LeadCounts()
    try await inquiry.everyPage { page in
      let page = try await inquiry.storage.campaigns(CampaignQuery(account: account), page: page)
      for campaign in page.elements {
        guard let counts = try await inquiry.storage.leadCounts(of: campaign.id) else { continue }
        for status in Lead.Status.allCases { sum[status] += counts[status] }
      }
      return page.next
    }
    return done(["statistics": .object(QueueStatus.counts(sum))])
  }

  private static let getQueueItem = Operation(
    .get, "/queue/{id}", "Shows an item of the queue", tag: "queue", access: .reading,
    success: answer(.ok, .required("queue_item", item))
  ) { inquiry in
    let id = try inquiry.identifier(of: "queue item", as: Lead.self)
    return done(["queue_item": item(try await inquiry.service.lead(id, of: try inquiry.account))])
  }

  private static let cancelQueueItem = Operation(
    .delete, "/queue/{id}", "Takes an item out; one with a call goes with the end of the call", tag: "queue",
    access: .changing, success: answer(.ok, message, .required("queue_item", item)), refusals: [.state]
  ) { inquiry in
    let id = try inquiry.identifier(of: "queue item", as: Lead.self)
    let lead = try await inquiry.service.lead(id, of: try inquiry.account)
    let ended = try await inquiry.storage.end(lead.id, on: .cancel)
    return done(["message": "Queue item cancelled successfully", "queue_item": item(ended)])
  }
  .unlimited
}
