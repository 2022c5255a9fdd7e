import Digests

/// Takes the chunks of a body apart as they arrive.
///
/// The same rule as in ``RequestParser``: lines end with CR and LF, sizes are plain hexadecimal, and anything else is
/// an error, since a size that two readers take differently hides a request.
struct ChunkedDecoder {
  private enum Stage { case size, data, dataEnd, trailers, done }

  let limits: ParsingLimits
  private var stage = Stage.size
  private var remaining = 0
  /// A size, a trailer or the end of a chunk, as far as it has arrived.
  private var line: [UInt8] = []
  private var extensionBytes = 0
  private var trailerBytes = 0
  private var trailerCount = 0

  init(limits: ParsingLimits) { self.limits = limits }

  var isDone: Bool { stage == .done }

  /// Decodes what has arrived.
  ///
  /// - Parameters:
  ///   - bytes: A buffer with the body's next bytes.
  ///   - start: Where they begin; afterwards, where what has not been taken begins.
  ///   - end: Where they end.
  ///   - room: How many bytes of content may be appended; decoding stops there, short of none of its own lines.
  ///   - output: Takes the content.
  /// - Throws: What the answer is to what cannot be read.
  mutating func decode(
    _ bytes: [UInt8], from start: inout Int, to end: Int, room: Int, into output: inout [UInt8]
  ) throws(HTTPError) {
    var room = room
    while start < end, stage != .done {
      if stage == .data {
        let count = min(remaining, end - start, room)
        guard count > 0 else { return }
        output.append(contentsOf: bytes[start..<start + count])
        start += count
        room -= count
        remaining -= count
        if remaining == 0 { stage = .dataEnd }
      } else if try takeLine(bytes, from: &start, to: end) {
        try readLine()
        line.removeAll(keepingCapacity: true)
      }
    }
  }

  /// Gathers one line; true when it is complete, without its end.
  private mutating func takeLine(_ bytes: [UInt8], from start: inout Int, to end: Int) throws(HTTPError) -> Bool {
    while start < end {
      let byte = bytes[start]
      start += 1
      if line.last == 0x0D {
        guard byte == 0x0A else { throw .fatal(.badRequest, "A carriage return stands alone in the chunks.") }
        line.removeLast()
        return true
      }
      guard byte != 0x0A else {
        throw .fatal(.badRequest, "A line of the chunks ends with a line feed alone; end it with CR and LF.")
      }
      line.append(byte)
      switch stage {
      case .dataEnd:
        guard byte == 0x0D else { throw .fatal(.badRequest, "A chunk is longer than its size.") }
      case .size:
        guard line.count <= 17 + limits.chunkExtensionBytes else {
          throw .fatal(.badRequest, "The extensions of a chunk have more than \(limits.chunkExtensionBytes) bytes.")
        }
      default:
        guard trailerBytes + line.count <= limits.trailerBytes + 1 else {
          throw .fatal(.headerFieldsTooLarge, "The trailers have more than \(limits.trailerBytes) bytes.")
        }
      }
    }
    return false
  }

  private mutating func readLine() throws(HTTPError) {
    switch stage {
    case .size:
      remaining = try size()
      stage = remaining == 0 ? .trailers : .data
    case .dataEnd:
      stage = .size
    case .trailers where line.isEmpty:
      stage = .done
    case .trailers:
      trailerCount += 1
      trailerBytes += line.count
      guard trailerCount <= limits.trailerCount else {
        throw .fatal(.headerFieldsTooLarge, "More than \(limits.trailerCount) trailers.")
      }
      // Checked, and not kept: nothing that arrives after a request was checked may change it.
      _ = try RequestParser.field(line, from: 0, to: line.count, base: 0)
    case .data, .done: break
    }
  }

  private mutating func size() throws(HTTPError) -> Int {
    var value = 0
    var digits = 0
    while digits < line.count, let digit = Hexadecimal.value(line[digits]) {
      guard digits < 15 else { throw .fatal(.badRequest, "The size of a chunk has more than 15 digits.") }
      value = value << 4 | Int(digit)
      digits += 1
    }
    guard digits > 0 else { throw .fatal(.badRequest, "A chunk has no size.") }
    extensionBytes += line.count - digits
    guard line.count - digits <= limits.chunkExtensionBytes, extensionBytes <= limits.totalChunkExtensionBytes else {
      throw .fatal(.badRequest, "The extensions of the chunks have too many bytes.")
    }
    guard Self.areExtensions(line[digits...]) else {
      throw .fatal(.badRequest, "The size of a chunk is not hexadecimal, or its extensions are malformed.")
    }
    return value
  }

  /// Whether the bytes are `*( ; name [ = value ] )`.
  private static func areExtensions(_ bytes: ArraySlice<UInt8>) -> Bool {
    var rest = bytes
    func skip(_ rest: inout ArraySlice<UInt8>, while condition: (UInt8) -> Bool) -> Int {
      let count = rest.prefix(while: condition).count
      rest = rest.dropFirst(count)
      return count
    }
    while !rest.isEmpty {
      _ = skip(&rest, while: Characters.isBlank)
      guard rest.popFirst() == 0x3B else { return false }
      _ = skip(&rest, while: Characters.isBlank)
      guard skip(&rest, while: Characters.isToken) > 0 else { return false }
      let afterName = rest
      _ = skip(&rest, while: Characters.isBlank)
      guard rest.first == 0x3D else {
        rest = afterName
        continue
      }
      rest = rest.dropFirst()
      _ = skip(&rest, while: Characters.isBlank)
      if rest.first == 0x22 {
        guard skipQuoted(&rest) else { return false }
      } else if skip(&rest, while: Characters.isToken) == 0 {
        return false
      }
    }
    return true
  }

  private static func skipQuoted(_ rest: inout ArraySlice<UInt8>) -> Bool {
    rest = rest.dropFirst()
    while let byte = rest.popFirst() {
      if byte == 0x22 { return true }
      guard Characters.isFieldValue(byte) else { return false }
      if byte == 0x5C {
        guard let escaped = rest.popFirst(), Characters.isFieldValue(escaped) else { return false }
      }
    }
    return false
  }
}
