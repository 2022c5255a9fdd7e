import CampaignKit
import JSON
import WebServer

extension Plivo {
  static let calls = [singleCall, channels]

  private static let singleCall = Operation(
    .post, "/single-call", "Calls a number outside a campaign", tag: "calls", access: .changing,
    body: .json(
      .object([
        .required("from", .text(1...64).like("+14155550100")), .required("to", .text(1...64).like("+14155551234")),
        .required("wssUrl", streamAddress), .optional("clientId", clientID),
        .optional("assistantId", identifier.nullable.described("The assistant, in the system that speaks.")),
        .optional("customPrompt", .text(0...1000).nullable),
      ])),
    success: success(
      message,
      .required(
        "data",
        .object([
          .required("callUUID", .text(.uuid)), .required("from", .anyText), .required("to", .anyText),
          .required("status", .choice(["active"])), .required("startTime", moment),
        ]))), refusals: [.state, .limited]
  ) { inquiry in
    let body = inquiry.body
    try await inquiry.refuseOtherClient(body["clientId"])
    var problems: [Problem] = []
    func number(_ name: String) -> PhoneNumber? {
      do throws(Refusal) {
        return try inquiry.service.phoneNumber(body[name]?.string ?? "", field: name)
      } catch {
        problems += error.problems
        return nil
      }
    }
    let numbers = (from: number("from"), to: number("to"))
    do throws(Refusal) {
      try inquiry.service.checkStream(body["wssUrl"]?.string, field: "wssUrl")
    } catch {
      problems += error.problems
    }
    guard let from = numbers.from, let to = numbers.to, problems.isEmpty else { throw Refusal(problems) }
    var details: JSONObject = [:]
    for name in ["wssUrl", "assistantId", "customPrompt"] where body[name]?.string != nil { details[name] = body[name] }
    var order = SingleCall(account: try inquiry.account, to: to, from: from, metadata: details)
    order.keepsLegalHours = inquiry.service.configuration.keepsLegalHours
    let call: Call
    do throws(EngineError) { call = try await inquiry.engine.call(order) } catch {
      var refusal = Refusal(error)
      if refusal.kind == .limited { refusal.code = "CAPACITY" }
      if error.decision != nil { refusal.code = "CALLING_HOURS" }
      throw refusal
    }
    return answer([
      "message": "Call initiated successfully",
      "data": [
        "callUUID": value(callID: call.id), "from": .string(from.description), "to": .string(to.description),
        "status": "active", "startTime": .moment(call.createdAt),
      ],
    ])
  }

  private static let usage = Schema.object([
    .required("active", .count), .required("max", .count), .required("available", .count),
    .required("utilization", utilization),
  ])

  private static let channels = Operation(
    .get, "/get-active-channels", "Shows how many calls there may be at once, and are", tag: "calls",
    access: .reading,
    query: [
      .optional("includeCalls", .flag.described("Whether to list the client's calls, 1,000 at most.")),
      .optional("clientId", clientID),
    ],
    success: success(
      .required(
        "data",
        .object([
          .required("global", usage), .required("client", usage), .required("calls", .list(of: callSchema)),
          .required("timestamp", moment),
        ]))), refusals: [.forbidden]
  ) { inquiry in
    try await inquiry.refuseOtherClient(inquiry.query["clientId"])
    let report = try await liveCalls(inquiry, flag: "includeCalls")
    func value(of usage: Utilization) -> JSONValue {
      [
        "active": JSONValue(usage.active), "max": JSONValue(usage.limit), "available": JSONValue(usage.available),
        "utilization": .figure(usage.percentage),
      ]
    }
    return answer([
      "data": [
        "global": value(of: report.slots.system), "client": value(of: report.slots.account),
        "calls": .array(report.calls.map { .object(Plivo.value(of: $0, in: report)) }),
        "timestamp": .moment(report.at),
      ]
    ])
  }
}
