import CampaignKit
import JSON

// How this dialect's settings of a campaign are put into the model.
extension V1 {
  private static let settings: [Schema.Property] = [
    .required("name", .name(200).like("Q4 Sales Campaign")), .optional("description", .text().nullable),
    .optional(
      "maxConcurrent", .integer(1...1000).defaulting(to: 3).described("How many calls at once; 2 to 5 are usual.")),
    .optional(
      "retryFailed", .flag.defaulting(to: false).described("Whether leads that were not reached are called again.")),
    .optional("retryAttempts", .integer(0...100).defaulting(to: 1).described("How often they are called again.")),
    .optional(
      "callDelay",
      .integer(0...86_400_000).defaulting(to: 2000).described("Milliseconds between the starts of two calls.")),
    .optional(
      "scheduledAt", .text(.moment).nullable.described("When a campaign that was started begins to call.")),
  ]

  static let creation = Schema.object(
    settings + [.optional("status", .choice(["draft"]).described("Campaigns begin as drafts."))])

  static let update = Schema.object(settings).partial

  /// Changes what the body names.
  static func apply(_ body: JSONObject, to campaign: inout Campaign) {
    if let name = body["name"]?.string { campaign.name = name }
    if let description = body["description"] { campaign.description = description.string }
    if let limit = body["maxConcurrent"]?.int { campaign.pacing.maximumConcurrentCalls = limit }
    if let delay = body["callDelay"]?.int {
      campaign.pacing.delayBetweenCalls = .milliseconds(delay)
      // The document has no time to wait: a lead that failed is called again in its turn.
      campaign.retries.delay = .fixed(.milliseconds(delay))
    }
    if let extra = body["retryAttempts"]?.int { campaign.retries.maximumAttempts = extra + 1 }
    if let retries = body["retryFailed"]?.bool, retries == campaign.retries.retried.isEmpty {
      campaign.retries.retried = retries ? Set(Disposition.allCases.filter { !$0.reachesPerson }) : []
    }
    if let moment = body["scheduledAt"] {
      campaign.schedule.start = moment.string.flatMap { Timestamp($0) }.map { .moment($0) }
    }
  }
}
