import CampaignKit
import JSON
import WebServer

extension Voice {
  private static let rowSchema: [Schema.Property] = [
    .required("id", .anyText.like("campaign-0190a2b45c6d7e8f9a0b1c2d")), .required("name", .anyText),
    .required("description", .anyText.nullable), .required("status", .choice(statuses)),
    .required("startDate", .text(.moment).nullable), .required("endDate", .text(.moment).nullable),
    .required("phoneNumber", .text(.phone).nullable), .required("voiceAgentId", .anyText.nullable),
    .required("maxConcurrentCalls", .count.nullable.described("Null for a campaign without a limit of its own.")),
    .required("createdAt", .text(.moment)), .required("updatedAt", .text(.moment)),
  ]

  static let campaignSchema = Schema.object(
    rowSchema + [
      .required("timezone", .text(.timeZone)), .required("dailyStartTime", .text(.timeOfDay).nullable),
      .required("dailyEndTime", .text(.timeOfDay).nullable), .required("phoneNumberId", .anyText.nullable),
      .required("agentConfig", .freeObject.nullable), .required("streamUrl", .anyText.nullable),
      .required("callAttemptsPerContact", .count),
      .required("retryDelay", .count), .required("scheduleType", .choice(scheduleTypes)),
      .required("scheduleConfig", .freeObject.nullable), .required("callbackConfig", .freeObject.nullable),
      .required("transferConfig", .freeObject.nullable), .required("tags", .list(of: .anyText)),
      .required("metadata", .freeObject), .required("statusReason", .anyText.nullable),
    ])

  private static let statsSchema = Schema.object([
    .required("totalContacts", .count), .required("contactedCount", .count), .required("completedCount", .count),
    .required("failedCount", .count), .required("callbackCount", .count), .required("transferCount", .count),
  ])

  static let campaigns = [
    Operation(
      .get, "/campaigns", "Lists campaigns", tag: "campaigns", access: .reading,
      query: paging + [
        .optional("status", .choice(statuses)), .optional("search", .text(0...200)),
        .optional("sortBy", .choice(CampaignQuery.Sort.allCases.map(name)).defaulting(to: "createdAt")),
        .optional("sortDir", .choice(["asc", "desc"]).defaulting(to: "desc")),
      ], success: list("campaigns", of: .object(rowSchema)), answer: list),
    Operation(
      .get, "/campaigns/{id}", "Shows a campaign and its figures", tag: "campaigns", access: .reading,
      success: success([.required("campaign", campaignSchema.adding([.required("stats", statsSchema)]))]), answer: show),
    Operation(
      .post, "/campaigns", "Creates a campaign", tag: "campaigns", access: .changing, body: .json(creation),
      success: success([.required("campaign", campaignSchema)], hasMessage: true, status: .created), answer: create),
    Operation(
      .put, "/campaigns/{id}", "Changes a campaign, an active one too", tag: "campaigns", access: .changing,
      body: .json(update), success: success([.required("campaign", campaignSchema)], hasMessage: true),
      refusals: [.state], answer: change),
    Operation(
      .delete, "/campaigns/{id}", "Deletes a campaign that is not active, and its contacts", tag: "campaigns",
      access: .changing, success: success([], hasMessage: true), refusals: [.state], answer: delete),
  ]

  // MARK: Values

  /// A campaign that waits for its date was started, and counts as active; one that failed is over like one that was
  /// given up.
  static func name(of status: Campaign.Status) -> String {
    switch status {
    case .draft: "draft"
    case .scheduled, .active: "active"
    case .paused: "paused"
    case .completed: "completed"
    case .cancelled, .failed: "canceled"
    }
  }

  private static func name(of sort: CampaignQuery.Sort) -> String {
    sort == .maximumConcurrentCalls ? "maxConcurrentCalls" : sort.rawValue
  }

  private static func row(of campaign: Campaign, in account: Account) -> JSONObject {
    let clock = (try? campaign.clock(in: account)) ?? .utc
    return [
      "id": .string(campaignID.text(campaign.id)), "name": .string(campaign.name),
      "description": .text(campaign.description), "status": .string(name(of: campaign.status)),
      "startDate": .moment(campaign.schedule.start?.start(on: clock)),
      "endDate": .moment(campaign.schedule.end?.last(on: clock)),
      "phoneNumber": .text(campaign.callerNumbers.first?.description),
      "voiceAgentId": .text(campaign.agents.externalAgentID),
      "maxConcurrentCalls": .whole(campaign.pacing.maximumConcurrentCalls), "createdAt": .moment(campaign.createdAt),
      "updatedAt": .moment(campaign.updatedAt),
    ]
  }

  static func value(of campaign: Campaign, in account: Account) -> JSONObject {
    var value = row(of: campaign, in: account)
    value["timezone"] = .string(campaign.schedule.timeZone ?? account.timeZone)
    value["dailyStartTime"] = .text(campaign.schedule.hours?.from.description)
    value["dailyEndTime"] = .text(campaign.schedule.hours?.until.description)
    value["phoneNumberId"] = .text(campaign.externalNumberID)
    value["agentConfig"] = campaign.agents.configuration.map { .object($0) } ?? .null
    value["streamUrl"] = .text(campaign.agents.mediaStreamURL)
    value["callAttemptsPerContact"] = JSONValue(campaign.retries.maximumAttempts)
    value["retryDelay"] = JSONValue(retryDelay(of: campaign))
    value["scheduleType"] = VoiceConfigurations.scheduleType(of: campaign)
    value["scheduleConfig"] = VoiceConfigurations.scheduleConfig(of: campaign)
    value["callbackConfig"] = VoiceConfigurations.callbackConfig(of: campaign)
    value["transferConfig"] = VoiceConfigurations.transferConfig(of: campaign)
    value["tags"] = .array(campaign.tags.map { .string($0) })
    value["metadata"] = .object(campaign.ownMetadata)
    value["statusReason"] = .text(campaign.statusReason)
    return value
  }

  // MARK: Answers

  private static func list(_ inquiry: Inquiry) async throws -> Response {
    let account = try await inquiry.service.account(try inquiry.account)
    var query = CampaignQuery(account: account.id)
    if let name = inquiry.query["status"]?.string {
      query.statuses = Set(Campaign.Status.allCases.filter { self.name(of: $0) == name })
    }
    if let search = inquiry.query["search"]?.string, !search.isEmpty { query.search = search }
    if let name = inquiry.query["sortBy"]?.string {
      query.sort = CampaignQuery.Sort.allCases.first { self.name(of: $0) == name } ?? .createdAt
    }
    query.isDescending = inquiry.query["sortDir"]?.string != "asc"
    let page = try await inquiry.storage.campaigns(query, page: inquiry.page(limit: pageLimit))
    let rows = page.elements.map { JSONValue.object(row(of: $0, in: account)) }
    return answer("campaigns", rows, total: page.total, to: inquiry)
  }

  private static func show(_ inquiry: Inquiry) async throws -> Response {
    let account = try await inquiry.service.account(try inquiry.account)
    let campaign = try await inquiry.campaign()
    let leads = try await inquiry.storage.leadCounts(of: campaign.id) ?? LeadCounts()
    let calls = try await inquiry.storage.total(of: .campaign(campaign.id))
    var shown = value(of: campaign, in: account)
    shown["stats"] = [
      "totalContacts": JSONValue(leads.total), "contactedCount": JSONValue(leads.attempted),
      "completedCount": JSONValue(leads.completed), "failedCount": JSONValue(leads.failed),
      "callbackCount": JSONValue(calls.callbacks), "transferCount": JSONValue(transfers),
    ]
    return answer(["campaign": .object(shown)])
  }

  private static func create(_ inquiry: Inquiry) async throws -> Response {
    let service = inquiry.service
    let account = try await service.account(try inquiry.account)
    let now = try await inquiry.storage.now()
    var campaign = Campaign(id: service.identifiers.next(at: now), account: account.id, name: "", createdAt: now)
    campaign.compliance.keepsLegalHours = service.configuration.keepsLegalHours
    try service.checkStream(inquiry.body["streamUrl"]?.string, field: "streamUrl")
    try apply(inquiry.body, to: &campaign, in: account)
    let created = try await inquiry.engine.create(campaign)
    return answer(
      ["campaign": .object(value(of: created, in: account))], message: "Campaign created successfully", status: .created
    )
  }

  private static func change(_ inquiry: Inquiry) async throws -> Response {
    let service = inquiry.service
    let account = try await service.account(try inquiry.account)
    let id: Campaign.ID = try inquiry.identifier(of: "campaign")
    let wish = inquiry.body["status"]?.string
    try service.checkStream(inquiry.body["streamUrl"]?.string, field: "streamUrl")
    // Whether the status can be changed is found out first, so that a refusal changes nothing.
    if let wish { try await VoiceStatus.check(wish, inquiry, id, in: account) }
    var campaign = try await service.change(id, of: account.id) { campaign in
      try apply(inquiry.body, to: &campaign, in: account)
    }
    if let wish { campaign = try await VoiceStatus.change(campaign, to: wish, inquiry) }
    return answer(["campaign": .object(value(of: campaign, in: account))], message: "Campaign updated successfully")
  }

  private static func delete(_ inquiry: Inquiry) async throws -> Response {
    let campaign = try await inquiry.campaign()
    guard name(of: campaign.status) != "active" else {
      throw Refusal(.state, "a campaign that is active cannot be deleted; pause or end it first")
    }
    try await inquiry.storage.delete(campaign.id)
    return answer([:], message: "Campaign deleted successfully")
  }
}

extension ScheduleBound {
  /// The last moment that is inside, of an end: of a day its last millisecond.
  func last(on clock: ZoneClock) -> Timestamp {
    if case .moment(let moment) = self { moment } else { end(on: clock) - .milliseconds(1) }
  }
}

/// A status that an update names, which goes the way of the actions.
enum VoiceStatus {
  /// What leads from a status to the one that is wished for; nil where it is that already.
  private static func trigger(to wish: String, of campaign: Campaign) throws(Refusal) -> Campaign.Trigger? {
    if Voice.name(of: campaign.status) == wish { return nil }
    switch wish {
    case "active": return campaign.status == .paused ? .resume : .start
    case "paused": return .pause
    case "completed": return .end
    case "canceled": return .cancel
    default:
      throw Refusal(.state, "a campaign that is \(Voice.name(of: campaign.status)) cannot become \(wish) again")
    }
  }

  /// Refuses a change of status that would be refused, with the settings as they would be.
  static func check(_ wish: String, _ inquiry: Inquiry, _ id: Campaign.ID, in account: Account) async throws {
    var campaign = try await inquiry.service.campaign(id, of: account.id)
    guard let trigger = try trigger(to: wish, of: campaign) else { return }
    _ = try Campaign.statuses.step("campaign", from: campaign.status, on: trigger)
    guard trigger == .start || trigger == .resume else { return }
    try Voice.apply(inquiry.body, to: &campaign, in: account)
    let problems = campaign.scheduleProblems(in: account, at: try await inquiry.storage.now())
    guard problems.isEmpty else {
      throw Refusal(.state, problems.map(\.description).joined(separator: "; "))
    }
    guard trigger == .start else { return }
    if try await inquiry.storage.leadCounts(of: id)?.waiting ?? 0 == 0 {
      throw Refusal(.state, "the campaign has no contact to call; add contacts before it is started")
    }
    try await inquiry.service.checkTalker(of: campaign)
  }

  /// Changes the status.
  static func change(_ campaign: Campaign, to wish: String, _ inquiry: Inquiry) async throws -> Campaign {
    switch try trigger(to: wish, of: campaign) {
    case .start: try await inquiry.service.start(campaign, callerField: "phoneNumber")
    case .resume: try await inquiry.engine.resume(campaign.id)
    case .pause: try await inquiry.engine.pause(campaign.id)
    case .end: try await inquiry.engine.end(campaign.id)
    case .cancel: try await inquiry.engine.cancel(campaign.id)
    case .schedule, .fail, .complete, nil: campaign
    }
  }
}
