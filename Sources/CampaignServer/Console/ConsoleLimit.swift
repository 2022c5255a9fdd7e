import CampaignKit
import JSON
import WebServer

extension Console {
  /// How many calls the account may have at once: a number of its own up to the system's, or the server's default.
  static let limit = [getLimit, setLimit]

  private static let shown = Tenant.answer(
    .ok, .required("limit", Tenant.count.nullable.described("The account's own limit; null for the default.")),
    .required("default", Tenant.count.described("What holds for accounts without a limit of their own.")),
    .required("system", Tenant.count.described("The most calls at once of all accounts together.")))

  private static func answer(_ account: Account, _ slots: SlotUsage) -> Response {
    Tenant.done([
      "limit": account.concurrencyLimit.map { Tenant.value($0) } ?? .null,
      "default": Tenant.value(slots.defaultAccountLimit), "system": Tenant.value(slots.systemLimit),
    ])
  }

  private static let getLimit = Operation(
    .get, "/console/limit", "Shows how many calls the account may have at once, by itself or by default",
    tag: "console", access: .reading, success: shown
  ) { inquiry in
    let account = try await inquiry.service.account(try inquiry.account)
    return answer(account, try await inquiry.storage.slots(of: account.id))
  }

  private static let setLimit = Operation(
    .put, "/console/limit", "Sets how many calls the account may have at once; null for the default of the server",
    tag: "console", access: .administering,
    body: .json(.object([.required("limit", .integer(1...1_000_000).nullable)])), success: shown, refusals: [.state]
  ) { inquiry in
    let id = try inquiry.account
    let slots = try await inquiry.storage.slots(of: id)
    let limit = inquiry.body["limit"]?.int
    if let limit, limit > slots.systemLimit {
      throw Refusal.invalid(
        "limit", "must be from 1 to \(slots.systemLimit), the calls at once of the whole system, or null")
    }
    return answer(try await inquiry.service.change(id) { $0.concurrencyLimit = limit }, slots)
  }
}
