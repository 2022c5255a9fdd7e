import CampaignKit
import JSON
import WebServer

extension Voice {
  private static let percentage = Schema.number(0...100)

  private static let statisticsSchema = Schema.object([
    .required(
      "contactMetrics",
      .object([
        .required("totalContacts", .count), .required("contactedCount", .count),
        .required("contactedPercentage", percentage), .required("remainingCount", .count),
        .required("activeCount", .count),
      ])),
    .required(
      "callMetrics",
      .object([
        .required("totalCalls", .count), .required("completedCalls", .count), .required("failedCalls", .count),
        .required("callbacksScheduled", .count), .required("transfersInitiated", .count),
        .required("transfersCompleted", .count), .required("averageCallDuration", .number(0...1e12)),
        .required("averageWaitTime", .number(0...1e12)),
      ])),
    .required(
      "timeMetrics",
      .object([
        .required(
          "campaignDuration",
          .object([.required("total", .text()), .required("elapsed", .text()), .required("remaining", .text())])),
        .required(
          "callTimeDistribution",
          .object([.required("morning", .count), .required("afternoon", .count), .required("evening", .count)])),
        .required(
          "peakCallHours",
          .list(of: .object([.required("hour", .integer(0...23)), .required("count", .count)]), count: 0...5)),
      ])),
    .required(
      "outcomesMetrics",
      .object([
        .required("successfulOutcomes", .count), .required("callbackRequests", .count),
        .required("transferredToAgent", .count), .required("voicemails", .count), .required("noAnswers", .count),
        .required("conversionRate", percentage),
      ])),
    .required(
      "performanceTrend",
      .list(
        of: .object([.required("date", .text(.date)), .required("calls", .count), .required("successRate", percentage)])
      )),
  ])

  static let statistics = Operation(
    .get, "/campaigns/{id}/statistics", "Counts contacts and calls", tag: "campaigns", access: .reading,
    query: [
      .optional("fromDate", .text(.dateOrMoment).described("The first day or moment whose calls count.")),
      .optional("toDate", .text(.dateOrMoment).described("The last day or moment whose calls count.")),
    ], success: success([.required("campaignId", .anyText), .required("statistics", statisticsSchema)])
  ) { inquiry in
    let account = try await inquiry.service.account(try inquiry.account)
    let campaign = try await inquiry.campaign()
    let period = try period(inquiry, on: (try? campaign.clock(in: account)) ?? .utc)
    let report = try await CampaignReports(inquiry.storage).report(on: campaign.id, in: account.id, period: period)
    return answer([
      "campaignId": .string(campaignID.text(campaign.id)),
      "statistics": [
        "contactMetrics": contacts(report), "callMetrics": calls(report.calls.total), "timeMetrics": times(report),
        "outcomesMetrics": outcomes(report.calls.total), "performanceTrend": trend(report.calls),
      ],
    ])
  }

  private static func period(_ inquiry: Inquiry, on clock: ZoneClock) throws(Refusal) -> ReportPeriod {
    func bound(_ name: String) -> ScheduleBound? {
      inquiry.query[name]?.string.flatMap { text in
        CivilDate(text).map { .day($0) } ?? Timestamp(text).map { .moment($0) }
      }
    }
    let from = bound("fromDate")?.start(on: clock)
    let last = bound("toDate")
    if let from, let last, last.last(on: clock) < from { throw .invalid("toDate", "must not be before fromDate") }
    let until = last?.end(on: clock)
    return ReportPeriod(from: from, until: until)
  }

  private static func contacts(_ report: CampaignReport) -> JSONValue {
    [
      "totalContacts": JSONValue(report.leads.total), "contactedCount": JSONValue(report.contacted),
      "contactedPercentage": .figure(report.contactedPercentage), "remainingCount": JSONValue(report.untouched),
      "activeCount": JSONValue(report.leads.calling),
    ]
  }

  private static func calls(_ calls: Rollup) -> JSONValue {
    [
      "totalCalls": JSONValue(calls.endedCalls), "completedCalls": JSONValue(calls.reached),
      "failedCalls": JSONValue(calls.failed), "callbacksScheduled": JSONValue(calls.callbacks),
      "transfersInitiated": JSONValue(transfers), "transfersCompleted": JSONValue(transfers),
      "averageCallDuration": .figure(seconds(calls.averageDuration)),
      "averageWaitTime": .figure(seconds(calls.averageWaitTime)),
    ]
  }

  private static func times(_ report: CampaignReport) -> JSONValue {
    let span = report.span
    func days(_ count: Int) -> JSONValue { .string("\(count) days") }
    return [
      "campaignDuration": [
        "total": days(span.total), "elapsed": days(span.elapsed), "remaining": days(span.remaining),
      ],
      "callTimeDistribution": .object(
        JSONObject(
          CallSeries.DayPart.allCases.map { (key: $0.rawValue, value: JSONValue(report.calls[$0].endedCalls)) })),
      "peakCallHours": .array(
        report.calls.peakHours.prefix(5).map { ["hour": JSONValue($0.hour), "count": JSONValue($0.calls)] }),
    ]
  }

  private static func outcomes(_ calls: Rollup) -> JSONValue {
    [
      "successfulOutcomes": JSONValue(calls.answeredByPerson), "callbackRequests": JSONValue(calls.callbacks),
      "transferredToAgent": JSONValue(transfers), "voicemails": JSONValue(calls.count(of: .voicemail)),
      "noAnswers": JSONValue(calls.count(of: .noAnswer)), "conversionRate": .figure(calls.conversionRate),
    ]
  }

  /// Days whose calls are all still live have none that count yet.
  private static func trend(_ calls: CallSeries) -> JSONValue {
    .array(
      calls.days.filter { $0.calls.endedCalls > 0 }.map { day in
        [
          "date": .string(day.date.description), "calls": JSONValue(day.calls.endedCalls),
          "successRate": .figure(day.calls.successRate),
        ]
      })
  }

  /// Calls that were handed on. The library hands none on so far, so that there are none to count.
  static let transfers = 0

  /// Seconds, to the hundredth.
  private static func seconds(_ duration: Duration) -> Double {
    Double((duration.milliseconds + 5) / 10) / 100
  }
}
