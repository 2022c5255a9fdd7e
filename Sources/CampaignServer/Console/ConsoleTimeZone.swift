import CampaignKit
import JSON
import WebServer

extension Console {
  /// The time zone of the account: that of its days, and of campaigns and agents that have none of their own.
  static let timeZone = [getTimeZone, setTimeZone]

  private static let shown = Tenant.answer(.ok, .required("timezone", Tenant.text.described("An IANA name.")))

  private static let getTimeZone = Operation(
    .get, "/console/timezone", "Shows the time zone of the account", tag: "console", access: .reading, success: shown
  ) { inquiry in
    Tenant.done(["timezone": .string(try await inquiry.service.account(try inquiry.account).timeZone)])
  }

  private static let setTimeZone = Operation(
    .put, "/console/timezone",
    "Sets the time zone of the account, which holds at once for campaigns and agents without one of their own",
    tag: "console", access: .administering,
    body: .json(.object([.required("timezone", .text(.timeZone).like("Europe/Berlin"))])), success: shown
  ) { inquiry in
    let name = inquiry.body["timezone"]?.string ?? ""
    guard ZoneClock(name) != nil else {
      throw Refusal.invalid("timezone", "must be the name of a time zone such as America/Chicago")
    }
    let account = try await inquiry.service.change(try inquiry.account) { $0.timeZone = name }
    return Tenant.done(["timezone": .string(account.timeZone)])
  }
}
