import CampaignKit
import JSON

extension Tenant {
  // None is no wish to be taken, but what another dialect has set is shown, and may be sent back.
  private static let callingDays = Schema.list(of: .choice(weekdays), count: 0...7).like(["monday", "friday"])

  /// The settings of a campaign that a body may have, in both documents' words.
  static let settings: [Schema.Property] = [
    .optional("name", .name(200).like("Q1 2024 Outreach")),
    .optional("campaign_name", .name(200).like("Q1 2024 Outreach").described("The same as name.")),
    .optional("description", .text(0...10_000).nullable),
    .optional("caller_id", .text(1...40).nullable.like("+14155551234").described("The number to call from.")),
    .optional(
      "caller_ids",
      .list(of: .text(1...40), count: 0...CallerChoice.mostNumbers).described(
        "The numbers to call from: a near one first, and then in turn. caller_id is the first of them.")),
    .optional(
      "daily_calls_per_caller_id",
      .integer(1...Int.max).nullable.described("The most calls from one number in a day of the campaign's time zone.")
    ),
    .optional(
      "max_concurrent_calls",
      .integer(0...Int.max).nullable.described("The most calls at once; null without a limit of its own.")),
    .optional("agent_id", foreignID.nullable), .optional("agent_group_id", foreignID.nullable),
    .optional(
      "stream_url", .text(.streamAddress).nullable.described("Where what is heard is streamed to, if a program talks.")),
    .optional("next_action", .text(0...10_000).nullable),
    .optional("schedule_start", .text(.moment).nullable.like("2024-01-01T09:00:00Z")),
    .optional("schedule_end", .text(.moment).nullable.like("2024-03-31T17:00:00Z")),
    .optional(
      "start_date", .text(.date).nullable.like("2024-01-01").described("The first day, in the campaign's time zone.")),
    .optional(
      "end_date", .text(.date).nullable.like("2024-03-31").described("The last day, in the campaign's time zone.")),
    .optional("timezone", .text(.timeZone).nullable),
    .optional("calling_hours_start", .text(.timeOfDay).nullable.like("09:00:00")),
    .optional("calling_hours_end", .text(.timeOfDay).nullable.like("17:00:00")),
    .optional(
      "first_call_time", .text(.timeOfDay).nullable.like("09:00").described("The same as calling_hours_start.")),
    .optional("last_call_time", .text(.timeOfDay).nullable.like("17:00").described("The same as calling_hours_end.")),
    .optional(
      "calling_days",
      callingDays.described("The days of the week on which it calls, in its time zone; all where it was never said.")),
    .optional(
      "retry_policy",
      .object([
        .optional("max_attempts", .integer(1...100)), .optional("delay_minutes", .number(0...525_600)),
        .optional("retry_on_no_answer", .flag), .optional("retry_on_busy", .flag),
        .optional("retry_on_voicemail", .flag),
      ])), .optional("amd_enabled", .flag.described("Whether answering machines are told apart.")),
    .optional("voicemail_message_url", .text(.webAddress).nullable),
    .optional(
      "abandoned_message_url",
      .text(.webAddress).nullable.described(
        "A recording for people whom no agent takes in time; then they are hung up on.")),
    .optional("record_calls", .flag),
  ]

  /// A campaign in an answer.
  static let campaign = Schema.object([
    .required("id", id), .required("tenant_id", text), .required("name", text), .required("campaign_name", text),
    .required("description", text.nullable), .required("caller_id", text.nullable),
    .required("caller_ids", .list(of: text)), .required("daily_calls_per_caller_id", .integer(1...Int.max).nullable),
    .required("max_concurrent_calls", count.nullable),
    .required("status", .choice(Campaign.Status.allCases.map(\.rawValue))), .required("agent_id", text.nullable),
    .required("agent_group_id", text.nullable), .required("stream_url", text.nullable),
    .required("next_action", text.nullable),
    .required("schedule_start", moment.nullable), .required("schedule_end", moment.nullable),
    .required("start_date", .text(.date).nullable), .required("end_date", .text(.date).nullable),
    .required("timezone", text), .required("calling_hours_start", .text(.timeOfDay).nullable),
    .required("calling_hours_end", .text(.timeOfDay).nullable),
    .required("first_call_time", .text(.timeOfDay).nullable),
    .required("last_call_time", .text(.timeOfDay).nullable), .required("calling_days", callingDays),
    .required(
      "retry_policy",
      .object([
        .required("max_attempts", .integer(1...Int.max)), .required("delay_minutes", .number(0...1e12)),
        .required("retry_on_no_answer", .flag), .required("retry_on_busy", .flag),
        .required("retry_on_voicemail", .flag),
      ])), .required("amd_enabled", .flag), .required("voicemail_message_url", text.nullable),
    .required("abandoned_message_url", text.nullable), .required("record_calls", .flag),
    .required("total_leads", count),
    .required("calls_made", count.described("Calls that were begun.")),
    .required("calls_completed", count.described("Calls that a person answered.")),
    .required("created_at", moment), .required("updated_at", moment),
  ])
}

extension TenantView {
  /// A campaign with its counts.
  func campaign(_ campaign: Campaign, in storage: any CampaignStorage) async throws -> JSONValue {
    let leads = try await storage.leadCounts(of: campaign.id) ?? LeadCounts()
    let calls = try await storage.total(of: .campaign(campaign.id))
    let first: [JSONObject.Element] = [
      ("id", Tenant.value(campaign.id)), ("tenant_id", tenant), ("status", .string(campaign.status.rawValue)),
    ]
    let last: [JSONObject.Element] = [
      ("total_leads", Tenant.value(leads.total)), ("calls_made", Tenant.value(calls.created)),
      ("calls_completed", Tenant.value(calls[.answered])), ("created_at", Tenant.value(campaign.createdAt)),
      ("updated_at", Tenant.value(campaign.updatedAt)),
    ]
    return .object(JSONObject(first + members(of: campaign) + last))
  }

  /// The settings of a campaign, every one that a body may have.
  func settings(of campaign: Campaign) -> JSONObject { JSONObject(members(of: campaign)) }

  private func members(of campaign: Campaign) -> [JSONObject.Element] {
    let schedule = campaign.schedule
    let clock = clock(of: campaign)
    let hours = schedule.hours ?? account.callingHours
    let names = Set(schedule.days.map(\.name))
    let start = schedule.start?.start(on: clock)
    let end = schedule.end?.end(on: clock)
    return [
      ("name", .string(campaign.name)), ("campaign_name", .string(campaign.name)),
      ("description", Tenant.value(campaign.description)),
      ("caller_id", Tenant.value(campaign.callerNumbers.first?.description)),
      ("caller_ids", .array(campaign.callerNumbers.map { .string($0.description) })),
      ("daily_calls_per_caller_id", campaign.callerChoice.maximumPerDay.map { Tenant.value($0) } ?? .null),
      ("max_concurrent_calls", campaign.pacing.maximumConcurrentCalls.map { Tenant.value($0) } ?? .null),
      ("agent_id", Tenant.value(campaign.agents.externalAgentID)),
      ("agent_group_id", Tenant.value(campaign.agents.group)),
      ("stream_url", Tenant.value(campaign.agents.mediaStreamURL)),
      ("next_action", Tenant.value(campaign.nextAction)), ("schedule_start", Tenant.value(start)),
      ("schedule_end", Tenant.value(end)), ("start_date", Tenant.value(start.map { clock.date(at: $0).description })),
      // An end is the first moment outside, so that midnight belongs to the day before.
      ("end_date", Tenant.value(end.map { clock.date(at: $0 - .milliseconds(1)).description })),
      ("timezone", .string(schedule.timeZone ?? account.timeZone)),
      ("calling_hours_start", Tenant.value(hours?.from.withSeconds)),
      ("calling_hours_end", Tenant.value(hours?.until.withSeconds)),
      ("first_call_time", Tenant.value(hours?.from.description)),
      ("last_call_time", Tenant.value(hours?.until.description)),
      ("calling_days", .array(Tenant.weekdays.filter { names.contains($0) }.map { .string($0) })),
      ("retry_policy", .object(policy(campaign.retries))),
      ("amd_enabled", .bool(campaign.machineDetection.mode != .off)),
      ("voicemail_message_url", Tenant.value(campaign.machineDetection.messageURL)),
      ("abandoned_message_url", Tenant.value(campaign.agents.abandonedMessageURL)),
      ("record_calls", .bool(campaign.recordsCalls)),
    ]
  }

  private func policy(_ retries: RetryPolicy) -> JSONObject {
    let delay = retries.delay.delay(afterAttempt: 1)
    return [
      "max_attempts": Tenant.value(retries.maximumAttempts),
      "delay_minutes": .figure(Double(delay.milliseconds) / 60_000),
      "retry_on_no_answer": .bool(retries.retried.contains(.noAnswer)),
      "retry_on_busy": .bool(retries.retried.contains(.busy)),
      "retry_on_voicemail": .bool(!retries.retried.isDisjoint(with: [.machine, .voicemail])),
    ]
  }

  /// The clock of a campaign's schedule.
  func clock(of campaign: Campaign) -> ZoneClock { campaign.schedule.timeZone.map { ZoneClock($0) ?? .utc } ?? clock }
}

extension TimeOfDay {
  /// The time as `09:00:00`.
  fileprivate var withSeconds: String { seconds % 60 == 0 ? description + ":00" : description }
}
