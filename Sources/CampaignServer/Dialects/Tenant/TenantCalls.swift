import CampaignKit
import JSON

extension Tenant {
  /// Finding and counting calls.
  static let calls = [listCalls, callSummary, callsByDisposition, callsByCallerID, getCall]

  /// The first and the last day.
  static let dates: [Operation.Parameter] = [
    .optional("date_from", .text(.dateOrMoment).described("The first day, or moment.")),
    .optional("date_to", .text(.dateOrMoment).described("The last day, or moment; included.")),
  ]

  private static let listCalls = Operation(
    .get, "/calls", "Lists calls, the newest first", tag: "calls", access: .reading,
    query: [
      .optional("campaign_id", .text(1...64)), .optional("agent_id", .text(1...64)),
      .optional("disposition", .choice(CallOutcome.tenantWords)),
      .optional("answered_by", .choice(AnsweredBy.allCases.map(\.tenantWord))),
    ] + dates + paging, success: answer(.ok, .required("calls", .list(of: call)), counted, total)
  ) { inquiry in
    let view = try await inquiry.tenantView()
    var query = CallQuery(account: view.account.id)
    (query.from, query.until) = inquiry.dates(on: view.clock)
    if let outcome = CallOutcome(tenantWord: inquiry.query["disposition"]?.string) {
      query.dispositions = outcome.dispositions
    }
    if let word = inquiry.query["answered_by"]?.string {
      query.answeredBy = Set(AnsweredBy.allCases.filter { $0.tenantWord == word })
    }
    let none = done(["calls": [], "count": 0, "total": 0])
    switch try inquiry.wanted("campaign_id", Campaign.self) {
    case .all: break
    case .nothing: return none
    case .one(let id): query.campaign = id
    }
    switch try inquiry.wanted("agent_id", Agent.self) {
    case .all: break
    case .nothing: return none
    case .one(let id): query.agent = id
    }
    let page = try await inquiry.storage.calls(query, page: inquiry.window(limit: 50))
    let rows = try await view.calls(page.elements, in: inquiry.storage)
    return done(["calls": .array(rows), "count": value(rows.count), "total": value(page.total ?? rows.count)])
  }

  private static let getCall = Operation(
    .get, "/calls/{id}", "Shows a call", tag: "calls", access: .reading,
    success: answer(.ok, .required("call", call))
  ) { inquiry in
    let view = try await inquiry.tenantView()
    let call = try await inquiry.service.call(try inquiry.identifier(of: "call"), of: view.account.id)
    return done(["call": .array(try await view.calls([call], in: inquiry.storage))[0] ?? .null])
  }

  private static let callSummary = Operation(
    .get, "/calls/stats/summary", "Counts calls that are over", tag: "calls", access: .reading,
    query: [.optional("campaign_id", .text(1...64))] + dates,
    success: answer(
      .ok,
      .required(
        "stats",
        .object([
          .required("total_calls", count), .required("answered_calls", count), .required("voicemail_calls", count),
          .required("no_answer_calls", count), .required("busy_calls", count), .required("failed_calls", count),
          .required("human_answered", count), .required("machine_answered", count), .required("avg_duration", seconds),
          .required("avg_talk_time", seconds), .required("total_cost", .number(-1e15...1e15)),
        ])))
  ) { inquiry in
    let calls = try await inquiry.countedCalls()
    var stats: JSONObject = ["total_calls": value(calls.endedCalls)]
    for outcome in CallOutcome.allCases { stats[outcome.tenantWord + "_calls"] = value(calls.count(of: outcome)) }
    stats["human_answered"] = value(calls.answeredByHuman)
    stats["machine_answered"] = value(calls.answeredByMachine)
    stats["avg_duration"] = value(calls.averageDuration)
    stats["avg_talk_time"] = value(calls.averageTalkTime)
    stats["total_cost"] = .figure(calls.cost)
    return done(["stats": .object(stats)])
  }

  private static let callsByDisposition = Operation(
    .get, "/calls/stats/by-disposition", "Counts calls that are over by how they ended, the most frequent first",
    tag: "calls", access: .reading, query: [.optional("campaign_id", .text(1...64))] + dates,
    success: answer(
      .ok,
      .required(
        "dispositions",
        .list(
          of: .object([
            .required("disposition", .choice(CallOutcome.tenantWords)), .required("count", count),
          ]))))
  ) { inquiry in
    let calls = try await inquiry.countedCalls()
    let counts = CallOutcome.allCases.map { (word: $0.tenantWord, count: calls.count(of: $0)) }
    let rows = counts.filter { $0.count > 0 }.sorted { ($1.count, $0.word) < ($0.count, $1.word) }
      .map { row -> JSONValue in ["disposition": .string(row.word), "count": value(row.count)] }
    return done(["dispositions": .array(rows)])
  }

  private static let callerCounts: [Schema.Property] = [
    .required("calls", count.described("Calls that were made.")),
    .required("answered", count.described("Ended calls that a person answered.")),
    .required("answer_rate", .number(0...100).described("The share of ended calls that a person answered.")),
  ]

  private static let callsByCallerID = Operation(
    .get, "/calls/stats/by-caller-id", "Counts calls by the number that they were made from", tag: "calls",
    access: .reading,
    query: [
      .optional(
        "days", .integer(1...365).defaulting(to: 7).described("How many days, today included, in the account's zone."))
    ],
    success: answer(
      .ok, .required("days", count),
      .required(
        "caller_ids",
        .list(
          of: .object(
            [.required("caller_id", text), .required("today", .object(callerCounts))] + callerCounts + [
              .required("advice", text.nullable.described("What to do, where people answer it far less than others."))
            ]))))
  ) { inquiry in
    let report = try await CampaignReports(inquiry.storage).callerNumbers(
      of: try inquiry.account, days: inquiry.query["days"]?.int ?? 7)
    let rows = report.lines.map { line -> JSONValue in
      let members: [JSONObject.Element] = [
        ("caller_id", .string(line.number.description)), ("today", .object(JSONObject(members(of: line.today)))),
      ]
      return .object(JSONObject(members + Self.members(of: line.counts) + [("advice", value(line.advice))]))
    }
    return done(["days": value(report.days), "caller_ids": .array(rows)])
  }

  private static func members(of counts: CallerCounts) -> [JSONObject.Element] {
    [
      ("calls", value(counts.calls)), ("answered", value(counts.answered)),
      ("answer_rate", .figure(counts.answerRate)),
    ]
  }
}

extension Inquiry {
  /// What was counted of the calls of the account, or of a campaign of it, on the days that are asked for.
  fileprivate func countedCalls() async throws -> Rollup {
    let view = try await tenantView()
    let dates = dates(on: view.clock)
    switch try wanted("campaign_id", Campaign.self) {
    case .all: return try await service.counted(.account(view.account.id), from: dates.from, until: dates.until)
    case .nothing: return Rollup()
    case .one(let id):
      guard try await storage.campaign(id)?.account == view.account.id else { return Rollup() }
      return try await service.counted(.campaign(id), from: dates.from, until: dates.until)
    }
  }
}

extension CampaignService {
  /// What was counted in a period, to the quarter of an hour; everything where it has neither beginning nor end.
  func counted(_ scope: RollupScope, from: Timestamp?, until: Timestamp?) async throws -> Rollup {
    guard from != nil || until != nil else { return try await storage.total(of: scope) }
    let period = ReportPeriod(from: from, until: until)
    var sum = Rollup()
    for quarter in try await storage.quarters(of: scope, from: period.from, until: period.until) {
      sum.add(quarter.rollup)
    }
    return sum
  }
}
