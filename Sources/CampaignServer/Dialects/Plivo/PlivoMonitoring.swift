import CampaignKit
import JSON
import WebServer

extension Plivo {
  static let monitoring = [activeCalls, currentUtilization, analytics]

  // MARK: Active calls

  private static let activeCalls = Operation(
    .get, "/monitoring/active-calls", "Shows the calls that are live and the limits on them", tag: "monitoring",
    access: .reading,
    query: [.optional("includeDetails", .flag.described("Whether to list the client's calls, 1,000 at most."))],
    success: success(
      .required(
        "monitoring",
        .object([
          .required(
            "summary",
            .object([
              .required("totalActive", .count), .required("clientActive", .count),
              .required("globalUtilization", utilization), .required("clientUtilization", utilization),
            ])),
          .required(
            "limits",
            .object([
              .required("clientMax", .count), .required("globalMax", .count), .required("clientAvailable", .count),
              .required("globalAvailable", .count),
            ])), .required("calls", .list(of: callSchema.adding([.required("startTime", moment)]))),
        ])), .required("timestamp", moment))
  ) { inquiry in
    let report = try await liveCalls(inquiry, flag: "includeDetails")
    let (system, account) = (report.slots.system, report.slots.account)
    return answer([
      "monitoring": [
        "summary": [
          "totalActive": JSONValue(system.active), "clientActive": JSONValue(account.active),
          "globalUtilization": .figure(system.percentage), "clientUtilization": .figure(account.percentage),
        ],
        "limits": [
          "clientMax": JSONValue(account.limit), "globalMax": JSONValue(system.limit),
          "clientAvailable": JSONValue(account.available), "globalAvailable": JSONValue(system.available),
        ],
        "calls": .array(
          report.calls.map { call in
            var row = value(of: call, in: report)
            row["startTime"] = .moment(call.createdAt)
            return .object(row)
          }),
      ],
      "timestamp": .moment(report.at),
    ])
  }

  /// The live calls of whoever asks, listed where a flag is set.
  static func liveCalls(_ inquiry: Inquiry, flag: String) async throws -> ActiveCallsReport {
    let isWanted = inquiry.query[flag]?.bool ?? false
    return try await CampaignReports(inquiry.storage).activeCalls(
      of: try inquiry.account, limit: isWanted ? 1000 : 0)
  }

  static let callSchema = Schema.object([
    .required("callUUID", .text(.uuid)), .required("from", .anyText), .required("to", .anyText),
    .required("duration", figure.described("In seconds, since it was ordered.")),
    .required("campaignId", identifier.nullable),
  ])

  static func value(of call: Call, in report: ActiveCallsReport) -> JSONObject {
    [
      "callUUID": value(callID: call.id), "from": .string(call.from?.description ?? ""),
      "to": .string(call.to.description), "duration": seconds(report.duration(of: call)),
      "campaignId": call.campaign.map { value($0) } ?? .null,
    ]
  }

  // MARK: Utilisation

  static let adviceSchema = Schema.list(
    of: .object([.required("type", .text()), .required("message", .text()), .required("priority", priority)]))

  private static let currentUtilization = Operation(
    .get, "/monitoring/utilization", "Tells how much of the limits is used", tag: "monitoring", access: .reading,
    success: success(
      .required(
        "utilization",
        .object([
          .required(
            "concurrency",
            .object([
              .required("percentage", utilization), .required("active", .count), .required("available", .count),
              .required("max", .count),
            ])),
          .required(
            "campaigns",
            .object([.required("running", .count), .required("paused", .count), .required("load", utilization)])),
          .required(
            "callRate", .object([.required("last5Minutes", .count), .required("ratePerMinute", figure)])),
          .required("systemStatus", level),
        ])), .required("recommendations", adviceSchema))
  ) { inquiry in
    let report = try await CampaignReports(inquiry.storage).utilization(of: try inquiry.account)
    let account = report.slots.account
    return answer([
      "utilization": [
        "concurrency": [
          "percentage": .figure(account.percentage), "active": JSONValue(account.active),
          "available": JSONValue(account.available), "max": JSONValue(account.limit),
        ],
        "campaigns": [
          "running": count("running", in: report.campaigns), "paused": count("paused", in: report.campaigns),
          "load": .figure(account.percentage),
        ],
        "callRate": ["last5Minutes": JSONValue(report.recentCalls), "ratePerMinute": .figure(report.callsPerMinute)],
        "systemStatus": .string(report.slots.level(storeTakesWrites: inquiry.service.storeTakesWrites).rawValue),
      ],
      "recommendations": .array(report.recommendations.map { value(of: $0, text: "message") }),
    ])
  }

  // MARK: Analytics

  private static let analytics = Operation(
    .get, "/monitoring/analytics", "Tells how calls and campaigns did in a period", tag: "monitoring",
    access: .reading,
    query: [
      .optional("period", .choice(AnalyticsSpan.allCases.map(\.rawValue)).defaulting(to: "24h").described("Up to now."))
    ],
    success: success(
      .required(
        "analytics",
        .object([
          .required(
            "calls",
            .object([
              .required("total", .count), .required("successful", .count), .required("failed", .count),
              .required("avgDuration", figure.described("In seconds.")),
              .required("peakHour", .text().described("The hour of the day with most calls, or none.")),
            ])),
          .required(
            "campaigns",
            .object([
              .required("completed", .count), .required("avgCompletionTime", figure.described("In hours.")),
              .required("successRate", percentage),
            ])),
          .required(
            "distribution",
            .object([
              .required(
                "hourlyVolume",
                .list(
                  of: .object([.required("hour", .integer(0...23)), .required("calls", .count)]), count: 24...24)),
              .required(
                "callOutcomes",
                .list(
                  of: .object([
                    .required("outcome", .choice(CallOutcome.allCases.map(\.rawValue))), .required("count", .count),
                    .required("percentage", percentage),
                  ]))),
            ])),
          .required(
            "performance",
            .object([
              .required("responseTime", figure.described("Milliseconds from placing a call to its answer.")),
              .required("errorRate", percentage), .required("throughput", figure.described("Calls a minute.")),
            ])),
        ])), .required("period", .text()), .required("generatedAt", moment))
  ) { inquiry in
    let span = inquiry.query["period"]?.string.flatMap { AnalyticsSpan(rawValue: $0) } ?? .day
    let report = try await CampaignReports(inquiry.storage).analytics(of: try inquiry.account, last: span)
    let calls = report.calls.total
    return answer([
      "analytics": [
        "calls": [
          "total": JSONValue(calls.endedCalls), "successful": JSONValue(calls.reached),
          "failed": JSONValue(calls.failed), "avgDuration": seconds(calls.averageDuration),
          "peakHour": .string(report.peakHour.map { ($0 < 10 ? "0" : "") + "\($0):00" } ?? "none"),
        ],
        "campaigns": [
          "completed": JSONValue(report.completedCampaigns),
          "avgCompletionTime": hours(report.averageCompletionTime), "successRate": .figure(report.completionRate),
        ],
        "distribution": [
          "hourlyVolume": .array(
            report.calls.hours.enumerated().map {
              ["hour": JSONValue($0.offset), "calls": JSONValue($0.element.endedCalls)]
            }),
          "callOutcomes": .array(
            calls.outcomes.map {
              [
                "outcome": .string($0.outcome.rawValue), "count": JSONValue($0.count),
                "percentage": .figure($0.percentage),
              ]
            }),
        ],
        "performance": [
          "responseTime": JSONValue(calls.averageWaitTime.milliseconds), "errorRate": .figure(calls.errorRate),
          "throughput": .figure(report.callsPerMinute),
        ],
      ],
      "period": .string(span.rawValue), "generatedAt": .moment(await inquiry.service.now()),
    ])
  }
}
