import CampaignKit
import JSON
import WebServer

extension Plivo {
  static let dashboard = [campaignList, statistics, failedCalls, bulk]

  // MARK: Campaigns

  private static let sorts: [(name: String, sort: CampaignQuery.Sort)] = [
    ("createdAt", .createdAt), ("updatedAt", .updatedAt), ("campaignName", .name), ("status", .status),
  ]
  private static let pageLimit = 20

  private static let campaignRow = Schema.object([
    .required("campaignId", identifier), .required("campaignName", .anyText), .required("status", .choice(statuses)),
    .required(
      "progress",
      .object([.required("percentage", percentage), .required("processed", .count), .required("total", .count)])),
    .required("statistics", .object([.required("connected", .count), .required("failed", .count)])),
    .required("timing", .object([.required("created", moment), .required("lastActivity", moment)])),
    .required("heartbeat", Heartbeat.schema),
  ])

  private static let campaignList = Operation(
    .get, "/dashboard/campaigns", "Lists campaigns with their progress", tag: "dashboard", access: .reading,
    query: [
      .optional("page", .page), .optional("limit", .limit(pageLimit)), .optional("status", .choice(statuses)),
      .optional("sortBy", .choice(sorts.map(\.name)).defaulting(to: "createdAt")),
      .optional("sortOrder", .choice(["asc", "desc"]).defaulting(to: "desc")),
    ],
    success: success(
      .required("campaigns", .list(of: campaignRow)),
      .required(
        "pagination",
        .object([
          .required("currentPage", .integer(1...1_000_000_000)), .required("totalPages", .count),
          .required("totalCampaigns", .count), .required("hasNext", .flag), .required("hasPrevious", .flag),
        ])),
      .required(
        "summary",
        .object([
          .required("totalActive", .count), .required("totalPaused", .count), .required("totalCompleted", .count),
        ])))
  ) { inquiry in
    let account = try inquiry.account
    var query = CampaignQuery(account: account)
    if let name = inquiry.query["status"]?.string { query.statuses = statuses(named: name) }
    query.sort = sorts.first { $0.name == inquiry.query["sortBy"]?.string }?.sort ?? .createdAt
    query.isDescending = inquiry.query["sortOrder"]?.string != "asc"
    let page = try await inquiry.storage.campaigns(query, page: inquiry.page(limit: pageLimit))
    var rows: [JSONValue] = []
    for campaign in page.elements { rows.append(try await row(of: campaign, inquiry)) }
    let counts = try await inquiry.storage.campaignCounts(of: account)
    let current = inquiry.query["page"]?.int ?? 1
    let total = page.total ?? rows.count
    let pages = inquiry.pages(of: total, limit: pageLimit)
    return answer([
      "campaigns": .array(rows),
      "pagination": [
        "currentPage": JSONValue(current), "totalPages": JSONValue(pages), "totalCampaigns": JSONValue(total),
        "hasNext": .bool(current < pages), "hasPrevious": .bool(current > 1),
      ],
      "summary": [
        "totalActive": count("running", in: counts), "totalPaused": count("paused", in: counts),
        "totalCompleted": count("completed", in: counts),
      ],
    ])
  }

  private static func row(of campaign: Campaign, _ inquiry: Inquiry) async throws -> JSONValue {
    let reports = CampaignReports(inquiry.storage)
    let progress = try await reports.progress(of: campaign)
    return [
      "campaignId": value(campaign.id), "campaignName": .string(campaign.name),
      "status": .string(name(of: campaign.status)),
      "progress": [
        "percentage": .figure(progress.percentage), "processed": JSONValue(progress.processed),
        "total": JSONValue(progress.leads.total),
      ],
      "statistics": [
        "connected": JSONValue(progress.calls.reached), "failed": JSONValue(progress.calls.failed),
      ],
      "timing": [
        "created": .moment(campaign.createdAt), "lastActivity": .moment(try await reports.lastActivity(of: campaign)),
      ],
      "heartbeat": try await inquiry.service.heartbeat(of: campaign).word,
    ]
  }

  // MARK: Statistics

  private static let statistics = Operation(
    .get, "/dashboard/stats", "Shows the account at a glance", tag: "dashboard", access: .reading,
    success: success(
      .required(
        "statistics",
        .object([
          .required(
            "campaigns",
            .object([
              .required("total", .count), .required("running", .count), .required("paused", .count),
              .required("completed", .count), .required("failed", .count),
            ])),
          .required(
            "calls",
            .object([
              .required("totalToday", .count), .required("totalThisWeek", .count),
              .required("totalThisMonth", .count), .required("successRate", percentage),
            ])),
          .required(
            "concurrency",
            .object([
              .required("currentActive", .count), .required("maxAllowed", .count),
              .required("utilizationPercentage", utilization),
            ])),
          .required(
            "performance",
            .object([
              .required("avgCampaignDuration", figure.described("In hours.")), .required("avgCallsPerMinute", figure),
              .required("systemHealth", level),
            ])),
        ])), .required("timestamp", moment))
  ) { inquiry in
    let report = try await CampaignReports(inquiry.storage).dashboard(of: try inquiry.account)
    let account = report.slots.account
    return answer([
      "statistics": [
        "campaigns": [
          "total": JSONValue(report.totalCampaigns), "running": count("running", in: report.campaigns),
          "paused": count("paused", in: report.campaigns), "completed": count("completed", in: report.campaigns),
          "failed": count("failed", in: report.campaigns),
        ],
        "calls": [
          "totalToday": JSONValue(report.today.endedCalls), "totalThisWeek": JSONValue(report.week.endedCalls),
          "totalThisMonth": JSONValue(report.month.endedCalls), "successRate": .figure(report.month.successRate),
        ],
        "concurrency": [
          "currentActive": JSONValue(account.active), "maxAllowed": JSONValue(account.limit),
          "utilizationPercentage": .figure(account.percentage),
        ],
        "performance": [
          "avgCampaignDuration": hours(report.averageCampaignDuration),
          "avgCallsPerMinute": .figure(report.callsPerMinute),
          "systemHealth": .string(
            report.slots.level(storeTakesWrites: inquiry.service.storeTakesWrites).rawValue),
        ],
      ],
      "timestamp": .moment(await inquiry.service.now()),
    ])
  }

  // MARK: Failed calls

  private static let failedCalls = Operation(
    .get, "/dashboard/failed-calls", "Tells why calls reached nobody, and what to do about it", tag: "dashboard",
    access: .reading,
    query: [
      .optional("days", .integer(1...366).defaulting(to: 7).described("How many days, today included.")),
      .optional("campaignId", identifier),
    ],
    success: success(
      .required(
        "analysis",
        .object([
          .required("totalFailed", .count),
          .required(
            "failureReasons",
            .list(
              of: .object([
                .required("reason", .text()), .required("count", .count), .required("percentage", percentage),
              ]))),
          .required(
            "recommendations",
            .list(
              of: .object([
                .required("type", .text()), .required("description", .text()), .required("priority", priority),
              ]))),
          .required(
            "trends",
            .object([
              .required(
                "dailyFailures",
                .list(of: .object([.required("date", .text(.date)), .required("count", .count)])))
            ])),
        ]))), refusals: [.notFound]
  ) { inquiry in
    var campaign: Campaign?
    if let text = inquiry.query["campaignId"]?.string { campaign = try await inquiry.plivoCampaign(text) }
    let report = try await CampaignReports(inquiry.storage).failures(
      of: try inquiry.account, campaign: campaign?.id, days: inquiry.query["days"]?.int ?? 7)
    return answer([
      "analysis": [
        "totalFailed": JSONValue(report.failed),
        "failureReasons": .array(
          report.reasons.map {
            [
              "reason": .string($0.outcome.rawValue), "count": JSONValue($0.count),
              "percentage": .figure($0.percentage),
            ]
          }),
        "recommendations": .array(report.recommendations.map { value(of: $0, text: "description") }),
        "trends": [
          "dailyFailures": .array(
            report.days.map { ["date": .string($0.date.description), "count": JSONValue($0.failed)] })
        ],
      ]
    ])
  }

  /// A piece of advice.
  static func value(of recommendation: Recommendation, text name: String) -> JSONValue {
    [
      "type": .string(recommendation.rule.rawValue), name: .string(recommendation.advice),
      "priority": .string(recommendation.priority.rawValue),
    ]
  }

  // MARK: Bulk operations

  private static let bulk = Operation(
    .post, "/dashboard/bulk-operations", "Pauses, resumes or cancels several campaigns; each by itself",
    tag: "dashboard", access: .changing,
    body: .json(
      .object([
        .required("action", .choice(["pause", "resume", "cancel"])),
        .required("campaignIds", .list(of: .text(1...100), count: 1...1000)),
        .optional("reason", .text(0...1000).nullable.described("Why, for those who look at the campaigns.")),
      ])),
    success: success(
      .required(
        "results",
        .object([
          .required("successful", .list(of: .anyText)),
          .required(
            "failed", .list(of: .object([.required("campaignId", .anyText), .required("error", .anyText)]))),
        ])),
      .required(
        "summary",
        .object([.required("total", .count), .required("successful", .count), .required("failed", .count)])))
  ) { inquiry in
    let ids = (inquiry.body["campaignIds"]?.array ?? []).compactMap(\.string)
    var successful: [JSONValue] = []
    var failed: [JSONValue] = []
    for id in ids {
      do {
        try await act(inquiry.body["action"]?.string ?? "", on: try await inquiry.plivoCampaign(id), inquiry)
        successful.append(.string(id))
      } catch {
        failed.append(["campaignId": .string(id), "error": .string(Refusal(error).message)])
      }
    }
    return answer([
      "results": ["successful": .array(successful), "failed": .array(failed)],
      "summary": [
        "total": JSONValue(ids.count), "successful": JSONValue(successful.count), "failed": JSONValue(failed.count),
      ],
    ])
  }
  .unlimited

  private static func act(_ action: String, on campaign: Campaign, _ inquiry: Inquiry) async throws {
    let reason = inquiry.body["reason"]?.string
    switch action {
    case "pause": try await inquiry.pause(campaign, reason: reason)
    case "resume": try await inquiry.resume(campaign)
    default: _ = try await inquiry.engine.cancel(campaign.id, reason: reason)
    }
  }
}
