import CampaignKit
import JSON
import WebServer

extension V1 {
  static let actions = [
    Operation(
      .post, "/campaigns/{id}/start", "Starts a campaign", tag: "campaigns", access: .changing,
      success: Operation.Success(
        .ok,
        .object([
          .required("success", .flag), .required("message", .text()),
          .required(
            "data",
            .object([
              .required("campaignId", .anyText), .required("totalLeads", .count),
              .required("maxConcurrent", .count.nullable),
            ])),
        ])), refusals: [.state], answer: start),
    action("stop", "Stops a campaign for good", "Campaign stopped successfully") { try await $0.cancel($1) }
      .unlimited,
    action("pause", "Lets a campaign place no further call for a while", "Campaign paused successfully") {
      try await $0.pause($1)
    }
    .unlimited,
    action("resume", "Goes on with a paused campaign", "Campaign resumed successfully") { try await $0.resume($1) },
    Operation(
      .get, "/campaigns/{id}/stats", "Counts leads and calls", tag: "campaigns", access: .reading,
      success: success(statsSchema), answer: stats),
  ]

  private static func action(
    _ name: String, _ summary: String, _ message: String,
    _ act: @escaping @Sendable (CampaignEngine, Campaign.ID) async throws -> Campaign
  ) -> Operation {
    Operation(
      .post, "/campaigns/{id}/\(name)", summary, tag: "campaigns", access: .changing, success: V1.message,
      refusals: [.state]
    ) { inquiry in
      let campaign = try await inquiry.campaign()
      // The model lets a draft be given up; the document lets only what was started be stopped.
      if campaign.status == .draft {
        throw Refusal(.state, "a campaign that is a draft cannot \(name); start it first")
      }
      _ = try await act(inquiry.engine, campaign.id)
      return answer(message)
    }
  }

  private static func start(_ inquiry: Inquiry) async throws -> Response {
    let campaign = try await inquiry.campaign()
    let started = try await inquiry.service.start(campaign, callerField: "DEFAULT_CALLER_ID of the server")
    return .json([
      "success": true, "message": "Campaign started successfully",
      "data": [
        "campaignId": .string(campaignID.text(started.id)),
        "totalLeads": JSONValue(try await inquiry.storage.leadCounts(of: started.id)?.total ?? 0),
        "maxConcurrent": .whole(started.pacing.maximumConcurrentCalls),
      ],
    ])
  }

  private static let statsSchema = Schema.object([
    .required("totalLeads", .count), .required("pending", .count), .required("calling", .count),
    .required("completed", .count), .required("failed", .count), .required("totalCalls", .count),
    .required("successfulCalls", .count), .required("failedCalls", .count),
    .required("averageDuration", .integer(0...Int.max).described("In milliseconds.")),
    .required(
      "realtime",
      .object([
        .required("total", .count), .required("completed", .count), .required("failed", .count),
        .required("active", .count), .required("pending", .count),
      ])),
  ])

  private static func stats(_ inquiry: Inquiry) async throws -> Response {
    let campaign = try await inquiry.campaign()
    let leads = try await inquiry.storage.leadCounts(of: campaign.id) ?? LeadCounts()
    let calls = try await inquiry.storage.total(of: .campaign(campaign.id))
    func count(_ name: String) -> JSONValue {
      JSONValue(Lead.Status.allCases.filter { self.name(of: $0) == name }.reduce(0) { $0 + leads[$1] })
    }
    return answer([
      "totalLeads": JSONValue(leads.total), "pending": count("pending"), "calling": count("calling"),
      "completed": count("completed"), "failed": count("failed"), "totalCalls": JSONValue(calls.endedCalls),
      "successfulCalls": JSONValue(calls.reached), "failedCalls": JSONValue(calls.failed),
      "averageDuration": JSONValue(calls.averageDuration.milliseconds),
      "realtime": [
        "total": JSONValue(leads.total), "completed": count("completed"), "failed": count("failed"),
        "active": count("calling"), "pending": count("pending"),
      ],
    ])
  }
}
