import CampaignKit
import JSON

extension Tenant {
  /// What became of a campaign's leads.
  static let campaignReports = [statistics, analytics]

  /// How many leads there are in each status of the queue.
  static let queueCounts: [Schema.Property] =
    [total] + QueueStatus.allCases.map { .required($0.rawValue, count) }

  private static let statistics = Operation(
    .get, "/campaigns/{id}/statistics", "Counts the campaign's queue by status", tag: "campaigns", access: .reading,
    success: answer(.ok, .required("statistics", .object(queueCounts)))
  ) { inquiry in
    let leads = try await inquiry.storage.leadCounts(of: try await inquiry.campaign().id) ?? LeadCounts()
    return done(["statistics": .object(QueueStatus.counts(leads))])
  }

  private static let analytics = Operation(
    .get, "/campaigns/{id}/analytics", "Counts the campaign's queue and its calls", tag: "campaigns", access: .reading,
    success: answer(
      .ok,
      .required(
        "analytics",
        .object(
          queueCounts + [
            .required(
              "success_rate",
              .number(0...100).described("The share of leads that are done and were reached, in per cent.")),
            .required(
              "progress", .number(0...100).described("The share of leads that are done, in per cent.")),
            .required("calls_made", count), .required("calls_answered", count),
            .required("answer_rate", .number(0...100).described("The share of ended calls that a person answered.")),
            .required("avg_duration", seconds), .required("avg_talk_time", seconds),
            .required("total_cost", .number(-1e15...1e15)),
          ])))
  ) { inquiry in
    let campaign = try await inquiry.campaign()
    let leads = try await inquiry.storage.leadCounts(of: campaign.id) ?? LeadCounts()
    let calls = try await inquiry.storage.total(of: .campaign(campaign.id))
    var analytics = QueueStatus.counts(leads)
    analytics["success_rate"] = .figure(Percentage.of(leads.completed, in: leads.completed + leads.failed))
    analytics["progress"] = .figure(Percentage.of(leads.total - leads.open, in: leads.total))
    analytics["calls_made"] = value(calls.created)
    analytics["calls_answered"] = value(calls[.answered])
    analytics["answer_rate"] = .figure(calls.conversionRate)
    analytics["avg_duration"] = value(calls.averageDuration)
    analytics["avg_talk_time"] = value(calls.averageTalkTime)
    analytics["total_cost"] = .figure(calls.cost)
    return done(["analytics": .object(analytics)])
  }
}

/// The status of a lead, seen as work in a queue.
enum QueueStatus: String, CaseIterable, Sendable {
  /// It waits for its first or next call.
  case queued
  /// It has a call.
  case processing
  /// It was reached.
  case completed
  /// It was not reached, and gets no further call.
  case failed
  /// It was taken out, or is not to be called.
  case cancelled

  init(_ status: Lead.Status) {
    self =
      switch status {
      case .waiting: .queued
      case .calling: .processing
      case .completed: .completed
      case .failed: .failed
      case .suppressed, .cancelled: .cancelled
      }
  }

  /// The statuses of leads that it stands for.
  var leads: Set<Lead.Status> { Set(Lead.Status.allCases.filter { QueueStatus($0) == self }) }

  /// How many leads there are in each status, and in all.
  static func counts(_ leads: LeadCounts) -> JSONObject {
    var counts: JSONObject = ["total": Tenant.value(leads.total)]
    for status in allCases { counts[status.rawValue] = Tenant.value(status.leads.reduce(0) { $0 + leads[$1] }) }
    return counts
  }
}
