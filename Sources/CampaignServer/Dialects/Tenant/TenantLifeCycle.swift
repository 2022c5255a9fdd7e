import CampaignKit
import JSON

extension Tenant {
  /// What moves a campaign through its life.
  static let lifeCycle = [
    action("start", "Starts a campaign, or goes on with one that is paused", "started") { inquiry, campaign in
      if campaign.status == .paused {
        try await inquiry.engine.resume(campaign.id)
      } else {
        try await inquiry.service.start(campaign, callerField: "caller_id")
      }
    },
    action("pause", "Places no further call until the campaign is resumed", "paused") { inquiry, campaign in
      try await inquiry.engine.pause(campaign.id)
    }
    .unlimited,
    action("resume", "Goes on with a campaign that is paused", "resumed") { inquiry, campaign in
      try await inquiry.engine.resume(campaign.id)
    },
    action("cancel", "Gives a campaign up; leads that wait are cancelled", "cancelled") { inquiry, campaign in
      try await inquiry.engine.cancel(campaign.id)
    }
    .unlimited,
  ]

  private static func action(
    _ name: String, _ summary: String, _ past: String,
    _ act: @escaping @Sendable (Inquiry, Campaign) async throws -> Campaign
  ) -> Operation {
    Operation(
      .post, "/campaigns/{id}/\(name)", summary, tag: "campaigns", access: .changing,
      success: answer(.ok, message, .required("campaign", campaign)), refusals: [.state]
    ) { inquiry in
      let view = try await inquiry.tenantView()
      let moved: Campaign
      do {
        moved = try await act(inquiry, try await inquiry.campaign())
      } catch let error as EngineError where !error.schedule.isEmpty {
        throw Refusal(schedule: error.schedule)
      }
      return done([
        "message": .string("Campaign \(past) successfully"),
        "campaign": try await view.campaign(moved, in: inquiry.storage),
      ])
    }
  }
}

extension Refusal {
  /// A refusal of a schedule that never opens again, in the fields of the dialect `tenant`.
  fileprivate init(schedule problems: [ScheduleProblem]) {
    let told = problems.map { problem in
      switch problem {
      case .ended(let end): Problem("schedule_end", "has passed (\(end)); move it, or send null")
      case .startNotBeforeEnd(let start, let end):
        Problem("schedule_start", "is \(start), not before schedule_end, \(end); move one of them")
      case .unknownZone(let name, _): Problem("timezone", "is '\(name)', which is no time zone; send an IANA name")
      case .noDays: Problem("calling_days", "names no day of the week; send at least one")
      case .neverOpens, .unknownDay:
        Problem("schedule_start", "and schedule_end leave no hour on the days on which the campaign calls; move one")
      }
    }
    self.init(.state, told.map(\.description).joined(separator: "; "))
    self.problems = told
  }
}
