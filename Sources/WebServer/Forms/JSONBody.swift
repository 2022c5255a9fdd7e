public import JSON

extension Request {
  /// Reads a body of JSON.
  ///
  /// - Parameter limits: Bounds of size, depth, and the number of values and keys.
  /// - Returns: The document.
  /// - Throws: An ``HTTPError``: 415 for another type, 413 for too many bytes, 400 for what is no JSON or beyond
  ///   another bound, with the place.
  public func json(limits: JSONLimits = .default) async throws -> JSONValue {
    let kind = self["Content-Type"].flatMap { HeaderParameters($0.utf8) }?.value ?? "application/json"
    guard kind == "application/json" || kind.hasSuffix("+json") else {
      throw HTTPError(.unsupportedMediaType, "The body must be application/json.")
    }
    let bytes = try await body.collect(upTo: limits.maximumBytes)
    do throws(JSONError) {
      return try JSONValue(parsing: bytes, limits: limits)
    } catch {
      throw HTTPError(.badRequest, "\(error)")
    }
  }
}
