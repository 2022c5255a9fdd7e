import CampaignKit
import JSON
import WebServer

extension Dialect {
  /// The dialect of tenants, with campaigns, leads, calls and agents in snake case, and of the queue of a user's calls.
  ///
  /// `Documentation/API-Tenant.md` has its routes and decisions.
  ///
  /// - Parameter base: The path that it is mounted at.
  /// - Returns: The dialect.
  public static func tenant(base: String = "/api") -> Dialect {
    Dialect(
      name: "tenant", title: "Tenants: campaigns, leads, calls, agents and the queue", base: base, tail: "/api",
      style: .plain,
      operations: Tenant.campaigns + Tenant.lifeCycle + Tenant.campaignReports + [Tenant.campaignUpload] + Tenant.leads
        + [Tenant.leadUpload] + Tenant.calls + Tenant.agents + Tenant.queue + Tenant.concurrency + Tenant.doNotCall
        + Tenant.contacts + Tenant.access + Tenant.keys)
  }
}

/// The operations of the dialect `tenant`, and what they have in common.
enum Tenant {
  /// The declaration of an answer: `success`, and what else is in it.
  static func answer(
    _ status: Status = .ok, _ members: Schema.Property..., and others: [Schema.Property] = []
  ) -> Operation.Success {
    Operation.Success(status, .object([.required("success", .flag)] + members + others))
  }

  /// An answer: `success`, and what else is in it.
  static func done(
    _ members: KeyValuePairs<String, JSONValue>, and others: [JSONObject.Element] = [], _ status: Status = .ok
  ) -> Response {
    let success: [JSONObject.Element] = [("success", true)]
    return .json(.object(JSONObject(success + members.map { (key: $0.key, value: $0.value) } + others)), status: status)
  }

  // MARK: Schemas

  /// A number of things.
  static var count: Schema { .integer(0...Int.max) }
  /// How many rows a list has.
  static let counted = Schema.Property.required("count", count.described("How many are given."))
  /// How many rows there are in all.
  static let total = Schema.Property.required("total", count.described("How many there are in all."))
  /// What was done, in words.
  static let message = Schema.Property.required("message", .text())
  /// An identifier of our own.
  static let id = Schema.text(.uuid)
  /// An identifier of somebody else's, taken as it is.
  static let foreignID = Schema.text(1...200).described("An identifier of another system, kept as it is.")
  /// A text in an answer, as long as the store takes.
  static let text = Schema.text(0...1_048_576)
  /// A moment in an answer.
  static let moment = Schema.text(.moment)
  /// A length of time in an answer.
  static let seconds = Schema.number(0...1e12).described("In seconds.")
  /// The two parameters that every list has.
  static let paging: [Operation.Parameter] = [.optional("limit", .limit(50)), .optional("offset", .offset)]

  // MARK: Values

  /// A text or null.
  static func value(_ text: String?) -> JSONValue { .text(text) }
  /// A moment or null.
  static func value(_ moment: Timestamp?) -> JSONValue { .moment(moment) }
  /// A number of things.
  static func value(_ count: Int) -> JSONValue { JSONValue(count) }
  /// A length of time in seconds, to the millisecond, or null.
  static func value(_ duration: Duration?) -> JSONValue {
    duration.map { JSONValue.figure(Double($0.milliseconds) / 1000) } ?? .null
  }
  /// An identifier.
  static func value<Entity>(_ id: Identifier<Entity>) -> JSONValue { .string(IdentifierForm.uuid.text(id)) }
  /// An identifier or null.
  static func value<Entity>(_ id: Identifier<Entity>?) -> JSONValue { id.map { value($0) } ?? .null }
}

/// What a parameter asks to see of something with an identifier.
enum Wanted<Entity> {
  /// All.
  case all
  /// Something that there is not.
  case nothing
  /// One.
  case one(Identifier<Entity>)
}

extension Inquiry {
  /// What a parameter with an identifier asks to see.
  ///
  /// - Throws: A ``Refusal`` for what is no identifier of any kind. Foreign ones are taken, and nothing has them.
  func wanted<Entity>(_ name: String, _ entity: Entity.Type = Entity.self) throws(Refusal) -> Wanted<Entity> {
    guard let text = query[name]?.string else { return .all }
    if let id = IdentifierForm.read(text, as: Entity.self) { return .one(id) }
    guard TextFormat.uuid.accepts(text) else { throw .invalid(name, "is no identifier") }
    return .nothing
  }

  /// What the dialect `tenant` needs to know to show things to whoever asks.
  func tenantView() async throws -> TenantView { TenantView(try await service.account(try account)) }

  /// The days or moments that `date_from` and `date_to` name, both included; days are those of the account's zone.
  func dates(on clock: ZoneClock) -> (from: Timestamp?, until: Timestamp?) {
    func read(_ name: String, _ day: (CivilDate) -> Timestamp, _ add: Duration) -> Timestamp? {
      guard let text = query[name]?.string else { return nil }
      return CivilDate(text).map(day) ?? Timestamp(text).map { $0 + add }
    }
    return (read("date_from", clock.start(of:), .zero), read("date_to", clock.end(of:), .milliseconds(1)))
  }
}

/// Writes what an account has in the words of the dialect `tenant`.
struct TenantView: Sendable {
  /// The account.
  let account: Account
  /// The account's clock.
  let clock: ZoneClock

  init(_ account: Account) {
    self.account = account
    clock = ZoneClock(account.timeZone) ?? .utc
  }

  /// The identifier of the account: its own name for it where it has one.
  var tenant: JSONValue { .string(account.externalID ?? IdentifierForm.uuid.text(account.id)) }
}
