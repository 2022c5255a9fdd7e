/// What is told about a document while it is walked.
///
/// Calls come in the document's order. Reading builds values from them; finding an end ignores them.
protocol JSONTokenHandler {
  mutating func beginArray()
  mutating func endArray()
  mutating func beginObject()
  /// Closes the innermost object; gives the offset of a key that must not be there.
  mutating func endObject() -> Int?
  mutating func key(_ token: JSONCursor.StringToken, in cursor: JSONCursor)
  mutating func string(_ token: JSONCursor.StringToken, in cursor: JSONCursor)
  mutating func number(_ token: JSONCursor.NumberToken, in cursor: JSONCursor)
  mutating func word(_ value: JSONValue)
}

extension JSONCursor {
  /// Walks over exactly one value and what is inside it, and stops behind it.
  ///
  /// A loop with its own stack of one flag a level: nesting in the document takes no stack of the thread.
  mutating func walk(_ handler: inout some JSONTokenHandler) throws(JSONError) {
    var outer: [Bool] = []
    var depth = 0
    var inObject = false
    var values = 0
    let maximumDepth = limits.effectiveDepth
    let maximumValues = limits.maximumValues

    while true {
      // A value starts here.
      values &+= 1
      guard values <= maximumValues else { throw tooManyValues() }
      guard let byte = current else { throw expected("a value") }
      var isOpen = false
      switch byte {
      case 0x22:
        handler.string(try string(), in: self)
      case 0x2D, 0x30...0x39:
        handler.number(try number(), in: self)
      case 0x74:
        try word("true")
        handler.word(.bool(true))
      case 0x66:
        try word("false")
        handler.word(.bool(false))
      case 0x6E:
        try word("null")
        handler.word(.null)
      case 0x5B, 0x7B:
        guard depth < maximumDepth else {
          throw failure(.tooDeep, "Arrays and objects are nested deeper than \(maximumDepth); flatten the document.")
        }
        if depth > 0 { outer.append(inObject) }
        depth &+= 1
        inObject = byte == 0x7B
        if inObject { handler.beginObject() } else { handler.beginArray() }
        position &+= 1
        skipWhitespace()
        if current == (inObject ? 0x7D : 0x5D) { break }
        isOpen = true
        if inObject { try memberKey(&handler, &values) }
      default:
        throw expected("a value")
      }
      if isOpen { continue }
      // Whatever is complete now may complete what is around it.
      while true {
        guard depth > 0 else { return }
        skipWhitespace()
        guard let next = current else { throw expected(inObject ? "“,” or “}”" : "“,” or “]”") }
        if next == 0x2C {
          position &+= 1
          skipWhitespace()
          if current == (inObject ? 0x7D : 0x5D) {
            throw failure(
              .trailingComma, "A comma must be followed by another one; remove the comma before this place.")
          }
          if inObject { try memberKey(&handler, &values) }
          break
        }
        guard next == (inObject ? 0x7D : 0x5D) else { throw expected(inObject ? "“,” or “}”" : "“,” or “]”") }
        position &+= 1
        if inObject {
          if let offset = handler.endObject() {
            throw failure(.duplicateKey, "The object already has a member of this name; keep one of them.", at: offset)
          }
        } else {
          handler.endArray()
        }
        depth &-= 1
        inObject = outer.popLast() ?? false
      }
    }
  }

  /// Reads a key and its colon, up to the first byte of the member's value.
  @inline(__always)
  private mutating func memberKey(
    _ handler: inout some JSONTokenHandler, _ values: inout Int
  ) throws(JSONError) {
    values &+= 1
    guard values <= limits.maximumValues else { throw tooManyValues() }
    guard current == 0x22 else { throw expected("a key in double quotes") }
    handler.key(try string(), in: self)
    skipWhitespace()
    guard current == 0x3A else { throw expected("“:” after the key") }
    position &+= 1
    skipWhitespace()
  }

  private func tooManyValues() -> JSONError {
    failure(.tooManyValues, "The document has more than \(limits.maximumValues) values and keys; split it.")
  }
}
