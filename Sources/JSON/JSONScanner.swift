/// Finds where values end without building them.
public enum JSONScanner {
  /// Finds the end of the value that starts at a byte of a buffer.
  ///
  /// The value is checked as strictly as when it is read, except that keys given twice are not looked for.
  /// What follows it is not looked at, so the value may stand in front of other text, such as the rest of a
  /// line of CSV. A number ends at the first byte that cannot continue it.
  ///
  /// - Parameters:
  ///   - start: The offset of the value's first byte; whitespace there is an error.
  ///   - bytes: The buffer, which may go on behind the value.
  ///   - limits: Bounds that the value must keep. The bytes are those of the value, not of the buffer.
  /// - Returns: The offset behind the value's last byte.
  /// - Throws: A ``JSONError`` whose offset counts from the start of the buffer.
  public static func end(
    ofValueAt start: Int, in bytes: UnsafeRawBufferPointer, limits: JSONLimits = .default
  ) throws(JSONError) -> Int {
    let maximum = max(0, limits.maximumBytes)
    guard start >= 0, start < bytes.count else {
      throw JSONError(
        code: .unexpectedEnd, message: "A value was expected, but the text ends before this place.",
        offset: max(0, start), in: bytes)
    }
    // One byte more than allowed, so a value that is cut off by the bound is told from one that just fits.
    let isCut = bytes.count - start > maximum
    var cursor = JSONCursor(
      bytes, position: start, end: isCut ? start + maximum + 1 : bytes.count, limits: limits)
    let tooLong = { (cursor: JSONCursor) -> JSONError in
      cursor.failure(.tooManyBytes, "The value has more than \(limits.maximumBytes) bytes; split it.", at: start)
    }
    var handler = JSONIgnorer()
    do {
      try cursor.walk(&handler)
    } catch {
      // The bound may cut through a character too.
      let reach = error.code == .invalidUTF8 ? 3 : 0
      guard isCut, error.offset + reach >= cursor.end else { throw error }
      throw tooLong(cursor)
    }
    guard cursor.position - start <= maximum else { throw tooLong(cursor) }
    return cursor.position
  }

  /// Finds the end of the value that starts at an index of an array.
  ///
  /// - Parameters:
  ///   - start: The index of the value's first byte; whitespace there is an error.
  ///   - bytes: The bytes, which may go on behind the value.
  ///   - limits: Bounds that the value must keep.
  /// - Returns: The index behind the value's last byte.
  /// - Throws: A ``JSONError`` whose offset counts from the start of the array.
  public static func end(
    ofValueAt start: Int, in bytes: [UInt8], limits: JSONLimits = .default
  ) throws(JSONError) -> Int {
    try bytes.withUnsafeBufferPointer { buffer in
      Result { () throws(JSONError) in
        try end(ofValueAt: start, in: UnsafeRawBufferPointer(buffer), limits: limits)
      }
    }.get()
  }
}

/// Takes no notice of what a walk tells.
private struct JSONIgnorer: JSONTokenHandler {
  mutating func beginArray() {}
  mutating func endArray() {}
  mutating func beginObject() {}
  mutating func endObject() -> Int? { nil }
  mutating func key(_ token: JSONCursor.StringToken, in cursor: JSONCursor) {}
  mutating func string(_ token: JSONCursor.StringToken, in cursor: JSONCursor) {}
  mutating func number(_ token: JSONCursor.NumberToken, in cursor: JSONCursor) {}
  mutating func word(_ value: JSONValue) {}
}
