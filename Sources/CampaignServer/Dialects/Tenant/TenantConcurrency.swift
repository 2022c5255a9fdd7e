import CampaignKit
import JSON

extension Tenant {
  /// How many calls there may be at once.
  static let concurrency = [getConcurrency, setConcurrency]

  private static let getConcurrency = Operation(
    .get, "/settings/concurrency", "Shows how many calls there may be at once, and are", tag: "settings",
    access: .reading,
    success: answer(
      .ok,
      .required(
        "settings",
        .object([
          .required("user_concurrent_calls_limit", count), .required("user_active_calls", count),
          .required("user_available_slots", count), .required("system_concurrent_calls_limit", count),
          .required("system_active_calls", count), .required("system_available_slots", count),
        ])))
  ) { inquiry in
    let slots = try await inquiry.storage.slots(of: try inquiry.account)
    return done([
      "settings": [
        "user_concurrent_calls_limit": value(slots.accountLimit), "user_active_calls": value(slots.accountActive),
        "user_available_slots": value(slots.accountAvailable),
        "system_concurrent_calls_limit": value(slots.systemLimit), "system_active_calls": value(slots.systemActive),
        "system_available_slots": value(slots.systemAvailable),
      ]
    ])
  }

  private static let setConcurrency = Operation(
    .put, "/settings/concurrency", "Sets how many calls the account may have at once", tag: "settings",
    access: .changing, body: .json(.object([.required("concurrent_calls_limit", .integer(1...10))])),
    success: answer(.ok, message, .required("concurrent_calls_limit", .integer(1...10))), refusals: [.state]
  ) { inquiry in
    let limit = inquiry.body["concurrent_calls_limit"]?.int ?? 1
    _ = try await inquiry.service.change(try inquiry.account) { $0.concurrencyLimit = limit }
    return done(["message": "Concurrency limit updated successfully", "concurrent_calls_limit": value(limit)])
  }
}
