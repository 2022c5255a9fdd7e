extension JSONValue {
  /// Reads a document that is given as bytes of UTF-8.
  ///
  /// Follows RFC 8259 to the letter: no comments, no trailing commas, no NaN, nothing behind the value but
  /// whitespace, no byte order mark, valid UTF-8 throughout. Numbers and the order of members are kept as written,
  /// so ``serialized(sortedKeys:pretty:)`` gives a compact document back unchanged, apart from the choice of escapes.
  /// No input makes it trap, and nesting takes no stack.
  ///
  /// ```swift
  /// let lead = try JSONValue(parsing: body, limits: JSONLimits(maximumBytes: 65_536))
  /// let name = lead["name"]?.string
  /// ```
  ///
  /// - Parameters:
  ///   - bytes: The whole document. They are not kept.
  ///   - limits: Bounds that the document must keep.
  ///   - duplicateKeys: What to do with an object that gives a key twice.
  /// - Throws: A ``JSONError`` with the place of the first thing that is wrong. Of a key that is given twice
  ///   it tells at the end of the object.
  public init(
    parsing bytes: UnsafeRawBufferPointer,
    limits: JSONLimits = .default,
    duplicateKeys: JSONDuplicateKeys = .refused
  ) throws(JSONError) {
    var cursor = JSONCursor(bytes, end: bytes.count, limits: limits)
    guard bytes.count <= limits.maximumBytes else {
      throw cursor.failure(
        .tooManyBytes, "The document has \(bytes.count) bytes, more than \(limits.maximumBytes); split it.")
    }
    if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
      throw cursor.failure(.byteOrderMark, "The document starts with a byte order mark; save it without one.")
    }
    cursor.skipWhitespace()
    var builder = JSONBuilder(duplicateKeys: duplicateKeys)
    try cursor.walk(&builder)
    cursor.skipWhitespace()
    guard cursor.position == cursor.end, let root = builder.values.popLast() else {
      throw cursor.failure(.trailingText, "The document's value ends before this place; remove what follows it.")
    }
    self = root
  }

  /// Reads a document from any collection of bytes, such as an array, a slice or Foundation's `Data`.
  ///
  /// The same as reading from a buffer; a collection that is not contiguous in memory is copied first.
  ///
  /// - Parameters:
  ///   - bytes: The whole document, in UTF-8.
  ///   - limits: Bounds that the document must keep.
  ///   - duplicateKeys: What to do with an object that gives a key twice.
  /// - Throws: A ``JSONError`` with the place of the first thing that is wrong.
  public init(
    parsing bytes: some Collection<UInt8>,
    limits: JSONLimits = .default,
    duplicateKeys: JSONDuplicateKeys = .refused
  ) throws(JSONError) {
    let read = { (buffer: UnsafeBufferPointer<UInt8>) -> Result<JSONValue, JSONError> in
      Self.result(UnsafeRawBufferPointer(buffer), limits, duplicateKeys)
    }
    if let result = bytes.withContiguousStorageIfAvailable(read) {
      self = try result.get()
    } else {
      self = try Array(bytes).withUnsafeBufferPointer(read).get()
    }
  }

  /// Reads a document that is given as a string.
  ///
  /// - Parameters:
  ///   - text: The whole document.
  ///   - limits: Bounds that the document must keep; offsets and sizes count its UTF-8.
  ///   - duplicateKeys: What to do with an object that gives a key twice.
  /// - Throws: A ``JSONError`` with the place of the first thing that is wrong.
  public init(
    parsing text: String,
    limits: JSONLimits = .default,
    duplicateKeys: JSONDuplicateKeys = .refused
  ) throws(JSONError) {
    var text = text
    self = try text.withUTF8 { Self.result(UnsafeRawBufferPointer($0), limits, duplicateKeys) }.get()
  }

  /// Carries the error through functions that rethrow without its type.
  private static func result(
    _ bytes: UnsafeRawBufferPointer, _ limits: JSONLimits, _ duplicateKeys: JSONDuplicateKeys
  ) -> Result<JSONValue, JSONError> {
    Result { () throws(JSONError) in
      try JSONValue(parsing: bytes, limits: limits, duplicateKeys: duplicateKeys)
    }
  }
}

/// Builds values from what a walk tells.
///
/// Complete values wait on one stack for the end of what holds them; an array or object then takes exactly
/// the memory it needs, in one piece.
private struct JSONBuilder: JSONTokenHandler {
  private struct Key {
    var name: String
    var offset: Int
  }

  var values: [JSONValue] = []
  private var keys: [Key] = []
  private var starts: [Int] = []
  private let duplicateKeys: JSONDuplicateKeys

  init(duplicateKeys: JSONDuplicateKeys) {
    self.duplicateKeys = duplicateKeys
    values.reserveCapacity(16)
    keys.reserveCapacity(16)
  }

  mutating func beginArray() { starts.append(values.count) }

  mutating func endArray() {
    let start = starts.popLast() ?? 0
    let elements = Array(values[start...])
    values.removeSubrange(start...)
    values.append(.array(elements))
  }

  mutating func beginObject() { starts.append(values.count) }

  mutating func endObject() -> Int? {
    let start = starts.popLast() ?? 0
    let count = values.count - start
    let firstKey = keys.count - count
    var object = JSONObject()
    object.reserveCapacity(count)
    for index in 0..<count {
      let key = keys[firstKey + index]
      let old = object.updateValue(values[start + index], forKey: key.name)
      if old != nil, duplicateKeys == .refused { return key.offset }
    }
    values.removeSubrange(start...)
    keys.removeSubrange(firstKey...)
    values.append(.object(object))
    return nil
  }

  mutating func key(_ token: JSONCursor.StringToken, in cursor: JSONCursor) {
    keys.append(Key(name: cursor.text(of: token), offset: token.start - 1))
  }

  mutating func string(_ token: JSONCursor.StringToken, in cursor: JSONCursor) {
    values.append(.string(cursor.text(of: token)))
  }

  mutating func number(_ token: JSONCursor.NumberToken, in cursor: JSONCursor) {
    values.append(.number(cursor.number(of: token)))
  }

  mutating func word(_ value: JSONValue) { values.append(value) }
}
