import CampaignKit
import JSON
import WebServer

/// Whoever was found to ask, or why nobody was.
enum Identification: RequestContextKey {
  typealias Value = Result<Principal?, Refusal>
}

extension CampaignService {
  /// Lets a request in: finds out who asks, and checks everything that the operation declares.
  ///
  /// - Throws: A ``Refusal``, or what reading the body throws.
  func admit(_ request: Request, to operation: Operation, of dialect: Dialect) async throws -> Inquiry {
    let caller = try caller(of: request, for: operation)
    var problems: [Problem] = []
    let query = try check(try request.query(), operation.query, &problems)
    var body = JSONObject()
    switch operation.body {
    case .none, .raw: break
    case .json(let schema, let mayBeEmpty): body = try await check(request, schema, mayBeEmpty, &problems)
    case .jsonOrForm(let schema, _): if !request.hasForm { body = try await check(request, schema, false, &problems) }
    }
    guard problems.isEmpty else { throw Refusal(problems) }
    return Inquiry(service: self, dialect: dialect, request: request, query: query, body: body, caller: caller)
  }

  private func caller(of request: Request, for operation: Operation) throws(Refusal) -> Principal? {
    let identification = request[Identification.self] ?? .success(nil)
    switch operation.access {
    case .carrier: return nil
    case .everybody: return try? identification.get()
    case .reading, .agentStatus, .changing, .administering: break
    }
    guard let principal = try identification.get() else {
      throw Refusal(.unauthorized, "sign in first, and send the token as 'Authorization: Bearer ...', or a key")
    }
    guard principal.may(operation.access) else {
      throw Refusal(.forbidden, "the role \(principal.role.rawValue) may not do this; ask an admin of the account")
    }
    return principal
  }

  private func check(
    _ values: FormValues, _ parameters: [Operation.Parameter], _ problems: inout [Problem]
  ) throws(Refusal) -> JSONObject {
    var result = JSONObject()
    for parameter in parameters {
      let texts = values.all(parameter.name)
      if texts.count > 1 {
        problems.append(Problem(parameter.name, "is there more than once"))
      } else if let text = texts.first {
        result[parameter.name] = parameter.schema.check(text: text, at: parameter.name, &problems)
      } else if let standard = parameter.schema.standard {
        result[parameter.name] = standard
      } else if parameter.isRequired {
        problems.append(Problem(parameter.name, "is missing"))
      }
    }
    return result
  }

  private func check(
    _ request: Request, _ schema: Schema, _ mayBeEmpty: Bool, _ problems: inout [Problem]
  ) async throws -> JSONObject {
    if mayBeEmpty, try await isEmpty(request) {
      return schema.check(.object([:]), &problems).object ?? [:]
    }
    var limits = JSONLimits.default
    limits.maximumBytes = configuration.maximumJSONBytes
    let value = try await request.json(limits: limits)
    guard value.object != nil else { throw Refusal(.invalid, "the body must be an object of JSON") }
    return schema.check(value, &problems).object ?? [:]
  }

  /// Whether a request has no body: the server hands short ones over whole.
  private func isEmpty(_ request: Request) async throws -> Bool {
    if let whole = request.body.whole { return whole.isEmpty }
    return request["Content-Length"] == nil && request["Transfer-Encoding"] == nil || request["Content-Length"] == "0"
  }
}

extension Principal {
  /// Whether whoever asks may do what needs an access.
  func may(_ access: Operation.Access) -> Bool {
    switch access {
    case .everybody: true
    case .reading: has(.read)
    case .agentStatus: has(.setAgentStatus)
    case .changing: has(.change)
    case .administering: has(.administer)
    case .carrier: false
    }
  }
}
