/// Bounds of a body of parts.
public struct MultipartLimits: Sendable, Hashable {
  /// Most parts, 100 by default.
  public var parts = 100
  /// Most bytes of the fields of one part, 8 KiB by default.
  public var fieldBytes = 8 << 10
  /// Most bytes of one part's content; no bound of its own by default, since the whole body has one.
  public var partBytes = Int.max

  /// Creates the default bounds.
  public init() {}
}

/// The head of one part of a form.
public struct MultipartPart: Sendable, Hashable {
  /// The name of the form's field.
  public let name: String
  /// The file's name as the client gave it, for a part that is a file. It is no path to be trusted.
  public let fileName: String?
  /// The kind of the content.
  public let contentType: String?
}

/// Takes a body of the type `multipart/form-data` apart as it arrives.
///
/// A pure state machine: bytes go in, heads and contents of parts come out, and no more than a boundary's length is
/// held back.
struct MultipartParser {
  enum Event: Equatable {
    case part(MultipartPart)
    case content([UInt8])
    case partEnd
  }

  private enum Stage { case preamble, afterBoundary, fields, content, epilogue }

  private let limits: MultipartLimits
  /// CR, LF, two hyphens, and the boundary.
  private let delimiter: [UInt8]
  private var stage = Stage.preamble
  private var buffer: [UInt8]
  private var partCount = 0
  private var partBytes = 0

  /// Whether the last boundary has been seen.
  var isComplete: Bool { stage == .epilogue }

  /// - Throws: 415 when the type is another one, and 400 for a boundary that is none.
  init(contentType: String?, limits: MultipartLimits) throws(HTTPError) {
    guard let header = contentType.flatMap({ HeaderParameters($0.utf8) }), header.value == "multipart/form-data" else {
      throw HTTPError(.unsupportedMediaType, "The body must be multipart/form-data.")
    }
    guard let boundary = header["boundary"], (1...70).contains(boundary.count), boundary.last != 0x20,
      boundary.allSatisfy(Self.isBoundary)
    else { throw HTTPError(.badRequest, "The boundary of the parts is missing or malformed.") }
    delimiter = [0x0D, 0x0A, 0x2D, 0x2D] + boundary
    // The first boundary may stand at the very beginning, where no line comes before it.
    buffer = [0x0D, 0x0A]
    self.limits = limits
  }

  private static func isBoundary(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    // ' ( ) + _ , - . / : = ? and a blank
    case 0x27...0x29, 0x2B...0x2F, 0x3A, 0x3D, 0x3F, 0x5F, 0x20: true
    default: false
    }
  }

  /// Goes on with the next bytes.
  mutating func parse(_ bytes: [UInt8]) throws(HTTPError) -> [Event] {
    guard stage != .epilogue else { return [] }
    buffer += bytes
    var events: [Event] = []
    while try step(&events) {}
    return events
  }

  /// The body has ended.
  func finish() throws(HTTPError) {
    guard isComplete else { throw HTTPError(.badRequest, "The last boundary of the parts is missing.") }
  }

  /// Makes one step; false when more bytes are needed.
  private mutating func step(_ events: inout [Event]) throws(HTTPError) -> Bool {
    switch stage {
    case .preamble, .content: return try findDelimiter(&events)
    case .afterBoundary: return try readLineEnd()
    case .fields: return try readFields(&events)
    case .epilogue:
      buffer = []
      return false
    }
  }

  private mutating func findDelimiter(_ events: inout [Event]) throws(HTTPError) -> Bool {
    let (position, isFound) = Self.search(delimiter, in: buffer)
    if stage == .content, position > 0 {
      partBytes += position
      guard partBytes <= limits.partBytes else {
        throw HTTPError(.contentTooLarge, "A part has more than \(limits.partBytes) bytes.")
      }
      events.append(.content(Array(buffer[..<position])))
    }
    guard isFound else {
      buffer.removeSubrange(0..<position)
      return false
    }
    if stage == .content { events.append(.partEnd) }
    buffer.removeSubrange(0..<position + delimiter.count)
    stage = .afterBoundary
    return true
  }

  /// Where a pattern begins, or where it may still begin when more comes.
  private static func search(_ pattern: [UInt8], in bytes: [UInt8]) -> (Int, isFound: Bool) {
    var start = 0
    while let candidate = bytes[start...].firstIndex(of: 0x0D) {
      let count = min(pattern.count, bytes.count - candidate)
      if bytes[candidate..<candidate + count].elementsEqual(pattern[..<count]) {
        return (candidate, count == pattern.count)
      }
      start = candidate + 1
    }
    return (bytes.count, false)
  }

  /// Reads what follows a boundary: two hyphens after the last, and otherwise blanks and a line end.
  private mutating func readLineEnd() throws(HTTPError) -> Bool {
    if buffer.starts(with: [0x2D, 0x2D]) {
      stage = .epilogue
      return true
    }
    let blanks = buffer.prefix(while: Characters.isBlank).count
    guard blanks <= 64 else { throw HTTPError(.badRequest, "Too many blanks follow a boundary.") }
    guard buffer.count >= blanks + 2 else { return false }
    guard buffer[blanks] == 0x0D, buffer[blanks + 1] == 0x0A else {
      throw HTTPError(.badRequest, "A boundary is not followed by a line end.")
    }
    partCount += 1
    guard partCount <= limits.parts else {
      throw HTTPError(.contentTooLarge, "More than \(limits.parts) parts; send fewer.")
    }
    // The line end stays: it and the next are the end of fields where there are none.
    buffer.removeSubrange(0..<blanks)
    stage = .fields
    return true
  }

  private mutating func readFields(_ events: inout [Event]) throws(HTTPError) -> Bool {
    let (position, isFound) = Self.search([0x0D, 0x0A, 0x0D, 0x0A], in: buffer)
    guard position <= limits.fieldBytes + 2 else {
      throw HTTPError(.headerFieldsTooLarge, "The fields of a part have more than \(limits.fieldBytes) bytes.")
    }
    guard isFound else { return false }
    var disposition: HeaderParameters?
    var contentType: String?
    var start = 2
    while start < position {
      let end = RequestParser.lineFeed(in: buffer, from: start, to: position + 2) ?? position + 1
      guard buffer[end - 1] == 0x0D else { throw HTTPError(.badRequest, "A field of a part ends with a bare LF.") }
      let field = try RequestParser.field(buffer, from: start, to: end - 1, base: 0)
      if buffer[field.name].isCaseInsensitively("content-disposition") {
        guard disposition == nil else { throw HTTPError(.badRequest, "A part has Content-Disposition twice.") }
        disposition = HeaderParameters(buffer[field.value])
      } else if buffer[field.name].isCaseInsensitively("content-type") {
        contentType = String(decoding: buffer[field.value], as: UTF8.self)
      }
      start = end + 1
    }
    guard let disposition, disposition.value == "form-data", let name = disposition.text("name") else {
      throw HTTPError(.badRequest, "A part has no Content-Disposition of form-data with a name.")
    }
    let fileName = try Self.fileName(disposition)
    events.append(.part(MultipartPart(name: name, fileName: fileName, contentType: contentType)))
    buffer.removeSubrange(0..<position + 4)
    stage = .content
    partBytes = 0
    return true
  }

  private static func fileName(_ disposition: HeaderParameters) throws(HTTPError) -> String? {
    if let extended = disposition["filename*"] {
      let parts = extended.split(separator: 0x27, maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3, parts[0].isCaseInsensitively("utf-8"), let name = PercentCoding.decode(parts[2]) else {
        throw HTTPError(.badRequest, "The name of a file is not encoded as UTF-8''name.")
      }
      return name
    }
    guard disposition["filename"] != nil else { return nil }
    guard let name = disposition.text("filename") else {
      throw HTTPError(.badRequest, "The name of a file is not UTF-8.")
    }
    return name
  }
}
