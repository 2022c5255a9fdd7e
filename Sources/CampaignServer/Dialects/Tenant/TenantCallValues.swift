import CampaignKit
import JSON

extension CallOutcome {
  /// The word for it.
  var tenantWord: String { self == .noAnswer ? "no_answer" : rawValue }

  /// The words for all.
  static let tenantWords = allCases.map(\.tenantWord)

  /// The outcome that has a word.
  init?(tenantWord word: String?) {
    guard let outcome = Self.allCases.first(where: { $0.tenantWord == word }) else { return nil }
    self = outcome
  }

  /// The dispositions that it stands for.
  var dispositions: Set<Disposition> { Set(Disposition.allCases.filter { $0.outcome == self }) }
}

extension AnsweredBy {
  /// The word for it.
  var tenantWord: String {
    switch self {
    case .human: "human"
    case .machineStart: "machine_start"
    case .machineEndBeep: "machine_end_beep"
    case .machineEndSilence: "machine_end_silence"
    case .machineEndOther: "machine_end_other"
    case .screening: "screening"
    case .fax: "fax"
    case .unknown: "unknown"
    }
  }
}

extension Call {
  /// The word for its status; of a call that is over, how it ended.
  fileprivate var tenantStatus: String {
    switch status {
    case .intended: "queued"
    case .placed: "initiated"
    case .ringing: "ringing"
    case .answered: "in-progress"
    case .ended:
      switch disposition {
      case .answered, .machine, .voicemail, .screened, .abandoned: "completed"
      case .noAnswer: "no-answer"
      case .busy: "busy"
      case .cancelled: "canceled"
      case .rejected, .failed, .expired, .unknown, nil: "failed"
      }
    }
  }
}

extension Tenant {
  /// A call in an answer.
  static let call = Schema.object([
    .required("id", id), .required("tenant_id", text), .required("campaign_id", id.nullable),
    .required("lead_id", id.nullable), .required("agent_id", id.nullable), .required("call_sid", text.nullable),
    .required("conference_sid", text.nullable), .required("from_number", text.nullable), .required("to_number", text),
    .required("direction", .choice(["outbound"])),
    .required(
      "status",
      .choice([
        "queued", "initiated", "ringing", "in-progress", "completed", "no-answer", "busy", "canceled", "failed",
      ])), .required("answered_by", .choice(AnsweredBy.allCases.map(\.tenantWord)).nullable),
    .required("start_time", moment), .required("answer_time", moment.nullable), .required("end_time", moment.nullable),
    .required("duration", seconds.nullable), .required("talk_time", seconds.nullable),
    .required("disposition", .choice(CallOutcome.tenantWords).nullable),
    .required("recording_url", text.nullable), .required("recording_sid", text.nullable),
    .required("recording_duration", seconds.nullable), .required("cost", .number(-1e13...1e13).nullable),
    .required("metadata", .freeObject), .required("notes", text.nullable), .required("created_at", moment),
    .required("first_name", text.nullable), .required("last_name", text.nullable), .required("phone", text),
    .required("campaign_name", text.nullable), .required("agent_name", text.nullable),
  ])
}

extension TenantView {
  /// Calls with the names of those who have to do with them.
  func calls(_ calls: [Call], in storage: any CampaignStorage) async throws -> [JSONValue] {
    var campaigns: [Campaign.ID: String?] = [:]
    var agents: [Agent.ID: String?] = [:]
    var rows: [JSONValue] = []
    for call in calls {
      if let id = call.campaign, campaigns[id] == nil {
        campaigns[id] = .some(try await storage.campaign(id)?.name)
      }
      if let id = call.agent, agents[id] == nil {
        agents[id] = .some(try await storage.agent(id, of: account.id)?.name)
      }
      var person = Person()
      if let id = call.lead, let lead = try await storage.lead(id) { person = lead.person }
      rows.append(
        self.call(
          call, to: person, campaign: call.campaign.flatMap { campaigns[$0] ?? nil },
          agent: call.agent.flatMap { agents[$0] ?? nil }))
    }
    return rows
  }

  private func call(_ call: Call, to person: Person, campaign: String?, agent: String?) -> JSONValue {
    let isOver = call.status == .ended
    let number = call.to.description
    return [
      "id": Tenant.value(call.id), "tenant_id": tenant, "campaign_id": Tenant.value(call.campaign),
      "lead_id": Tenant.value(call.lead), "agent_id": Tenant.value(call.agent),
      "call_sid": Tenant.value(call.carrierReference), "conference_sid": Tenant.value(call.conference),
      "from_number": Tenant.value(call.from?.description), "to_number": .string(number), "direction": "outbound",
      "status": .string(call.tenantStatus), "answered_by": Tenant.value(call.answeredBy?.tenantWord),
      "start_time": Tenant.value(call.createdAt), "answer_time": Tenant.value(call.answeredAt),
      "end_time": Tenant.value(call.endedAt), "duration": Tenant.value(isOver ? call.duration : nil),
      "talk_time": Tenant.value(isOver && call.answeredAt != nil ? call.talkTime : nil),
      "disposition": Tenant.value(call.disposition?.outcome.tenantWord),
      "recording_url": Tenant.value(call.recording?.url), "recording_sid": Tenant.value(call.recording?.reference),
      "recording_duration": Tenant.value(call.recording?.duration),
      "cost": call.costMicros.map { JSONValue.figure(Double($0) / 1_000_000) } ?? .null,
      "metadata": .object(call.metadata), "notes": Tenant.value(call.notes), "created_at": Tenant.value(call.createdAt),
      "first_name": Tenant.value(person.firstName), "last_name": Tenant.value(person.lastName),
      "phone": .string(number), "campaign_name": Tenant.value(campaign), "agent_name": Tenant.value(agent),
    ]
  }
}
