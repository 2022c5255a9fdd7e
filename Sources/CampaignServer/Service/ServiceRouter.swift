import CampaignKit
import JSON
public import WebServer

extension CampaignService {
  /// The routes of all dialects, with everything that stands in front of them.
  ///
  /// - Parameter logger: Takes a line for each request.
  /// - Returns: The routes.
  public func router(logger: (any AccessLogger)? = nil) -> Router {
    var router = Router()
    if !configuration.trustedProxies.isEmpty { router.use(.trustedProxies(configuration.trustedProxies)) }
    if let logger { router.use(.accessLog(ErasedLogger(logger: logger))) }
    router.use(.crossOrigin(CrossOriginPolicy(origins: configuration.origins)))
    router.use(.securityHeaders, .requestIdentifier(), .gzip())
    router.use(wording())
    let limited = limit()
    for dialect in dialects {
      for operation in dialect.operations {
        let before = [identifying(for: dialect)] + (operation.isRateLimited ? limited : [])
        router.group("", through: before) { group in
          group.on(operation.method, dialect.path(of: operation).asPattern, handler(operation, dialect))
        }
      }
    }
    router.notFound = Handler { request in
      throw HTTPError(.notFound, "there is nothing at \(request.path); /openapi.json lists what there is")
    }
    return router
  }

  private func handler(_ operation: Operation, _ dialect: Dialect) -> Handler {
    var handler = Handler { request in
      try await operation.answer(try await self.admit(request, to: operation, of: dialect))
    }
    switch operation.body {
    case .none: handler.bodyLimit = configuration.maximumJSONBytes
    case .json: handler.bodyLimit = configuration.maximumJSONBytes
    case .raw, .jsonOrForm: handler.bodyLimit = operation.bodyLimit ?? configuration.maximumUploadBytes
    }
    return handler
  }

  /// Finds out who asks, before anything is counted.
  private func identifying(for dialect: Dialect) -> Middleware {
    .around { request, next in
      var request = request
      request[Identification.self] = await self.identify(request, for: dialect)
      return try await next(request)
    }
  }

  private func limit() -> [Middleware] {
    guard configuration.requestsPerMinute > 0 else { return [] }
    var limit = RateLimit(configuration.requestsPerMinute, per: .seconds(60))
    limit.key = { request in
      guard case .success(let principal?) = request[Identification.self], let name = principal.identity.name else {
        return "address " + LoginAttempts.network(of: request.clientAddress.host)
      }
      return name
    }
    if let clock = configuration.rateClock { return [.rateLimit(limit, clock: clock)] }
    return [.rateLimit(limit)]
  }

  /// Words every error in the shape of the dialect whose path was asked for, also those of the web server itself, as
  /// that a method is not allowed.
  private func wording() -> Middleware {
    .errorAnswers { error, request in
      let style = self.dialect(of: request.path)?.style ?? .plain
      let refusal = Refusal(error)
      let status = (error as? HTTPError).map { style.statuses[refusal.kind] ?? $0.status }
      return style.response(to: refusal, at: self.clockTime, status: status)
    }
  }

  func identify(_ request: Request, for dialect: Dialect) async -> Result<Principal?, Refusal> {
    do {
      let found = try await authenticator.principal(bearer: request["Authorization"], apiKey: request["x-api-key"])
      if let found { return .success(found) }
      guard dialect.isOpenToThisMachine else { return .success(nil) }
      return .success(
        configuration.openDialects.contains(dialect.name) ? localPrincipal : principalOfThisMachine(request))
    } catch {
      return .failure(Refusal(error))
    }
  }

  /// The account of this machine, for a request that can only come from a program on it.
  private func principalOfThisMachine(_ request: Request) -> Principal? {
    isFromThisMachine(request) ? localPrincipal : nil
  }

  /// What proxies say of a request that they pass on.
  private static let fieldsOfProxies = [
    "Forwarded", "Via", "X-Real-IP", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto",
  ]

  /// Whether a request can only come from a program on this machine: no page of another origin, no name that only looks
  /// like this machine, nothing that was passed on by a proxy.
  func isFromThisMachine(_ request: Request) -> Bool {
    guard configuration.listensOnThisMachineOnly, Self.fieldsOfProxies.allSatisfy({ request[$0] == nil }),
      let host = request["Host"], Self.isThisMachine(host: host)
    else { return false }
    if let origin = request["Origin"] {
      guard let start = origin.range(of: "://"), Self.isThisMachine(host: String(origin[start.upperBound...])) else {
        return false
      }
    }
    return true
  }

  private var localPrincipal: Principal? {
    configuration.localAccount.map { Principal(identity: .thisMachine, account: $0, role: .admin, isOwner: true) }
  }

  static func isThisMachine(host: String) -> Bool {
    let name = host.hasPrefix("[") ? String(host.prefix { $0 != "]" }) + "]" : String(host.prefix { $0 != ":" })
    return name.lowercased() == "localhost" || name == "[::1]" || name.hasPrefix("127.") && name.allSatisfy(\.isIPv4)
  }
}

extension Character {
  fileprivate var isIPv4: Bool { isASCII && (isNumber || self == ".") }
}

extension Principal.Identity {
  /// Whose requests are counted together; nil for those of an address.
  fileprivate var name: String? {
    switch self {
    case .user(let id): "user \(id)"
    case .key(let id): "key \(id)"
    case .thisMachine: nil
    }
  }
}

extension String {
  /// A path with `{name}` as the router has it.
  fileprivate var asPattern: String {
    split(separator: "/", omittingEmptySubsequences: false)
      .map { $0.hasPrefix("{") ? ":" + $0.dropFirst().dropLast() : String($0) }
      .joined(separator: "/")
  }
}

/// A logger of a kind that is not known.
private struct ErasedLogger: AccessLogger {
  let logger: any AccessLogger

  func log(_ entry: AccessEntry) { logger.log(entry) }
}
