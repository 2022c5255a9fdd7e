import CampaignKit
import JSON
import WebServer

/// What the console asks for beyond the dialect `tenant`, in whose shapes it is told.
enum Console {
  /// The page, and what it asks for.
  static var operations: [Operation] {
    ConsoleAsset.all.map(\.operation) + [describe, enter, campaigns, campaign, leads, decision] + agents + limit
      + timeZone + users
  }

  private static let describe = Operation(
    .get, "/console/session", "Where the console finds the API, and whether this machine may enter without a password",
    tag: "console", access: .everybody,
    success: Tenant.answer(
      .ok, .required("api", Tenant.text.nullable.described("The base of the dialect tenant; null without one.")),
      .required("local", .flag), .required("version", .text()))
  ) { inquiry in
    let tenant = inquiry.service.dialects.first { $0.name == "tenant" }
    return Tenant.done([
      "api": Tenant.value(tenant?.base), "local": .bool(try await inquiry.localOwner() != nil),
      "version": .string(CampaignService.version),
    ])
  }
  .unlimited

  private static let enter = Operation(
    .post, "/console/session", "Signs in the owner of this machine's account, for pages of this server only",
    tag: "console", access: .everybody,
    success: Tenant.answer(.created, .required("token", .text(1...4096)), .required("email", Tenant.text)),
    refusals: [.forbidden]
  ) { inquiry in
    guard let owner = try await inquiry.localOwner(), inquiry.comesFromOwnPage, let signIn = inquiry.service.signIn
    else {
      throw Refusal(.forbidden, "only a browser on the machine of the server enters without a password")
    }
    return Tenant.done(
      ["token": .string(signIn.token(for: owner)), "email": .string(owner.email)], .created)
  }

  private static let campaigns = Operation(
    .get, "/console/campaigns", "Lists campaigns, the newest first, with how many of their leads are done",
    tag: "console", access: .reading,
    query: [.optional("status", .choice(Campaign.Status.allCases.map(\.rawValue)))] + Tenant.paging,
    success: Tenant.answer(
      .ok,
      .required(
        "campaigns",
        .list(of: .object([.required("campaign", Tenant.campaign), .required("leads_done", Tenant.count)]))),
      Tenant.counted, Tenant.total)
  ) { inquiry in
    let view = try await inquiry.tenantView()
    let status = inquiry.query["status"]?.string.flatMap { Campaign.Status(rawValue: $0) }
    let query = CampaignQuery(account: view.account.id, statuses: status.map { [$0] } ?? [])
    let page = try await inquiry.storage.campaigns(query, page: inquiry.window(limit: 50))
    var rows: [JSONValue] = []
    for campaign in page.elements {
      let leads = try await inquiry.storage.leadCounts(of: campaign.id) ?? LeadCounts()
      rows.append([
        "campaign": try await view.campaign(campaign, in: inquiry.storage),
        "leads_done": Tenant.value(leads.total - leads.open),
      ])
    }
    return Tenant.done([
      "campaigns": .array(rows), "count": Tenant.value(rows.count), "total": Tenant.value(page.total ?? rows.count),
    ])
  }

  private static let hour = Schema.object(
    [.required("start", Tenant.moment)] + CallOutcome.tenantWords.map { .required($0, Tenant.count) })

  private static let campaign = Operation(
    .get, "/console/campaigns/{id}", "How a campaign goes: why it dials or not, its rate, its hours and live calls",
    tag: "console", access: .reading,
    success: Tenant.answer(
      .ok, .required("campaign", Tenant.campaign),
      .required(
        "explanation",
        .object([
          .required("is_dialing", .flag), .required("rule", Tenant.text), .required("text", Tenant.text),
          .required("citation", Tenant.text.nullable), .required("until", Tenant.moment.nullable),
        ])),
      .required(
        "leads",
        .object(
          Lead.Status.allCases.map { .required($0.rawValue, Tenant.count) } + [.required("total", Tenant.count)])),
      .required("outcomes", .object(CallOutcome.tenantWords.map { .required($0, Tenant.count) })),
      .required("leads_per_hour", .number(0...1e12).nullable), .required("estimated_end", Tenant.moment.nullable),
      .required("answer_rate", .number(0...100)),
      .required("hours", .list(of: hour)), .required("live_calls", .list(of: Tenant.call)))
  ) { inquiry in
    let view = try await inquiry.tenantView()
    let campaign = try await inquiry.campaign()
    let explanation = try await inquiry.engine.explain(campaign.id)
    let progress = try await inquiry.engine.progress(of: campaign.id)
    let now = await inquiry.service.now()
    let quarters = try await inquiry.storage.quarters(
      of: .campaign(campaign.id), from: now - .seconds(24 * 3600), until: nil)
    let live = CallQuery(account: view.account.id, campaign: campaign.id, isLive: true)
    let calls = try await inquiry.storage.calls(live, page: PageRequest(limit: 50))
    var leads: JSONObject = ["total": Tenant.value(progress.leads.total)]
    for status in Lead.Status.allCases { leads[status.rawValue] = Tenant.value(progress.leads[status]) }
    return Tenant.done([
      "campaign": try await view.campaign(campaign, in: inquiry.storage),
      "explanation": [
        "is_dialing": .bool(explanation.isDialing), "rule": .string(explanation.rule),
        "text": .string(explanation.text), "citation": Tenant.value(explanation.citation),
        "until": Tenant.value(explanation.until),
      ],
      "leads": .object(leads), "outcomes": .object(outcomes(of: progress.calls)),
      "leads_per_hour": progress.leadsPerHour.map { .figure($0) } ?? .null,
      "estimated_end": Tenant.value(progress.estimatedEnd),
      "answer_rate": .figure(progress.calls.conversionRate), "hours": .array(hours(quarters)),
      "live_calls": .array(try await view.calls(calls.elements, in: inquiry.storage)),
    ])
  }

  private static func outcomes(of calls: Rollup) -> JSONObject {
    var counts = JSONObject()
    for outcome in CallOutcome.allCases { counts[outcome.tenantWord] = Tenant.value(calls.count(of: outcome)) }
    return counts
  }

  /// Quarters put together to whole hours; those without a call are left out.
  private static func hours(_ quarters: [QuarterRollup]) -> [JSONValue] {
    let length: Int64 = 3_600_000
    let hours = Dictionary(grouping: quarters) { $0.start.milliseconds / length }
    return hours.sorted { $0.key < $1.key }.map { hour, quarters in
      var sum = Rollup()
      for quarter in quarters { sum.add(quarter.rollup) }
      var row = outcomes(of: sum)
      row["start"] = Tenant.value(Timestamp(milliseconds: hour * length))
      return .object(row)
    }
  }

  private static let leads = Operation(
    .get, "/console/campaigns/{id}/leads", "Finds leads of a campaign by a part of a name or a number", tag: "console",
    access: .reading,
    query: [
      .optional("search", .text(1...200)), .optional("status", .choice(Lead.Status.allCases.map(\.rawValue))),
    ] + Tenant.paging,
    success: Tenant.answer(.ok, .required("leads", .list(of: Tenant.lead)), Tenant.counted, Tenant.total)
  ) { inquiry in
    let view = try await inquiry.tenantView()
    let campaign = try await inquiry.campaign()
    var query = LeadQuery(.campaign(campaign.id))
    query.search = inquiry.query["search"]?.string
    if let status = inquiry.query["status"]?.string.flatMap({ Lead.Status(rawValue: $0) }) {
      query.statuses = [status]
    }
    let page = try await inquiry.storage.leads(query, page: inquiry.window(limit: 50))
    var rows: [JSONValue] = []
    for lead in page.elements { rows.append(try await view.lead(lead, of: campaign.status, in: inquiry.storage)) }
    return Tenant.done([
      "leads": .array(rows), "count": Tenant.value(rows.count), "total": Tenant.value(page.total ?? rows.count),
    ])
  }

  private static let decision = Operation(
    .get, "/console/leads/{id}", "Whether a lead may be called now and by which rule, and its calls so far",
    tag: "console", access: .reading,
    success: Tenant.answer(
      .ok, .required("lead", Tenant.lead),
      .required(
        "decision",
        .object([
          .required("is_dialled", .flag), .required("rule", Tenant.text), .required("citation", Tenant.text.nullable),
          .required("decided_at", Tenant.moment), .required("retry_at", Tenant.moment.nullable),
        ])), .required("calls", .list(of: Tenant.call)))
  ) { inquiry in
    let view = try await inquiry.tenantView()
    let lead = try await inquiry.service.lead(try inquiry.identifier(of: "lead"), of: view.account.id)
    let campaign = try await inquiry.service.campaign(lead.campaign, of: view.account.id)
    let decision = try await inquiry.engine.explain(lead.id)
    let query = CallQuery(account: view.account.id, lead: lead.id)
    let calls = try await inquiry.storage.calls(query, page: PageRequest(limit: 50))
    return Tenant.done([
      "lead": try await view.lead(lead, of: campaign.status, in: inquiry.storage),
      "decision": [
        "is_dialled": .bool(decision.isDialled), "rule": .string(decision.rule),
        "citation": Tenant.value(decision.citation), "decided_at": Tenant.value(decision.decidedAt),
        "retry_at": Tenant.value(decision.retryAt),
      ], "calls": .array(try await view.calls(calls.elements, in: inquiry.storage)),
    ])
  }
}

extension Inquiry {
  /// The owner whom a browser on this machine may enter as; nil for whoever comes from elsewhere.
  fileprivate func localOwner() async throws -> User? {
    guard service.signIn != nil, service.isFromThisMachine(request), let id = service.configuration.localOwner else {
      return nil
    }
    return try await storage.user(id)
  }

  /// Whether a page of this very server asks, as browsers tell it; other programs on this machine tell nothing.
  fileprivate var comesFromOwnPage: Bool {
    guard let origin = request["Origin"], let host = request["Host"] else { return false }
    return origin == "http://\(host)" || origin == "https://\(host)"
  }
}
