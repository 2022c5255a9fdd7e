import CampaignKit
import JSON
import WebServer

extension Tenant {
  private static let uploadForm = Schema.object([
    .required("file", .text(0...Int.max).described("The list, as CSV.")), .required("campaign_id", .text(1...64)),
    .optional(
      "field_mapping",
      .text().described("A JSON object of columns and the fields that they mean.").like(
        #"{"First Name": "first_name", "Phone Number": "phone"}"#)),
  ])

  /// A list of leads as a CSV file.
  static let leadUpload = Operation(
    .post, "/leads/upload", "Adds the leads of a CSV file to a campaign", tag: "leads", access: .changing,
    body: .raw("multipart/form-data", uploadForm),
    success: answer(
      .ok, message,
      .required(
        "results",
        .object([
          .required("total", count), .required("valid", count), .required("invalid", count),
          .required("duplicates", count), .required("dnc", count), .required("inserted", count),
        ])), and: TenantRefusals.properties), refusals: [.notFound, .state]
  ) { inquiry in
    let account = try inquiry.account
    return try await Upload.receiving(inquiry) { upload in
      guard let text = upload.fields["campaign_id"], !text.isEmpty else {
        throw Refusal.invalid("campaign_id", "is missing")
      }
      guard upload.path != nil else {
        throw Refusal.invalid("file", "is missing; send the list as the part 'file' of a form")
      }
      var options = LeadImporter.Options()
      options.columns = .header(try mapping(upload.fields["field_mapping"]))
      options.defaultRegion = inquiry.service.configuration.defaultRegion?.description
      guard let id = IdentifierForm.read(text, as: Campaign.self) else { throw Refusal.notFound("campaign") }
      let campaign = try await inquiry.service.campaign(id, of: account)
      options.keptRefusals = 0
      let rows = TenantRefusals()
      let result = try await upload.importing(into: campaign.id, with: options, refusals: rows, on: inquiry)
      guard result.outcome == .repeated else {
        return uploaded("CSV processed successfully", result.tally, rows)
      }
      // Every row that made a lead the first time is there already. What was wrong, and who is not to be called now, is
      // found out again.
      options.isDryRun = true
      var tally = try await upload.importing(into: campaign.id, with: options, refusals: rows, on: inquiry).tally
      tally.duplicates += tally.inserted
      tally.inserted = 0
      return uploaded("This CSV was processed before, and nothing was changed", tally, rows)
    }
  }

  private static func uploaded(_ message: String, _ tally: ImportBatch.Tally, _ rows: TenantRefusals) -> Response {
    done(
      [
        "message": .string(message),
        "results": [
          "total": value(tally.total), "valid": value(tally.inserted), "invalid": value(tally.invalid),
          "duplicates": value(tally.duplicates), "dnc": value(tally.suppressed), "inserted": value(tally.inserted),
        ],
      ], and: rows.members)
  }

  /// Reads what columns mean.
  private static func mapping(_ text: String?) throws(Refusal) -> [String: String] {
    guard let text, !text.isEmpty else { return [:] }
    let wrong = Refusal.invalid(
      "field_mapping", #"must be a JSON object of columns and fields, such as {"Phone Number": "phone"}"#)
    guard let object = (try? JSONValue(parsing: Array(text.utf8)))?.object else { throw wrong }
    var mapping: [String: String] = [:]
    for (column, field) in object {
      guard let field = field.string else { throw wrong }
      mapping[column] = field
    }
    return mapping
  }
}
