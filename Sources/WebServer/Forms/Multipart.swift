/// The parts of a form with files, as they arrive.
///
/// ```swift ignore
/// var form = try MultipartForm(request)
/// while let part = try await form.nextPart() {
///   while let piece = try await form.nextPiece() { try store(piece, of: part) }
/// }
/// ```
///
/// What is not read of a part is skipped. A body without its last boundary is an error at the end, so what came before
/// must not be relied on until ``nextPart()`` has given nothing.
public struct MultipartForm {
  private var parser: MultipartParser
  private var source: RequestBody.Iterator
  private var events: ArraySlice<MultipartParser.Event> = []

  /// Begins to read the body of a request.
  ///
  /// - Parameters:
  ///   - request: The request.
  ///   - limits: Bounds of parts.
  /// - Throws: An ``HTTPError``: 415 for another type, 400 for a malformed boundary.
  public init(_ request: Request, limits: MultipartLimits = MultipartLimits()) throws(HTTPError) {
    parser = try MultipartParser(contentType: request["Content-Type"], limits: limits)
    source = request.body.makeAsyncIterator()
  }

  /// The next part, or nothing after the last.
  ///
  /// - Returns: The part's head.
  /// - Throws: An ``HTTPError`` for what is malformed or beyond a bound, and what the body throws.
  public mutating func nextPart() async throws -> MultipartPart? {
    while let event = try await nextEvent() {
      if case .part(let part) = event { return part }
    }
    return nil
  }

  /// The next bytes of the part, or nothing at its end.
  ///
  /// - Returns: At least one byte.
  /// - Throws: As ``nextPart()`` does.
  public mutating func nextPiece() async throws -> [UInt8]? {
    guard case .content(let piece) = try await nextEvent(keepingHeads: true) else { return nil }
    return piece
  }

  /// The whole content of the part.
  ///
  /// - Parameter limit: Most bytes.
  /// - Returns: The bytes.
  /// - Throws: As ``nextPart()`` does, and 413 beyond the limit.
  public mutating func collectPart(upTo limit: Int) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    while let piece = try await nextPiece() {
      guard bytes.count + piece.count <= limit else {
        throw HTTPError(.contentTooLarge, "A part has more than \(limit) bytes; send less.")
      }
      bytes += piece
    }
    return bytes
  }

  private mutating func nextEvent(keepingHeads: Bool = false) async throws -> MultipartParser.Event? {
    while events.isEmpty {
      guard let bytes = try await source.next() else {
        try parser.finish()
        return nil
      }
      events = try parser.parse(bytes)[...]
    }
    if keepingHeads, case .part = events.first { return nil }
    return events.popFirst()
  }
}

extension Request {
  /// Reads a body of the type `application/x-www-form-urlencoded`.
  ///
  /// - Parameters:
  ///   - limit: Most bytes.
  ///   - maximumCount: Most values.
  /// - Returns: The values.
  /// - Throws: An ``HTTPError``: 415 for another type, 413 beyond a bound, 400 for what is not encoded correctly.
  public func formValues(upTo limit: Int = 1 << 20, maximumCount: Int = 1000) async throws -> FormValues {
    let kind = self["Content-Type"].flatMap { HeaderParameters($0.utf8) }?.value
    guard kind == "application/x-www-form-urlencoded" else {
      throw HTTPError(.unsupportedMediaType, "The body must be application/x-www-form-urlencoded.")
    }
    return try FormValues(decoding: try await body.collect(upTo: limit), maximumCount: maximumCount)
  }
}
