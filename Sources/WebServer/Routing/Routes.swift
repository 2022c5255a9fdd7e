/// Routes by segments: a tree.
struct RouteNode: Sendable {
  private var children: [String: RouteNode] = [:]
  /// The node behind `:name`; the names belong to the routes, since two may call the same segment differently.
  private var parameter: [RouteNode] = []
  private var handlers: [Route] = []
  private var rest: [Route] = []

  /// An object, since every request passes it on several times.
  final class Route: Sendable {
    let method: Method
    let names: [String]
    let handler: Handler

    init(_ method: Method, names: [String], _ handler: Handler) {
      self.method = method
      self.names = names
      self.handler = handler
    }
  }

  mutating func insert(_ segments: [Substring], _ method: Method, _ handler: Handler) {
    insert(segments[...], method, names: [], handler)
  }

  private mutating func insert(
    _ segments: ArraySlice<Substring>, _ method: Method, names: [String], _ handler: Handler
  ) {
    guard let first = segments.first else {
      handlers.removeAll { $0.method == method }
      handlers.append(Route(method, names: names, handler))
      return
    }
    let rest = segments.dropFirst()
    if first.hasPrefix("*") {
      precondition(rest.isEmpty, "Nothing may follow \(first) in a pattern.")
      self.rest.removeAll { $0.method == method }
      self.rest.append(Route(method, names: names + [String(first.dropFirst())], handler))
    } else if first.hasPrefix(":") {
      precondition(first.count > 1, "A parameter of a pattern needs a name.")
      if parameter.isEmpty { parameter.append(RouteNode()) }
      parameter[0].insert(rest, method, names: names + [String(first.dropFirst())], handler)
    } else {
      children[String(first), default: RouteNode()].insert(rest, method, names: names, handler)
    }
  }

  mutating func merge(_ other: RouteNode) {
    for (segment, child) in other.children { children[segment, default: RouteNode()].merge(child) }
    if let child = other.parameter.first {
      if parameter.isEmpty { parameter.append(RouteNode()) }
      parameter[0].merge(child)
    }
    handlers = handlers.filter { old in !other.handlers.contains { $0.method == old.method } } + other.handlers
    rest = rest.filter { old in !other.rest.contains { $0.method == old.method } } + other.rest
  }

  func wrapped(in middleware: [Middleware]) -> RouteNode {
    var node = self
    node.children = children.mapValues { $0.wrapped(in: middleware) }
    node.parameter = parameter.map { $0.wrapped(in: middleware) }
    let wrap = { (route: Route) in
      Route(route.method, names: route.names, route.handler.wrapped(in: middleware))
    }
    node.handlers = handlers.map(wrap)
    node.rest = rest.map(wrap)
    return node
  }

  /// Every path that is written out to its end, with its routes.
  func literalPaths(below prefix: String = "") -> [String: [Route]] {
    var paths: [String: [Route]] = [:]
    // A percent sign of a path is the start of a code, which these texts have behind them.
    for (segment, child) in children where !segment.utf8.contains(0x25) {
      let path = prefix + "/" + segment
      if !child.handlers.isEmpty { paths[path] = child.handlers }
      paths.merge(child.literalPaths(below: path)) { first, _ in first }
    }
    return paths
  }

  /// Routes that a path leads to, and the texts behind their names.
  typealias Found = (routes: [Route], values: [String])

  /// Finds the routes of a path; what is written out goes first, and what leads nowhere is left again.
  func find(_ segments: ArraySlice<String>, _ values: inout [String]) -> Found? {
    guard let first = segments.first else {
      if !handlers.isEmpty { return (handlers, values) }
      return rest.isEmpty ? nil : (rest, values + [""])
    }
    let others = segments.dropFirst()
    if let child = children[first], let found = child.find(others, &values) { return found }
    if let child = parameter.first, !first.isEmpty {
      values.append(first)
      defer { values.removeLast() }
      if let found = child.find(others, &values) { return found }
    }
    return rest.isEmpty ? nil : (rest, values + [segments.joined(separator: "/")])
  }
}

/// The routes of a server, ready to be asked.
final class Routes: Sendable {
  let root: RouteNode
  let notFound: Handler
  let trailingSlash: Router.TrailingSlash
  let middleware: [Middleware]
  /// Routers below paths, the longest first.
  private let mounts: [Mounted]
  private struct Mounted: Sendable {
    let prefix: [String]
    let routes: Routes
  }
  /// Who is asked when nothing else answers, mounted at the root.
  private let last: [Routes]
  /// Most requests are for paths without parameters, which need not be taken apart.
  private let literals: [String: [RouteNode.Route]]

  init(
    root: RouteNode, notFound: Handler, trailingSlash: Router.TrailingSlash, middleware: [Middleware],
    mounts: [(prefix: [String], routes: Routes)]
  ) {
    self.mounts = mounts.filter { !$0.prefix.isEmpty }.map { Mounted(prefix: $0.prefix, routes: $0.routes) }
    last = mounts.filter { $0.prefix.isEmpty }.map(\.routes)
    self.root = root
    self.notFound = notFound
    self.trailingSlash = trailingSlash
    self.middleware = middleware
    literals = root.literalPaths()
  }

  func handler(for request: inout Request) -> Handler {
    let path = request.head.path
    // An absolute target may have no path.
    return handler(for: path.isEmpty ? [0x2F] : path, &request)
  }

  /// Finds the handler of a path, or of what is left of it behind a mounted router's own path.
  private func handler(for path: ArraySlice<UInt8>, _ request: inout Request) -> Handler {
    for mounted in mounts {
      if let rest = Mount.rest(of: path, behind: mounted.prefix) { return mounted.routes.handler(for: rest, &request) }
    }
    if let routes = literals[path.text] { return choose((routes, []), &request) }
    if path.isSame(as: "*") { return answer(.constant(Response(.noContent))) }
    guard let segments = Self.segments(of: path) else {
      if let last = last.first { return last.handler(for: path, &request) }
      let message = "The path is not encoded as %XX with UTF-8 behind it, or goes upwards."
      return answer(.failing(HTTPError(.badRequest, message)))
    }
    var values: [String] = []
    if let found = root.find(segments[...], &values) { return choose(found, &request) }
    let other = segments.last == "" ? segments.dropLast() : segments + [""]
    guard trailingSlash != .strict, let found = root.find(other[...], &values) else {
      return last.first?.handler(for: path, &request) ?? notFound
    }
    guard trailingSlash == .redirected, request.head.path.count > 1 else { return choose(found, &request) }
    return answer(.constant(.redirect(to: redirection(of: request), status: .permanentRedirect)))
  }

  /// The same path with the slash, or without; kept to this host, whatever slashes it begins with.
  private func redirection(of request: Request) -> String {
    var text = request.path
    if text.hasSuffix("/") { text.removeLast() } else { text += "/" }
    let body = text.drop { $0 == "/" }
    let query = request.queryText
    return "/" + body + (query.isEmpty ? "" : "?" + query)
  }

  private func answer(_ handler: Handler) -> Handler { handler.wrapped(in: middleware) }

  private func choose(_ found: RouteNode.Found, _ request: inout Request) -> Handler {
    let method = request.method
    var chosen = found.routes.first { $0.method == method }
    if chosen == nil, method == .head { chosen = found.routes.first { $0.method == .get } }
    guard let chosen else {
      let fields: Fields = ["Allow": Self.allowed(found.routes.map(\.method))]
      guard method == .options else {
        return answer(.failing(HTTPError(.methodNotAllowed, "Method Not Allowed", fields: fields)))
      }
      return answer(.constant(Response(.noContent, fields: fields)))
    }
    if !found.values.isEmpty {
      for (name, value) in zip(chosen.names, found.values) { request.parameters.add(name, value) }
    }
    return chosen.handler
  }

  private static func allowed(_ methods: [Method]) -> String {
    var names = Set(methods.map(\.name)).union(["OPTIONS"])
    if names.contains("GET") { names.insert("HEAD") }
    return names.sorted().joined(separator: ", ")
  }

  /// The decoded segments; nothing for a path that cannot be decoded, or with a segment that means another place.
  private static func segments(of path: ArraySlice<UInt8>) -> [String]? {
    guard path.first == 0x2F else { return path.isEmpty ? [] : nil }
    var segments: [String] = []
    for part in path.dropFirst().split(separator: 0x2F, omittingEmptySubsequences: false) {
      guard let segment = PercentCoding.decode(part), segment != ".", segment != ".." else { return nil }
      segments.append(segment)
    }
    return segments
  }
}
