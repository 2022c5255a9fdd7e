import CampaignKit
import JSON
import WebServer

extension Voice {
  static let actions = [
    action("start", "Starts a campaign", "Campaign started successfully", "active", \.startedAt, "startedAt") {
      try await $1.service.start($0, callerField: "phoneNumber")
    },
    action(
      "pause", "Lets a campaign place no further call for a while", "Campaign paused successfully", "paused",
      \.pausedAt, "pausedAt", takesReason: true
    ) { try await $1.engine.pause($0.id, reason: $1.body["reason"]?.string) }
    .unlimited,
    action(
      "resume", "Goes on with a paused campaign", "Campaign resumed successfully", "active", \.resumedAt, "resumedAt"
    ) {
      try await $1.engine.resume($0.id)
    },
    action(
      "end", "Completes a campaign before all contacts were called", "Campaign ended successfully", "completed",
      \.endedAt, "endedAt", takesReason: true
    ) { try await $1.engine.end($0.id, reason: $1.body["reason"]?.string) }
    .unlimited,
  ]

  private static let reason = Schema.object([
    .optional("reason", .text(0...1000).nullable.described("Why, for those who look at the campaign."))
  ])

  private static func action(
    _ name: String, _ summary: String, _ message: String, _ status: String,
    _ moment: @escaping @Sendable (Campaign) -> Timestamp?, _ momentName: String, takesReason: Bool = false,
    _ act: @escaping @Sendable (Campaign, Inquiry) async throws -> Campaign
  ) -> Operation {
    Operation(
      .post, "/campaigns/{id}/\(name)", summary, tag: "campaigns", access: .changing,
      body: takesReason ? .json(reason, mayBeEmpty: true) : .none,
      success: success(
        [.required("status", .choice([status])), .required(momentName, .text(.moment).nullable)], hasMessage: true),
      refusals: [.state]
    ) { inquiry in
      let campaign = try await act(try await inquiry.campaign(), inquiry)
      return answer(["status": .string(status), momentName: .moment(moment(campaign))], message: message)
    }
  }
}
