/// A position in a document, and the tokens that can start there.
///
/// Each token function expects the position on the token's first byte and leaves it behind its last one.
/// Every access is preceded by a comparison with `end`; nothing is read beyond it.
struct JSONCursor {
  /// The content of a string between its quotes, already checked.
  struct StringToken {
    var start: Int
    var end: Int
    var hasEscapes: Bool
    /// UTF-8 bytes after the escapes are resolved.
    var length: Int
  }

  /// A number, already checked.
  struct NumberToken {
    var start: Int
    var end: Int
    var isInteger: Bool
  }

  let bytes: UnsafeRawBufferPointer
  let end: Int
  let limits: JSONLimits
  var position: Int

  init(_ bytes: UnsafeRawBufferPointer, position: Int = 0, end: Int, limits: JSONLimits) {
    self.bytes = bytes
    self.position = position
    self.end = end
    self.limits = limits
  }

  /// The byte at the position, or nothing at the end.
  @inline(__always)
  var current: UInt8? { position < end ? bytes[position] : nil }

  @inline(__always)
  mutating func skipWhitespace() {
    while position < end {
      let byte = bytes[position]
      guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
      position &+= 1
    }
  }

  @inline(never)
  func failure(_ code: JSONError.Code, _ message: String, at offset: Int? = nil) -> JSONError {
    JSONError(code: code, message: message, offset: offset ?? position, in: bytes)
  }

  /// The error for a position where something else was needed.
  @inline(never)
  func expected(_ what: String) -> JSONError {
    guard position < end else {
      return failure(.unexpectedEnd, "The text ends where \(what) was expected; send the whole document.")
    }
    return failure(.unexpectedByte, "Expected \(what) here; correct the text at this place.")
  }

  // MARK: Words

  @inline(__always)
  mutating func word(_ rest: StaticString) throws(JSONError) {
    let count = rest.utf8CodeUnitCount
    for index in 0..<count {
      guard position < end, bytes[position] == rest.utf8Start[index] else {
        throw expected("the word “\(rest)”")
      }
      position &+= 1
    }
  }

  // MARK: Numbers

  mutating func number() throws(JSONError) -> NumberToken {
    let start = position
    if current == 0x2D { position &+= 1 }
    guard let first = current, JSONText.isDigit(first) else {
      throw position < end
        ? failure(.invalidNumber, "A minus sign must be followed by a digit.")
        : expected("a digit")
    }
    position &+= 1
    if first == 0x30 {
      if let next = current, JSONText.isDigit(next) {
        throw failure(.invalidNumber, "A number must not start with a zero; remove it, or quote the number as text.")
      }
    } else {
      skipDigits()
    }
    var isInteger = true
    if current == 0x2E {
      isInteger = false
      position &+= 1
      try digits("A decimal point must be followed by a digit.")
    }
    if current == 0x65 || current == 0x45 {
      isInteger = false
      position &+= 1
      if current == 0x2B || current == 0x2D { position &+= 1 }
      try digits("An exponent needs at least one digit.")
    }
    guard position - start <= limits.maximumStringBytes else {
      throw failure(
        .stringTooLong, "The number is longer than \(limits.maximumStringBytes) bytes; shorten it.", at: start)
    }
    return NumberToken(start: start, end: position, isInteger: isInteger)
  }

  @inline(__always)
  private mutating func skipDigits() {
    while position < end, JSONText.isDigit(bytes[position]) { position &+= 1 }
  }

  private mutating func digits(_ message: String) throws(JSONError) {
    guard position < end else { throw expected("a digit") }
    guard JSONText.isDigit(bytes[position]) else { throw failure(.invalidNumber, message) }
    skipDigits()
  }

  // MARK: Strings

  mutating func string() throws(JSONError) -> StringToken {
    position &+= 1
    let start = position
    var length = 0
    var hasEscapes = false
    while true {
      let run = JSONText.cleanRun(in: bytes, from: position, to: end)
      if !run.isASCII, let bad = JSONText.firstInvalidUTF8(in: bytes, from: position, to: run.end) {
        throw failure(.invalidUTF8, "The text is not valid UTF-8 here; encode the document as UTF-8.", at: bad)
      }
      length &+= run.end &- position
      position = run.end
      guard length <= limits.maximumStringBytes else {
        throw failure(
          .stringTooLong, "The string is longer than \(limits.maximumStringBytes) bytes; shorten it.", at: start)
      }
      guard position < end else {
        throw failure(.unexpectedEnd, "The text ends inside a string; send the whole document.")
      }
      switch bytes[position] {
      case 0x22:
        let token = StringToken(start: start, end: position, hasEscapes: hasEscapes, length: length)
        position &+= 1
        return token
      case 0x5C:
        hasEscapes = true
        length &+= try escape().utf8Length
      default:
        throw failure(
          .controlCharacter, "A control character in a string must be escaped, such as \\n or \\u0000.")
      }
    }
  }

  /// Reads one escape, and the second half of a surrogate pair with it.
  private mutating func escape() throws(JSONError) -> Unicode.Scalar {
    let start = position
    position &+= 1
    guard let kind = current else {
      throw failure(.unexpectedEnd, "The text ends inside a string; send the whole document.")
    }
    position &+= 1
    switch kind {
    case 0x22: return "\""
    case 0x5C: return "\\"
    case 0x2F: return "/"
    case 0x62: return "\u{8}"
    case 0x66: return "\u{C}"
    case 0x6E: return "\n"
    case 0x72: return "\r"
    case 0x74: return "\t"
    case 0x75: break
    default:
      throw failure(
        .invalidEscape, "A backslash must be followed by one of \" \\ / b f n r t u; write \\\\ for a backslash.",
        at: start)
    }
    let first = try hexadecimal()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, current == 0x5C || current == nil else { throw loneSurrogate(at: start) }
    position &+= 1
    guard current == 0x75 || position >= end else { throw loneSurrogate(at: start) }
    position &+= 1
    let second = try hexadecimal()
    guard 0xDC00...0xDFFF ~= second,
      let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
    else { throw loneSurrogate(at: start) }
    return scalar
  }

  private func loneSurrogate(at start: Int) -> JSONError {
    failure(
      .loneSurrogate, "This escape is half of a surrogate pair; give both halves, or the character itself.", at: start)
  }

  private mutating func hexadecimal() throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard position < end else {
        throw failure(
          .unexpectedEnd, "The text ends inside a string; send the whole document.", at: min(position, end))
      }
      guard let digit = JSONText.hexValue(bytes[position]) else {
        throw failure(.invalidEscape, "\\u must be followed by four hexadecimal digits.")
      }
      value = value << 4 | digit
      position &+= 1
    }
    return value
  }

  // MARK: Content

  /// The text of a string token.
  func text(of token: StringToken) -> String {
    guard token.hasEscapes else {
      return String(decoding: UnsafeRawBufferPointer(rebasing: bytes[token.start..<token.end]), as: UTF8.self)
    }
    var cursor = JSONCursor(bytes, position: token.start, end: token.end, limits: limits)
    return String(unsafeUninitializedCapacity: token.length) { buffer in
      var count = 0
      func append(_ byte: UInt8) {
        // The length was counted when the token was read; the comparison keeps a mistake there from writing beyond.
        guard count < buffer.count else { return }
        buffer[count] = byte
        count += 1
      }
      while cursor.position < cursor.end {
        let run = JSONText.cleanRun(in: bytes, from: cursor.position, to: cursor.end)
        for index in cursor.position..<run.end { append(bytes[index]) }
        cursor.position = run.end
        guard cursor.position < cursor.end, let scalar = try? cursor.escape() else { break }
        for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { append(byte) }
      }
      return count
    }
  }

  /// The value of a number token.
  func number(of token: NumberToken) -> JSONNumber {
    JSONNumber(
      checked: UnsafeRawBufferPointer(rebasing: bytes[token.start..<token.end]), isInteger: token.isInteger)
  }
}

extension Unicode.Scalar {
  /// Bytes that the scalar takes in UTF-8.
  fileprivate var utf8Length: Int {
    switch value {
    case ..<0x80: 1
    case ..<0x800: 2
    case ..<0x10000: 3
    default: 4
    }
  }
}
