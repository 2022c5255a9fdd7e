import CampaignKit
import JSON

// How the model's values look in this dialect.
extension V1 {
  // MARK: Campaigns

  static let statuses = ["draft", "active", "paused", "completed", "stopped"]

  /// The statuses of the model that one of the dialect stands for.
  static func statuses(named name: String) -> Set<Campaign.Status> {
    Set(Campaign.Status.allCases.filter { self.name(of: $0) == name })
  }

  /// A campaign that waits for its time was started, and counts as active; one that failed has stopped.
  static func name(of status: Campaign.Status) -> String {
    switch status {
    case .draft: "draft"
    case .scheduled, .active: "active"
    case .paused: "paused"
    case .completed: "completed"
    case .cancelled, .failed: "stopped"
    }
  }

  static let campaignSchema = Schema.object([
    .required("id", .anyText.like("c0190a2b45c6d7e8f9a0b1c2d")), .required("name", .anyText),
    .required("description", .anyText.nullable), .required("status", .choice(statuses)),
    .required("maxConcurrent", .count.nullable.described("Null for a campaign without a limit of its own.")),
    .required("retryFailed", .flag), .required("retryAttempts", .count),
    .required("callDelay", .integer(0...Int.max).described("In milliseconds.")),
    .required("scheduledAt", .text(.moment).nullable), .required("startedAt", .text(.moment).nullable),
    .required("completedAt", .text(.moment).nullable), .required("totalCalls", .count),
    .required("successfulCalls", .count), .required("failedCalls", .count), .required("createdAt", .text(.moment)),
    .required("updatedAt", .text(.moment)),
  ])

  static let countSchema = Schema.object([.required("leads", .count), .required("campaignAgents", .count)])

  /// A campaign with the figures of its calls.
  static func value(of campaign: Campaign, calls: Rollup, in account: Account) -> JSONObject {
    [
      "id": .string(campaignID.text(campaign.id)), "name": .string(campaign.name),
      "description": .text(campaign.description), "status": .string(name(of: campaign.status)),
      "maxConcurrent": .whole(campaign.pacing.maximumConcurrentCalls),
      "retryFailed": .bool(!campaign.retries.retried.isEmpty),
      "retryAttempts": JSONValue(campaign.retries.maximumAttempts - 1),
      "callDelay": JSONValue(campaign.pacing.delayBetweenCalls.milliseconds),
      "scheduledAt": .moment(scheduledAt(campaign, in: account)), "startedAt": .moment(campaign.startedAt),
      "completedAt": .moment(campaign.status == .completed ? campaign.endedAt : nil),
      "totalCalls": JSONValue(calls.endedCalls), "successfulCalls": JSONValue(calls.reached),
      "failedCalls": JSONValue(calls.failed), "createdAt": .moment(campaign.createdAt),
      "updatedAt": .moment(campaign.updatedAt),
    ]
  }

  private static func scheduledAt(_ campaign: Campaign, in account: Account) -> Timestamp? {
    guard let start = campaign.schedule.start, let clock = try? campaign.clock(in: account) else { return nil }
    return start.start(on: clock)
  }

  // MARK: Leads

  static let leadStatuses = ["pending", "calling", "completed", "failed"]

  static func leadStatuses(named name: String) -> Set<Lead.Status> {
    Set(Lead.Status.allCases.filter { self.name(of: $0) == name })
  }

  /// Leads that were taken out before they were done are as pending as they were; those that must not be called have
  /// failed.
  static func name(of status: Lead.Status) -> String {
    switch status {
    case .waiting, .cancelled: "pending"
    case .calling: "calling"
    case .completed: "completed"
    case .failed, .suppressed: "failed"
    }
  }

  static let leadSchema = Schema.object([
    .required("id", .anyText.like("lead_0190a2b45c6d7e8f9a0b1c2d")), .required("campaignId", .anyText),
    .required("phoneNumber", .text(.phone)), .required("name", .anyText.nullable),
    .required("status", .choice(leadStatuses)),
    .required("priority", .integer(Int(Int32.min)...Int(Int32.max) + 1).described("1 is called first.")),
    .required("metadata", .anyText.nullable.described("JSON, as a text.")),
  ])

  static func value(of lead: Lead) -> JSONObject {
    [
      "id": .string(leadID.text(lead.id)), "campaignId": .string(campaignID.text(lead.campaign)),
      "phoneNumber": .string(lead.number.description), "name": .text(lead.person.fullName),
      "status": .string(name(of: lead.status)), "priority": JSONValue(Int(lead.priority) + usualPriority),
      "metadata": .text(V1Metadata.text(of: lead.fields)),
    ]
  }

  /// The number that stands for the usual place in the order of calls.
  static let usualPriority = 1

  // MARK: Calls

  static let callSchema = Schema.object([
    .required("id", .anyText), .required("status", .choice(Call.Status.allCases.map(\.rawValue))),
    .required("outcome", .choice(Disposition.allCases.map(\.rawValue)).nullable), .required("attempt", .count),
    .required("duration", .integer(0...Int.max).nullable.described("In milliseconds.")),
    .required("createdAt", .text(.moment)), .required("answeredAt", .text(.moment).nullable),
    .required("endedAt", .text(.moment).nullable),
  ])

  static func value(of call: Call) -> JSONValue {
    [
      "id": .string(callID.text(call.id)), "status": .string(call.status.rawValue),
      "outcome": .text(call.disposition?.rawValue), "attempt": JSONValue(call.attempt),
      "duration": call.duration.map { JSONValue($0.milliseconds) } ?? .null, "createdAt": .moment(call.createdAt),
      "answeredAt": .moment(call.answeredAt), "endedAt": .moment(call.endedAt),
    ]
  }

  // MARK: Agents

  static let agentSchema = Schema.object([
    .required("id", .anyText.like("agent_0190a2b45c6d7e8f9a0b1c2d")), .required("name", .anyText),
    .required("description", .anyText.nullable), .required("voiceId", .anyText.nullable),
    .required("personality", .anyText.nullable), .required("systemPrompt", .anyText.nullable),
    .required("streamUrl", .anyText.nullable), .required("isActive", .flag),
    .required("createdAt", .text(.moment)), .required("updatedAt", .text(.moment)),
  ])

  static func value(of agent: Agent) -> JSONValue {
    [
      "id": .string(agentID.text(agent.id)), "name": .string(agent.name), "description": .text(agent.description),
      "voiceId": .text(agent.voice.id), "personality": .text(agent.voice.personality),
      "systemPrompt": .text(agent.voice.prompt), "streamUrl": .text(agent.voice.streamURL),
      "isActive": .bool(agent.isActive),
      "createdAt": .moment(agent.createdAt), "updatedAt": .moment(agent.updatedAt),
    ]
  }

  static let assignmentSchema = Schema.object([
    .required("campaignId", .anyText), .required("agentId", .anyText), .required("agent", agentSchema),
  ])

  static func assignment(of agent: Agent, to campaign: Campaign) -> JSONValue {
    [
      "campaignId": .string(campaignID.text(campaign.id)), "agentId": .string(agentID.text(agent.id)),
      "agent": value(of: agent),
    ]
  }
}

/// The metadata of a lead: an object whose members are the lead's fields, told as a text of JSON.
enum V1Metadata {
  private static let key = "metadata"

  /// The fields that keep a metadata: those of an object, where they tell it again as it was; else the text.
  static func fields(of value: JSONValue) -> JSONObject {
    switch value {
    case .object(let object):
      if text(of: object) == value.serialized() { return object }
      return [key: .string(value.serialized())]
    case .string(let text):
      if let object = (try? JSONValue(parsing: text))?.object, self.text(of: object) == text { return object }
      return [key: .string(text)]
    case .null, .bool, .number, .array: return [:]
    }
  }

  /// The text of a metadata; nil where there is none.
  static func text(of fields: JSONObject) -> String? {
    guard !fields.isEmpty else { return nil }
    if fields.count == 1, let text = fields[key]?.string { return text }
    return JSONValue.object(fields).serialized()
  }
}
