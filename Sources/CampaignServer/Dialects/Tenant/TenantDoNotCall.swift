import CampaignKit
import JSON

extension Tenant {
  /// The account's do-not-call list.
  static let doNotCall = [listDoNotCall, addDoNotCall, removeDoNotCall, uploadDoNotCall]

  private static let entry = Schema.object([
    .required("phone", text.described("A number, or the first digits of numbers with a star behind them.")),
    .required("is_prefix", .flag), .required("source", text), .required("reason", text.nullable),
    .required("added_at", moment), .required("expires_at", moment.nullable),
  ])

  private static let listDoNotCall = Operation(
    .get, "/dnc", "Lists the account's do-not-call entries", tag: "dnc", access: .reading, query: paging,
    success: answer(.ok, .required("entries", .list(of: entry)), counted, total)
  ) { inquiry in
    let page = try await inquiry.storage.suppressions(of: try inquiry.account, page: inquiry.window(limit: 50))
    let rows = page.elements.map { entry -> JSONValue in
      var isPrefix = false
      if case .prefix = entry.pattern { isPrefix = true }
      return [
        "phone": .string(entry.pattern.description), "is_prefix": .bool(isPrefix), "source": .string(entry.source),
        "reason": value(entry.reason), "added_at": value(entry.addedAt), "expires_at": value(entry.expiresAt),
      ]
    }
    return done(["entries": .array(rows), "count": value(rows.count), "total": value(page.total ?? rows.count)])
  }

  private static let addDoNotCall = Operation(
    .post, "/dnc", "Puts numbers on the do-not-call list; leads that wait on them are not called", tag: "dnc",
    access: .changing,
    body: .json(
      .object([
        .required(
          "phone_numbers",
          .list(of: .text(1...40).like("+14155552671"), count: 1...10_000).described(
            "Numbers, or first digits with a star behind them, such as +1900*.")),
        .optional("reason", .text(0...1000).nullable), .optional("expires_at", .text(.moment).nullable),
      ])), success: answer(.ok, message, .required("entries", count))
  ) { inquiry in
    var problems: [Problem] = []
    var patterns: Set<Suppression.Pattern> = []
    for (index, value) in (inquiry.body["phone_numbers"]?.array ?? []).enumerated() {
      do throws(Refusal) {
        patterns.insert(try pattern(value.string ?? "", field: "phone_numbers[\(index)]", inquiry.service))
      } catch { problems += error.problems }
    }
    guard problems.isEmpty else { throw Refusal(problems) }
    let account = try inquiry.account
    let now = await inquiry.service.now()
    let entries = patterns.map {
      Suppression(
        $0, account: account, source: "api", reason: inquiry.body["reason"]?.string, addedAt: now,
        expiresAt: inquiry.body["expires_at"]?.string.flatMap { Timestamp($0) })
    }
    try await inquiry.engine.suppress(entries)
    return done(["message": "Numbers added to the do-not-call list", "entries": value(entries.count)])
  }

  private static let removeDoNotCall = Operation(
    .delete, "/dnc", "Takes a number off the do-not-call list; leads that were stopped stay so", tag: "dnc",
    access: .changing, query: [.required("phone", .text(1...40).like("+14155552671"))], success: answer(.ok, message),
    refusals: [.notFound]
  ) { inquiry in
    var text = inquiry.query["phone"]?.string ?? ""
    // A plus sign that was not encoded arrives as a space.
    if text.hasPrefix(" ") { text = "+" + text.dropFirst() }
    let pattern = try pattern(text, field: "phone", inquiry.service)
    guard try await inquiry.storage.unsuppress([pattern], of: try inquiry.account) > 0 else {
      throw Refusal.notFound("do-not-call entry")
    }
    return done(["message": "Number removed from the do-not-call list"])
  }

  private static func pattern(
    _ text: String, field: String, _ service: CampaignService
  ) throws(Refusal) -> Suppression.Pattern {
    guard text.hasSuffix("*") else { return .number(try service.phoneNumber(text, field: field)) }
    guard let pattern = Suppression.Pattern(text) else {
      throw .invalid(field, "must be the first digits of numbers, country code first, such as +1900*")
    }
    return pattern
  }

  private static let uploadDoNotCall = Operation(
    .post, "/dnc/upload", "Puts the numbers of a CSV file on the do-not-call list", tag: "dnc", access: .changing,
    body: .raw(
      "multipart/form-data",
      .object([
        .required(
          "file",
          .text(0...Int.max).described("Columns of numbers, or of first digits with a star behind them; or one a line.")
        )
      ])
    ),
    success: answer(
      .ok, message,
      .required(
        "results", .object([.required("total", count), .required("valid", count), .required("invalid", count)])),
      and: TenantRefusals.properties)
  ) { inquiry in
    let account = try inquiry.account
    return try await Upload.receiving(inquiry) { upload in
      guard let path = upload.path else {
        throw Refusal.invalid("file", "is missing; send the list as the part 'file' of a form")
      }
      var options = SuppressionImporter.Options()
      options.defaultRegion = inquiry.service.configuration.defaultRegion?.description
      options.keptRefusals = 0
      let rows = TenantRefusals()
      let importer = SuppressionImporter(inquiry.storage, options: options)
      let source = ImportSource.file(path, name: upload.name)
      let list: SuppressionImportResult
      do {
        list = try await withTaskExecutorPreference(globalConcurrentExecutor) {
          try await importer.run(source, for: account, refusals: rows)
        }
      } catch let error as ImportError {
        throw Refusal(error)
      }
      return done(
        [
          "message": "CSV processed successfully",
          "results": ["total": value(list.total), "valid": value(list.added), "invalid": value(list.invalid)],
        ], and: rows.members)
    }
  }
}
