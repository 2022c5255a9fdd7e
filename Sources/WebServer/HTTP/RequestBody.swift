/// The body of a request, whole or as it comes.
///
/// ```swift ignore
/// for try await piece in request.body { try file.append(piece) }
/// ```
///
/// A body that comes is read once. Whoever is slow to take pieces slows the client: no more than a bounded number of
/// bytes is held.
public struct RequestBody: Sendable, AsyncSequence {
  /// A piece of the body.
  public typealias Element = [UInt8]

  enum Content: Sendable {
    case bytes([UInt8])
    case stream(BodyStream)
  }

  let content: Content

  static func bytes(_ bytes: [UInt8]) -> RequestBody { RequestBody(content: .bytes(bytes)) }

  /// The whole body if it is there already, as it always is in a handler that waits for nothing.
  public var whole: [UInt8]? { if case .bytes(let bytes) = content { bytes } else { nil } }

  /// Gathers the whole body.
  ///
  /// - Parameter limit: Most bytes; the server's own bound holds as well.
  /// - Returns: The bytes.
  /// - Throws: An ``HTTPError``: 413 for a body that is too long, and what the server would answer to one that is
  ///   malformed, too slow or cut off.
  public func collect(upTo limit: Int = .max) async throws -> [UInt8] {
    let tooLong = HTTPError(.contentTooLarge, "The body has more than \(limit) bytes; send less.")
    switch content {
    case .bytes(let bytes):
      guard bytes.count <= limit else { throw tooLong }
      return bytes
    case .stream(let stream):
      var bytes: [UInt8] = []
      while let piece = try await stream.next() {
        guard bytes.count + piece.count <= limit else { throw tooLong }
        bytes.append(contentsOf: piece)
      }
      return bytes
    }
  }

  /// Gives the pieces as they come.
  public struct Iterator: AsyncIteratorProtocol {
    private var content: Content?

    init(_ content: Content) { self.content = content }

    /// The next piece, or nothing at the end.
    ///
    /// - Returns: At least one byte.
    /// - Throws: As ``RequestBody/collect(upTo:)`` does.
    public mutating func next() async throws -> [UInt8]? {
      switch content {
      case .bytes(let bytes):
        content = nil
        return bytes.isEmpty ? nil : bytes
      case .stream(let stream): return try await stream.next()
      case nil: return nil
      }
    }
  }

  /// Begins to read.
  ///
  /// - Returns: An iterator over the pieces.
  public func makeAsyncIterator() -> Iterator { Iterator(content) }
}
