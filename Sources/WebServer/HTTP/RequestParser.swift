#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How the end of a request's body is found.
enum BodyFraming: Hashable {
  case none
  case length(Int)
  case chunked
}

/// A field of a request: where its name and its value stand, counted from the request's first byte.
struct FieldRange: Hashable {
  var nameStart: UInt32
  var nameEnd: UInt32
  var valueStart: UInt32
  var valueEnd: UInt32

  var name: Range<Int> { Int(nameStart)..<Int(nameEnd) }
  var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }
}

/// What the head of a request says of the connection and of its own body.
struct RequestFacts: Hashable {
  var method = 0..<0
  var target = 0..<0
  /// HTTP/1.0 if 0, HTTP/1.1 if above.
  var minorVersion = 1
  var framing = BodyFraming.none
  var keepsAlive = true
  var expectsContinue = false
  var wantsUpgrade = false
}

/// Reads the head of a request as it arrives, line by line, without copying any of it.
///
/// The parser looks at the caller's bytes and remembers places in them. It takes a line when its end is there, so how
/// the bytes are cut into pieces makes no difference. Whatever could be read in two ways is an error: each of them is
/// a way to smuggle a request past somebody else who reads the same bytes.
struct RequestParser {
  private enum Stage { case start, requestLine, fields, done }

  let limits: ParsingLimits
  private(set) var facts = RequestFacts()
  private(set) var fields: [FieldRange] = []

  private var stage = Stage.start
  /// Where the line starts that comes next, from the request's first byte.
  private var lineStart = 0
  /// Bytes of the line that have been searched for its end.
  private var searched = 0
  private var fieldsStart = 0

  private var hostCount = 0
  private var contentLength: Int?
  private var transferCodings = 0
  private var isChunked = false
  private var hasUnknownCoding = false
  private var saysClose = false
  private var saysKeepAlive = false
  private var saysUpgrade = false
  private var hasUpgradeField = false

  init(limits: ParsingLimits) { self.limits = limits }

  /// Whether any byte of a request has been seen.
  var hasBegun: Bool { stage != .start || lineStart > 0 }

  /// Makes ready for the next request.
  mutating func reset() { self = RequestParser(limits: limits) }

  /// Goes on reading.
  ///
  /// - Parameters:
  ///   - bytes: A buffer that holds all the bytes of this request so far, at the same places each time.
  ///   - start: Where the request's first byte is.
  ///   - end: Where the bytes end.
  /// - Returns: The length of the head, or nothing while it is incomplete.
  /// - Throws: What the answer is to what cannot be read.
  mutating func parse(_ bytes: [UInt8], from start: Int, to end: Int) throws(HTTPError) -> Int? {
    guard start >= 0, start <= end, end <= bytes.count else { return nil }
    while stage != .done {
      let lineBegin = start + lineStart
      if stage == .start, lineBegin < end {
        let first = bytes[lineBegin]
        // One empty line before a request is forgiven, as RFC 9112 asks.
        guard Characters.isToken(first) || first == 0x0D && lineStart == 0 else {
          throw .fatal(.badRequest, "A request begins with the name of a method.")
        }
      }
      guard let lineFeed = Self.lineFeed(in: bytes, from: lineBegin + searched, to: end) else {
        searched = max(0, end - lineBegin)
        try checkLength(lineLength: searched)
        if searched >= 2, bytes[lineBegin] == 0x0D {
          throw .fatal(.badRequest, "A carriage return stands alone.")
        }
        return nil
      }
      try checkLength(lineLength: lineFeed - lineBegin + 1)
      guard lineFeed > lineBegin, bytes[lineFeed - 1] == 0x0D else {
        throw .fatal(.badRequest, "A line ends with a line feed alone; end it with CR and LF.")
      }
      searched = 0
      let next = lineFeed + 1 - start
      switch stage {
      case .start:
        if lineFeed - 1 == lineBegin {
          guard lineStart == 0 else { throw .fatal(.badRequest, "Empty lines stand before the request.") }
        } else {
          try readRequestLine(bytes, from: lineBegin, to: lineFeed - 1, base: start)
          stage = .fields
          fieldsStart = next
          // The head of the request before this one has the array; most requests have no more fields than this.
          fields.reserveCapacity(12)
        }
      case .fields where lineFeed - 1 == lineBegin:
        try finish(bytes, base: start)
        stage = .done
      case .fields:
        guard fields.count < limits.fieldCount else {
          throw .fatal(.headerFieldsTooLarge, "More than \(limits.fieldCount) fields; send fewer.")
        }
        let field = try Self.field(bytes, from: lineBegin, to: lineFeed - 1, base: start)
        fields.append(field)
        try note(field, bytes, base: start)
      case .requestLine, .done: break
      }
      lineStart = next
    }
    return lineStart
  }

  private func checkLength(lineLength: Int) throws(HTTPError) {
    switch stage {
    case .start, .requestLine:
      guard lineLength <= limits.requestLineBytes else {
        throw .fatal(.uriTooLong, "The request line has more than \(limits.requestLineBytes) bytes.")
      }
    case .fields:
      // The bound leaves room for the empty line at the end.
      guard lineStart - fieldsStart + lineLength <= limits.fieldBytes + 2 else {
        throw .fatal(.headerFieldsTooLarge, "The fields have more than \(limits.fieldBytes) bytes.")
      }
    case .done: break
    }
  }

  static func lineFeed(in bytes: [UInt8], from start: Int, to end: Int) -> Int? {
    guard start < end else { return nil }
    return bytes.withUnsafeBytes { buffer in
      let searched = UnsafeRawBufferPointer(rebasing: buffer[start..<end])
      guard let base = searched.baseAddress, let found = memchr(base, 0x0A, searched.count) else { return nil }
      return start + (UnsafeRawPointer(found) - base)
    }
  }

  // MARK: The request line

  private mutating func readRequestLine(
    _ bytes: [UInt8], from start: Int, to end: Int, base: Int
  ) throws(HTTPError) {
    var methodEnd = start
    while methodEnd < end, Characters.isToken(bytes[methodEnd]) { methodEnd += 1 }
    guard methodEnd > start, methodEnd < end, bytes[methodEnd] == 0x20 else {
      throw .fatal(.badRequest, "The request line is not METHOD TARGET VERSION with one blank between each.")
    }
    let targetStart = methodEnd + 1
    var targetEnd = targetStart
    while targetEnd < end, bytes[targetEnd] > 0x20, bytes[targetEnd] < 0x7F, bytes[targetEnd] != 0x23 {
      targetEnd += 1
    }
    guard targetEnd > targetStart, targetEnd < end, bytes[targetEnd] == 0x20 else {
      throw .fatal(.badRequest, "The target of the request is empty or has a character that must be encoded.")
    }
    try readVersion(bytes, from: targetEnd + 1, to: end)
    facts.method = start - base..<methodEnd - base
    facts.target = targetStart - base..<targetEnd - base
  }

  private mutating func readVersion(_ bytes: [UInt8], from start: Int, to end: Int) throws(HTTPError) {
    let isVersion =
      end - start == 8 && bytes[start..<start + 5].isSame(as: "HTTP/")
      && Characters.isDigit(bytes[start + 5]) && bytes[start + 6] == 0x2E && Characters.isDigit(bytes[start + 7])
    guard isVersion else { throw .fatal(.badRequest, "The request line does not end with a version such as HTTP/1.1.") }
    guard bytes[start + 5] == 0x31 else {
      throw .fatal(.versionNotSupported, "This server speaks HTTP/1.1 and HTTP/1.0.")
    }
    facts.minorVersion = bytes[start + 7] == 0x30 ? 0 : 1
  }

  // MARK: Fields

  /// Reads one line `name: value`; trailers are read with it too.
  static func field(_ bytes: [UInt8], from start: Int, to end: Int, base: Int) throws(HTTPError) -> FieldRange {
    var nameEnd = start
    while nameEnd < end, Characters.isToken(bytes[nameEnd]) { nameEnd += 1 }
    guard nameEnd > start, nameEnd < end, bytes[nameEnd] == 0x3A else {
      throw .fatal(.badRequest, "A field is not NAME: VALUE; folded lines and blanks around the name are refused.")
    }
    var valueStart = nameEnd + 1
    while valueStart < end, Characters.isBlank(bytes[valueStart]) { valueStart += 1 }
    var valueEnd = end
    while valueEnd > valueStart, Characters.isBlank(bytes[valueEnd - 1]) { valueEnd -= 1 }
    var index = valueStart
    while index < valueEnd {
      guard Characters.isFieldValue(bytes[index]) else {
        throw .fatal(.badRequest, "The value of a field has a control character.")
      }
      index += 1
    }
    return FieldRange(
      nameStart: UInt32(start - base), nameEnd: UInt32(nameEnd - base), valueStart: UInt32(valueStart - base),
      valueEnd: UInt32(valueEnd - base))
  }

  /// Takes from a field what the framing needs.
  private mutating func note(_ field: FieldRange, _ bytes: [UInt8], base: Int) throws(HTTPError) {
    // The lengths of the names below; most fields have another.
    switch field.name.count {
    case 4, 6, 7, 10, 14, 17: break
    default: return
    }
    let name = bytes[base + field.name.lowerBound..<base + field.name.upperBound]
    let value = bytes[base + field.value.lowerBound..<base + field.value.upperBound]
    switch name.count {
    case 4 where name.isCaseInsensitively("host"):
      hostCount += 1
      guard hostCount == 1 else { throw .fatal(.badRequest, "Host is given twice.") }
      guard Authority.isValid(value) else { throw .fatal(.badRequest, "Host is not a host with a port.") }
    case 6 where name.isCaseInsensitively("expect"):
      guard value.isCaseInsensitively("100-continue") else {
        throw .fatal(.expectationFailed, "Of expectations, only 100-continue is met.")
      }
      facts.expectsContinue = true
    case 7 where name.isCaseInsensitively("upgrade"):
      hasUpgradeField = true
    case 10 where name.isCaseInsensitively("connection"):
      for option in FieldList(value) {
        if option.isCaseInsensitively("close") { saysClose = true }
        if option.isCaseInsensitively("keep-alive") { saysKeepAlive = true }
        if option.isCaseInsensitively("upgrade") { saysUpgrade = true }
      }
    case 14 where name.isCaseInsensitively("content-length"):
      guard contentLength == nil else { throw .fatal(.badRequest, "Content-Length is given twice.") }
      contentLength = try Self.length(value)
    case 17 where name.isCaseInsensitively("transfer-encoding"):
      for coding in FieldList(value) {
        guard !isChunked else { throw .fatal(.badRequest, "Nothing may follow chunked in Transfer-Encoding.") }
        transferCodings += 1
        if coding.isCaseInsensitively("chunked") { isChunked = true } else { hasUnknownCoding = true }
      }
      guard transferCodings > 0 else { throw .fatal(.badRequest, "Transfer-Encoding is empty.") }
    default: break
    }
  }

  private static func length(_ value: ArraySlice<UInt8>) throws(HTTPError) -> Int {
    var length = 0
    guard !value.isEmpty, value.count <= 18 else { throw .fatal(.badRequest, "Content-Length is no number of bytes.") }
    for byte in value {
      guard Characters.isDigit(byte) else { throw .fatal(.badRequest, "Content-Length is no number of bytes.") }
      length = length &* 10 &+ Int(byte &- 0x30)
    }
    return length
  }

  // MARK: The end of the head

  private mutating func finish(_ bytes: [UInt8], base: Int) throws(HTTPError) {
    if facts.minorVersion > 0, hostCount == 0 { throw .fatal(.badRequest, "A request of HTTP/1.1 needs a Host.") }
    if transferCodings > 0 {
      guard contentLength == nil else {
        throw .fatal(.badRequest, "Content-Length and Transfer-Encoding exclude each other.")
      }
      guard facts.minorVersion > 0 else { throw .fatal(.badRequest, "HTTP/1.0 has no Transfer-Encoding.") }
      guard isChunked else { throw .fatal(.badRequest, "Transfer-Encoding must end with chunked.") }
      guard !hasUnknownCoding else { throw .fatal(.notImplemented, "Of transfer codings, only chunked is known.") }
      facts.framing = .chunked
    } else if let contentLength, contentLength > 0 {
      facts.framing = .length(contentLength)
    }
    if facts.minorVersion == 0 || facts.framing == .none { facts.expectsContinue = false }
    facts.keepsAlive = !saysClose && (facts.minorVersion > 0 || saysKeepAlive)
    facts.wantsUpgrade = saysUpgrade && hasUpgradeField && facts.minorVersion > 0
    try RequestTarget.check(
      method: bytes[base + facts.method.lowerBound..<base + facts.method.upperBound],
      target: bytes[base + facts.target.lowerBound..<base + facts.target.upperBound])
  }
}

/// The members of a field's value that is a list with commas; empty members are left out.
struct FieldList: Sequence, IteratorProtocol {
  private var rest: ArraySlice<UInt8>

  init(_ value: ArraySlice<UInt8>) { rest = value }

  mutating func next() -> ArraySlice<UInt8>? {
    while !rest.isEmpty {
      let end = rest.firstIndex(of: 0x2C) ?? rest.endIndex
      var member = rest[rest.startIndex..<end]
      rest = end < rest.endIndex ? rest[(end + 1)...] : []
      while let first = member.first, Characters.isBlank(first) { member.removeFirst() }
      while let last = member.last, Characters.isBlank(last) { member.removeLast() }
      if !member.isEmpty { return member }
    }
    return nil
  }
}
