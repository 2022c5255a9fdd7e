import CampaignKit
import JSON
import WebServer

extension Dialect {
  /// Campaigns from lists of contacts, dashboards and monitoring at `/plivo`, and health at `/health` beside it.
  ///
  /// `Documentation/API-Plivo.md` has its routes and decisions.
  ///
  /// - Parameter base: The path that it is mounted at.
  /// - Returns: The dialect.
  public static func plivo(base: String = "/plivo") -> Dialect {
    Dialect(
      name: "plivo", title: "Campaigns from lists, dashboards and health", base: base, tail: "/plivo",
      style: Plivo.style,
      operations: Plivo.campaigns + Plivo.dashboard + Plivo.monitoring + Plivo.calls + Plivo.lists
        + HealthChecks().operations)
  }
}

/// The dialect whose refusals tell the time.
enum Plivo {
  /// The document knows 400 and no 409.
  static let style = Dialect.Style(
    statuses: [.state: .badRequest, .duplicate: .badRequest, .gone: .notFound],
    schema: .object([
      .required("success", .flag), .required("message", .anyText.described("What is wrong, and what to do.")),
      .required("code", .anyText.described("What kind of mistake it is.")), .optional("fields", .problems),
      .required("timestamp", .text(.moment)),
    ])
  ) { refusal, now in
    var body: JSONObject = [
      "success": false, "message": .string(refusal.message), "code": .string(refusal.code ?? refusal.kind.code),
    ]
    if !refusal.problems.isEmpty { body["fields"] = .array(refusal.problems.map(\.json)) }
    body["timestamp"] = .moment(now)
    return body
  }

  // MARK: Answers

  static func answer(_ members: KeyValuePairs<String, JSONValue>) -> Response {
    var body: JSONObject = ["success": true]
    for (name, value) in members { body[name] = value }
    return .json(.object(body))
  }

  static func success(_ properties: Schema.Property...) -> Operation.Success {
    Operation.Success(.ok, .object([.required("success", .flag)] + properties))
  }

  static let message = Schema.Property.required("message", .text())
  static let moment = Schema.text(.moment)
  static let percentage = Schema.number(0...100).described("In per cent.")
  /// Above 100 after a limit was lowered, until calls have ended.
  static let utilization = Schema.number(0...1e9).described("In per cent of the limit.")
  static let figure = Schema.number(0...1e12)
  static let level = Schema.choice(LoadLevel.allCases.map(\.rawValue))
  static let priority = Schema.choice(Recommendation.Priority.allCases.map(\.rawValue))

  // MARK: Identifiers

  /// An identifier in whatever form; this dialect writes 24 digits.
  static let identifier = Schema.text(
    TextFormat(
      "objectid", "24 hexadecimal digits", pattern: "^[0-9A-Fa-f]{24}$", example: "65a1b2c3d4e5f60718293a4b"
    ) { IdentifierForm.read($0, as: Campaign.self) != nil })

  static func value<Entity>(_ id: Identifier<Entity>) -> JSONValue { .string(IdentifierForm.digits.text(id)) }

  static func value(callID id: Call.ID) -> JSONValue { .string(IdentifierForm.uuid.text(id)) }

  static let streamAddress = Schema.text(.streamAddress).like("wss://example.com/stream")

  /// The account of whoever asks, which may be named once more.
  static let clientID = Schema.text(0...200).nullable.described(
    "The client that the token belongs to; another one is refused.")

  // MARK: Figures

  /// Seconds, to the hundredth.
  static func seconds(_ duration: Duration) -> JSONValue { .figure(Double((duration.milliseconds + 5) / 10) / 100) }

  /// Hours, to a ten-thousandth: a third of a second.
  static func hours(_ duration: Duration) -> JSONValue {
    .figure((duration / .seconds(3600) * 10_000).rounded() / 10_000)
  }
}

extension Inquiry {
  /// Refuses a client other than that of whoever asks.
  func refuseOtherClient(_ value: JSONValue?) async throws {
    guard let text = value?.string, !text.isEmpty else { return }
    let account = try await service.account(try account)
    guard text == account.externalID || IdentifierForm.read(text) == account.id else {
      throw Refusal(.forbidden, "clientId is not the client that the token belongs to; leave it out")
    }
  }

  /// The campaign that a text names, if it belongs to whoever asks.
  func plivoCampaign(_ text: String, orElse message: String = "Campaign not found") async throws -> Campaign {
    guard let id = IdentifierForm.read(text, as: Campaign.self) else {
      throw Refusal.invalid("campaignId", "must be 24 hexadecimal digits")
    }
    guard let campaign = try await storage.campaign(id), campaign.account == (try account) else {
      throw Refusal(.notFound, message)
    }
    return campaign
  }
}
