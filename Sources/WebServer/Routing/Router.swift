/// Finds the handler of a request by its method and path.
///
/// ```swift ignore
/// var router = Router()
/// router.get("/health", .inline { _ in .text("ok") })
/// router.group("/api", through: [.requestID()]) { api in
///   api.get("/leads/:id") { request in
///     let id = try request.parameters.require("id", as: Int.self)
///     return .json(try await load(id))
///   }
/// }
/// ```
///
/// A pattern is made of segments. `:name` stands for one segment of any text, and `*name`, at the end, for all that
/// is left. A segment that is written out goes before `:name`, and that before `*name`. Paths are split first and
/// decoded then, once, so `%2F` is part of a segment.
///
/// `HEAD` is answered by the handler of `GET`, and `OPTIONS` with what there is, unless there are handlers for them.
/// A path that has no handler for the method gives 405 with `Allow`. ``Middleware/errorAnswers(_:)`` words these and
/// all other errors; `mount(_:_:)` puts a router with manners of its own below a path.
public struct Router: Sendable {
  /// What becomes of a path with a slash at its end whose route has none, and the other way round.
  public enum TrailingSlash: Sendable, Hashable {
    /// The slash makes no difference; the default.
    case ignored
    /// It is another path.
    case strict
    /// The client is sent to the route's own form, with 308.
    case redirected
  }

  /// What a slash at the end of a path means.
  public var trailingSlash = TrailingSlash.ignored

  /// Answers what has no route; an ``HTTPError`` with 404 by default.
  public var notFound = Handler.failing(HTTPError(.notFound, "Not Found"))

  private var root = RouteNode()
  private(set) var prefix = ""
  private var middleware: [Middleware] = []
  var mounts: [Mount] = []

  /// Creates a router without routes.
  public init() {}

  /// Puts middleware in front of everything, routes or not. The first is the outermost.
  ///
  /// - Parameter middleware: The middleware.
  public mutating func use(_ middleware: Middleware...) { self.middleware += middleware }

  /// Adds a route.
  ///
  /// - Parameters:
  ///   - method: The method.
  ///   - pattern: The pattern of the path, from its slash on; a mistake in it stops the program.
  ///   - handler: The handler.
  public mutating func on(_ method: Method, _ pattern: String, _ handler: Handler) {
    root.insert(Self.segments(of: prefix + pattern), method, handler)
  }

  /// Adds a route for `GET`, and so for `HEAD`.
  ///
  /// - Parameters:
  ///   - pattern: The pattern of the path.
  ///   - handler: The handler.
  public mutating func get(_ pattern: String, _ handler: Handler) { on(.get, pattern, handler) }

  /// Adds a route for `GET`, and so for `HEAD`.
  ///
  /// - Parameters:
  ///   - pattern: The pattern of the path.
  ///   - body: Answers a request.
  public mutating func get(_ pattern: String, _ body: @escaping @Sendable (Request) async throws -> Response) {
    on(.get, pattern, Handler(body))
  }

  /// Adds a route for `POST`.
  ///
  /// - Parameters:
  ///   - pattern: The pattern of the path.
  ///   - body: Answers a request.
  public mutating func post(_ pattern: String, _ body: @escaping @Sendable (Request) async throws -> Response) {
    on(.post, pattern, Handler(body))
  }

  /// Adds a route for `PUT`.
  ///
  /// - Parameters:
  ///   - pattern: The pattern of the path.
  ///   - body: Answers a request.
  public mutating func put(_ pattern: String, _ body: @escaping @Sendable (Request) async throws -> Response) {
    on(.put, pattern, Handler(body))
  }

  /// Adds a route for `PATCH`.
  ///
  /// - Parameters:
  ///   - pattern: The pattern of the path.
  ///   - body: Answers a request.
  public mutating func patch(_ pattern: String, _ body: @escaping @Sendable (Request) async throws -> Response) {
    on(.patch, pattern, Handler(body))
  }

  /// Adds a route for `DELETE`.
  ///
  /// - Parameters:
  ///   - pattern: The pattern of the path.
  ///   - body: Answers a request.
  public mutating func delete(_ pattern: String, _ body: @escaping @Sendable (Request) async throws -> Response) {
    on(.delete, pattern, Handler(body))
  }

  /// Adds routes that share the beginning of their path and their middleware.
  ///
  /// - Parameters:
  ///   - prefix: The beginning of the path; may be empty.
  ///   - middleware: What stands in front of these routes alone; the first is the outermost.
  ///   - build: Adds the routes.
  public mutating func group(_ prefix: String, through middleware: [Middleware] = [], _ build: (inout Router) -> Void) {
    var group = Router()
    group.prefix = self.prefix + prefix
    build(&group)
    root.merge(group.root.wrapped(in: middleware + group.middleware))
    for var mount in group.mounts {
      mount.middleware = middleware + group.middleware + mount.middleware
      add(mount)
    }
  }

  static func segments(of pattern: String) -> [Substring] {
    precondition(pattern.isEmpty || pattern.hasPrefix("/"), "The pattern \(pattern) must begin with a slash.")
    return pattern.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { $0 }
  }

  /// Finds the handler of a request without a server, as tests do, and answers it.
  ///
  /// - Parameter request: The request.
  /// - Returns: The answer.
  public func respond(to request: Request) async -> Response {
    var request = request
    return await compiled().handler(for: &request).respond(to: request)
  }

  /// The routes with all middleware in its place.
  ///
  /// - Parameter outer: What stands in front of this router.
  /// - Returns: What a server asks.
  func compiled(behind outer: [Middleware] = []) -> Routes {
    let all = outer + middleware
    let below = mounts.sorted { $0.prefix.count > $1.prefix.count }.map { mount in
      (mount.prefix, mount.router.compiled(behind: all + mount.middleware))
    }
    return Routes(
      root: root.wrapped(in: all), notFound: notFound.wrapped(in: all), trailingSlash: trailingSlash, middleware: all,
      mounts: below)
  }
}
