import CampaignKit
import JSON
import WebServer

extension V1 {
  private static let uploaded = Schema.object([
    .required("uploaded", .count), .required("total", .count),
    .required(
      "errors",
      .list(of: .object([.required("row", .object([], others: .kept(.anyText))), .required("error", .anyText)]))
        .described("Every row that made no lead.")),
  ])

  static let uploadLeads = Operation(
    .post, "/campaigns/{id}/leads/upload", "Adds the leads of a CSV file", tag: "leads", access: .changing,
    body: .raw(
      "multipart/form-data",
      .object([
        .required("file", .anyText.described("A CSV file with the columns phoneNumber, name, priority, metadata."))
      ])
    ), success: success(uploaded), refusals: [.state]
  ) { inquiry in
    let campaign = try await inquiry.campaign()
    return try await Upload.receiving(inquiry) { upload in
      let errors = try SpooledRows(in: upload, upTo: inquiry.service.configuration.maximumUploadBytes) { row, header in
        let cells = row.cells.enumerated().map { index, cell in
          (key: index < header.count ? header[index] : "column \(index + 1)", value: JSONValue.string(cell))
        }
        return ["row": .object(JSONObject(cells)), "error": .string(row.reason)]
      }
      var options = LeadImporter.Options()
      options.usualPriority = Int32(usualPriority)
      options.defaultRegion = inquiry.service.configuration.defaultRegion?.description
      options.knowsRepeats = false
      options.keptRefusals = 0
      let result = try await upload.importing(into: campaign.id, with: options, refusals: errors, on: inquiry)
      let counts: JSONObject = [
        "uploaded": JSONValue(result.tally.inserted), "total": JSONValue(result.tally.total),
      ]
      return errors.response(with: counts, inside: "data")
    }
  }
}
