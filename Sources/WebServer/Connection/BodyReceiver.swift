/// Takes a request's body out of what arrives.
struct BodyReceiver {
  private enum Source {
    case length(Int)
    case chunked(ChunkedDecoder)
  }

  private var source: Source
  private var count = 0
  private let limit: Int

  /// Whether the last byte of the body has been taken.
  private(set) var isDone = false

  /// Creates a receiver.
  ///
  /// - Throws: 413 when the length is beyond the limit.
  init(_ framing: BodyFraming, limit: Int, parsing: ParsingLimits) throws(HTTPError) {
    self.limit = limit
    switch framing {
    case .none:
      source = .length(0)
      isDone = true
    case .length(let count):
      guard count <= limit else { throw Self.tooLong(limit) }
      source = .length(count)
    case .chunked: source = .chunked(ChunkedDecoder(limits: parsing))
    }
  }

  static func tooLong(_ limit: Int) -> HTTPError {
    .fatal(.contentTooLarge, "The body has more than \(limit) bytes; send less.")
  }

  /// Appends what there is of the body, up to a number of bytes, and moves the start behind it.
  mutating func take(
    _ bytes: [UInt8], from start: inout Int, to end: Int, room: Int, into output: inout [UInt8]
  ) throws(HTTPError) {
    switch source {
    case .length(let remaining):
      let taken = min(remaining, end - start, room)
      guard taken > 0 else { return }
      output.append(contentsOf: bytes[start..<start + taken])
      start += taken
      source = .length(remaining - taken)
      isDone = remaining == taken
    case .chunked(var decoder):
      // Moved out and in again, so that its line buffer is not copied.
      source = .length(0)
      defer { source = .chunked(decoder) }
      let before = output.count
      try decoder.decode(bytes, from: &start, to: end, room: room, into: &output)
      count += output.count - before
      guard count <= limit else { throw Self.tooLong(limit) }
      isDone = decoder.isDone
    }
  }
}
