import CampaignKit
import JSON

extension Tenant {
  /// The hours of one day.
  private static let dayHours = Schema.object([
    .required("start", .text(.timeOfDay)), .required("end", .text(.timeOfDay)),
  ])

  /// The hours of a week.
  static let workingHours = Schema.object(
    weekdays.map { .optional($0, dayHours.nullable) }, others: .kept(dayHours.nullable))

  /// The names of the days, Monday first.
  static let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

  /// An agent in an answer.
  static let agent = Schema.object([
    .required("id", id), .required("tenant_id", text), .required("user_id", id.nullable), .required("name", text),
    .required("phone", text.nullable), .required("email", text.nullable), .required("agent_group_id", text.nullable),
    .required("status", .choice(Agent.Status.allCases.map(\.rawValue))), .required("max_concurrent_calls", count),
    .required("current_calls", count), .required("total_calls_handled", count),
    .required("total_call_duration_seconds", seconds),
    .required("working_hours", .object([], others: .kept(dayHours))), .required("is_active", .flag),
    .required("created_at", moment), .required("last_active_at", moment.nullable),
  ])

  /// Reads the hours of a week.
  ///
  /// - Throws: A ``Refusal`` that names every day whose hours are none.
  static func workingHours(_ value: JSONValue?) throws(Refusal) -> [String: DailyHours] {
    var week: [String: DailyHours] = [:]
    var problems: [Problem] = []
    for (day, value) in value?.object ?? [:] {
      guard weekdays.contains(day) else {
        problems.append(Problem("working_hours.\(day)", "is no day of the week; send monday to sunday"))
        continue
      }
      guard let from = value["start"]?.string.flatMap({ TimeOfDay($0) }),
        let until = value["end"]?.string.flatMap({ TimeOfDay($0) })
      else { continue }
      if from == until { problems.append(Problem("working_hours.\(day)", "must not end when it starts")) }
      week[day] = DailyHours(from: from, until: until)
    }
    guard problems.isEmpty else { throw Refusal(problems) }
    return week
  }
}

extension TenantView {
  /// Agents with what they do now and did in all.
  func agents(_ agents: [Agent], in storage: any CampaignStorage) async throws -> [JSONValue] {
    let activity = try await storage.activity(of: agents.map(\.id))
    return agents.map { agent($0, activity[$0.id] ?? AgentActivity()) }
  }

  /// An agent with what it does now and did in all.
  func agent(_ agent: Agent, _ activity: AgentActivity) -> JSONValue {
    var hours = JSONObject()
    for day in Tenant.weekdays {
      guard let span = agent.workingHours[day] else { continue }
      hours[day] = ["start": .string(span.from.description), "end": .string(span.until.description)]
    }
    return [
      "id": Tenant.value(agent.id), "tenant_id": tenant, "user_id": Tenant.value(agent.user),
      "name": .string(agent.name), "phone": Tenant.value(agent.phone?.description), "email": Tenant.value(agent.email),
      "agent_group_id": Tenant.value(agent.group), "status": .string(agent.status.rawValue),
      "max_concurrent_calls": Tenant.value(agent.maximumConcurrentCalls),
      "current_calls": Tenant.value(activity.currentCalls), "total_calls_handled": Tenant.value(activity.calls),
      "total_call_duration_seconds": Tenant.value(activity.talkTime), "working_hours": .object(hours),
      "is_active": .bool(agent.isActive), "created_at": Tenant.value(agent.createdAt),
      "last_active_at": Tenant.value(activity.lastActiveAt),
    ]
  }
}
