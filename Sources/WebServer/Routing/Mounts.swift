/// A router that answers for everything below a path.
struct Mount: Sendable {
  /// The segments of the path, decoded.
  var prefix: [String]
  var router: Router
  /// What stands in front of the router, the first being the outermost.
  var middleware: [Middleware] = []

  /// What is left of a path behind the prefix: empty, or from a slash on. Nothing when the path is elsewhere.
  static func rest(of path: ArraySlice<UInt8>, behind prefix: [String]) -> ArraySlice<UInt8>? {
    var rest = path
    for segment in prefix {
      guard rest.first == 0x2F else { return nil }
      let text = rest.dropFirst()
      let end = text.firstIndex(of: 0x2F) ?? text.endIndex
      guard isSame(text[..<end], segment) else { return nil }
      rest = text[end...]
    }
    return rest
  }

  private static func isSame(_ encoded: ArraySlice<UInt8>, _ segment: String) -> Bool {
    encoded.elementsEqual(segment.utf8) || encoded.contains(0x25) && PercentCoding.decode(encoded) == segment
  }
}

extension Router {
  /// Gives everything below a path to another router: its routes, its middleware, and what it says of paths and methods
  /// that it has no route for.
  ///
  /// ```swift ignore
  /// router.mount("/api", tenant)
  /// router.mount("/api/v1", v1)
  /// ```
  ///
  /// Of two paths the longer one wins. Routes of this router do not reach below a mounted path; only one that is
  /// mounted at the root is asked last, for what nothing else answers. Patterns of the mounted router begin behind the
  /// path. Middleware of this router stands in front of the mounted one, and ``Request/path`` stays whole.
  ///
  /// - Parameters:
  ///   - path: Where the router is, from its slash on, without parameters; a mistake in it stops the program. What was
  ///     mounted there before is replaced.
  ///   - router: The router.
  public mutating func mount(_ path: String, _ router: Router) {
    let prefix = Self.segments(of: self.prefix + path).map(String.init).filter { !$0.isEmpty }
    precondition(
      prefix.allSatisfy { !$0.hasPrefix(":") && !$0.hasPrefix("*") }, "A router is mounted at \(path), without names.")
    add(Mount(prefix: prefix, router: router))
  }

  mutating func add(_ mount: Mount) {
    mounts.removeAll { $0.prefix == mount.prefix }
    mounts.append(mount)
  }
}
