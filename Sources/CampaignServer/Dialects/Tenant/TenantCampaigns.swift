import CampaignKit
import JSON

extension Tenant {
  /// Making, finding, changing and removing campaigns.
  static let campaigns = [createCampaign, listCampaigns, campaignSummary, getCampaign, updateCampaign, deleteCampaign]

  private static let tag = "campaigns"

  private static let createCampaign = Operation(
    .post, "/campaigns", "Creates a campaign", tag: tag, access: .changing,
    body: .json(
      .object(
        settings + [
          .optional(
            "contact_ids",
            .list(of: .text(1...64)).described("Contacts that become its leads, in this order."))
        ])), success: answer(.created, .required("campaign", campaign)), refusals: [.duplicate]
  ) { inquiry in
    let view = try await inquiry.tenantView()
    let leads = try await inquiry.leads(of: inquiry.body["contact_ids"]?.array ?? [])
    let campaign = try await inquiry.service.makeTenantCampaign(inquiry.body, view, leads: leads).campaign
    return done(["campaign": try await view.campaign(campaign, in: inquiry.storage)], .created)
  }

  private static let listCampaigns = Operation(
    .get, "/campaigns", "Lists campaigns, the newest first", tag: tag, access: .reading,
    query: [.optional("status", .choice(Campaign.Status.allCases.map(\.rawValue)))] + paging,
    success: answer(.ok, .required("campaigns", .list(of: campaign)), counted, total)
  ) { inquiry in
    let view = try await inquiry.tenantView()
    let status = inquiry.query["status"]?.string.flatMap { Campaign.Status(rawValue: $0) }
    let query = CampaignQuery(account: view.account.id, statuses: status.map { [$0] } ?? [])
    let page = try await inquiry.storage.campaigns(query, page: inquiry.window(limit: 50))
    var rows: [JSONValue] = []
    for campaign in page.elements { rows.append(try await view.campaign(campaign, in: inquiry.storage)) }
    return done(["campaigns": .array(rows), "count": value(rows.count), "total": value(page.total ?? rows.count)])
  }

  private static let campaignSummary = Operation(
    .get, "/campaigns/summary", "Counts campaigns by status", tag: tag, access: .reading,
    success: answer(
      .ok,
      .required("summary", .object(Campaign.Status.allCases.map { .required($0.rawValue, count) } + [total])))
  ) { inquiry in
    let counts = try await inquiry.storage.campaignCounts(of: try inquiry.account)
    var summary = JSONObject()
    for status in Campaign.Status.allCases { summary[status.rawValue] = value(counts[status] ?? 0) }
    summary["total"] = value(counts.values.reduce(0, +))
    return done(["summary": .object(summary)])
  }

  private static let getCampaign = Operation(
    .get, "/campaigns/{id}", "Shows a campaign", tag: tag, access: .reading,
    success: answer(.ok, .required("campaign", campaign))
  ) { inquiry in
    let view = try await inquiry.tenantView()
    return done(["campaign": try await view.campaign(try await inquiry.campaign(), in: inquiry.storage)])
  }

  /// What of an active campaign may be changed: its name, its description, its days and hours, its end and how
  /// many calls it has.
  private static let liveSettings: Set<String> = [
    "name", "campaign_name", "description", "calling_hours_start", "calling_hours_end", "first_call_time",
    "last_call_time", "calling_days", "schedule_end", "end_date", "daily_calls_per_caller_id",
    "max_concurrent_calls",
  ]

  private static let updateCampaign = Operation(
    .put, "/campaigns/{id}", "Changes the settings of a campaign that are named", tag: tag, access: .changing,
    body: .json(.object(settings)), success: answer(.ok, .required("campaign", campaign)), refusals: [.state]
  ) { inquiry in
    let view = try await inquiry.tenantView()
    let id = try inquiry.identifier(of: "campaign", as: Campaign.self)
    let updated = try await inquiry.service.change(id, of: view.account.id) { campaign in
      let before = view.settings(of: campaign)
      try TenantCampaignSettings.apply(inquiry.body, to: &campaign, view, inquiry.service)
      guard campaign.status == .active else { return }
      let after = view.settings(of: campaign)
      let frozen = inquiry.body.keys.filter { !liveSettings.contains($0) && before[$0] != after[$0] }
      guard frozen.isEmpty else {
        let names = frozen.joined(separator: ", ")
        var refusal = Refusal(.state, "\(names) cannot be changed while the campaign is active")
        refusal.problems = frozen.map { Problem($0, "cannot be changed while the campaign is active; pause it first") }
        throw refusal
      }
    }
    return done(["campaign": try await view.campaign(updated, in: inquiry.storage)])
  }

  private static let deleteCampaign = Operation(
    .delete, "/campaigns/{id}", "Removes a campaign that is not active, and its leads", tag: tag, access: .changing,
    success: answer(.ok, message), refusals: [.state]
  ) { inquiry in
    try await inquiry.storage.delete(try await inquiry.campaign().id)
    return done(["message": "Campaign deleted successfully"])
  }
}

extension CampaignService {
  /// Makes a draft with its leads, or nothing.
  ///
  /// - Parameters:
  ///   - body: The settings.
  ///   - view: The account's view.
  ///   - retries: When a lead is tried again, where the body does not say it.
  ///   - leads: The leads.
  /// - Returns: The draft, and what became of each lead.
  /// - Throws: A ``Refusal`` for settings that are not acceptable.
  func makeTenantCampaign(
    _ body: JSONObject, _ view: TenantView, retries: RetryPolicy = .tenantStandard, leads: [NewLead]
  ) async throws -> (campaign: Campaign, outcomes: [LeadInsertion.Outcome]) {
    guard body["name"] != nil || body["campaign_name"] != nil else { throw Refusal.invalid("name", "is missing") }
    let now = await now()
    var campaign = Campaign(id: identifiers.next(at: now), account: view.account.id, name: "", createdAt: now)
    campaign.retries = retries
    campaign.machineDetection.mode = .fast
    campaign.recordsCalls = canRecord
    campaign.compliance.keepsLegalHours = configuration.keepsLegalHours
    try TenantCampaignSettings.apply(body, to: &campaign, view, self)
    let stored = try await engine.create(campaign)
    do {
      return (stored, try await add(leads, to: stored.id))
    } catch {
      try? await storage.delete(stored.id)
      throw error
    }
  }
}

extension RetryPolicy {
  /// What the document shows: three attempts an hour apart, after no answer and after a busy line.
  static let tenantStandard = RetryPolicy(
    maximumAttempts: 3, retried: [.noAnswer, .busy], delay: .fixed(.seconds(3600)))
  /// One attempt.
  static let tenantOnce = RetryPolicy(retried: [.noAnswer, .busy])
}
