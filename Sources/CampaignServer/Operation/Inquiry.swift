public import CampaignKit
public import JSON
public import WebServer

/// A request that was admitted: who asks, and what was declared of it, checked.
public struct Inquiry: Sendable {
  /// The service that answers.
  public let service: CampaignService
  /// The dialect that is spoken.
  public let dialect: Dialect
  /// The request as it came.
  public let request: Request
  /// What stood behind the question mark, with defaults.
  public let query: JSONObject
  /// The body, with defaults; empty where there was none.
  public let body: JSONObject
  let caller: Principal?

  /// Who asks.
  ///
  /// - Throws: A ``Refusal`` where an operation that is open to everybody needs to know after all.
  public var principal: Principal {
    get throws(Refusal) {
      guard let caller else { throw Refusal(.unauthorized, "sign in first, and send the token") }
      return caller
    }
  }

  /// The account of whoever asks.
  public var account: Account.ID {
    get throws(Refusal) { try principal.account }
  }

  /// The store.
  public var storage: any CampaignStorage { service.engine.storage }

  /// The engine.
  public var engine: CampaignEngine { service.engine }

  /// Whether the body is a form.
  public var hasForm: Bool { request.hasForm }

  /// A part of the path.
  public func path(_ name: String) -> String { request.parameters[name] ?? "" }

  /// An identifier in the path, in whatever form.
  ///
  /// - Parameters:
  ///   - name: The name in the path.
  ///   - what: What there is none of, for the refusal.
  ///   - entity: What it is the identifier of.
  /// - Returns: The identifier.
  /// - Throws: A ``Refusal`` as not found, for what is no identifier.
  public func identifier<Entity>(
    _ name: String = "id", of what: String, as entity: Entity.Type = Entity.self
  ) throws(Refusal) -> Identifier<Entity> {
    guard let id = IdentifierForm.read(path(name), as: Entity.self) else { throw .notFound(what) }
    return id
  }

  /// The campaign that the path names, if it belongs to whoever asks.
  public func campaign(_ name: String = "id") async throws -> Campaign {
    try await service.campaign(try identifier(name, of: "campaign"), of: try account)
  }

  /// The part of a list that `page` and `limit` ask for.
  public func page(limit standard: Int) -> PageRequest {
    let limit = query["limit"]?.int ?? standard
    let page = query["page"]?.int ?? 1
    let (offset, isFar) = (page - 1).multipliedReportingOverflow(by: limit)
    return PageRequest(limit: limit, start: .offset(isFar ? .max : offset), countsTotal: true)
  }

  /// The part of a list that `offset` and `limit` ask for.
  public func window(limit standard: Int) -> PageRequest {
    PageRequest(
      limit: query["limit"]?.int ?? standard, start: .offset(query["offset"]?.int ?? 0), countsTotal: true)
  }
}

extension Request {
  /// Whether the body is a form with parts.
  var hasForm: Bool { self["Content-Type"]?.lowercased().hasPrefix("multipart/form-data") ?? false }
}

extension Schema {
  /// How many elements of a list to give.
  static func limit(_ standard: Int, maximum: Int = 100) -> Schema {
    integer(1...maximum).defaulting(to: .number(JSONNumber(standard))).described("How many to give.")
  }

  /// Which page of a list to give.
  static var page: Schema { integer(1...1_000_000_000).defaulting(to: 1).described("Which page, from 1.") }

  /// How many elements of a list to pass over.
  static var offset: Schema { integer(0...1_000_000_000).defaulting(to: 0).described("How many to pass over.") }
}
