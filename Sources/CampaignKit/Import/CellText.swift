import JSON

/// What the bytes of a field say.
enum CellText {
  /// The bytes without space around them, and without what spreadsheets put around a text to keep it one: `="0123"`.
  @inline(__always)
  static func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var start = 0
    var end = bytes.count
    while start < end, isSpace(bytes[start]) { start += 1 }
    while start < end, isSpace(bytes[end - 1]) { end -= 1 }
    if end - start >= 3, bytes[start] == UInt8(ascii: "="), bytes[start + 1] == UInt8(ascii: "\""),
      bytes[end - 1] == UInt8(ascii: "\"")
    {
      start += 2
      end -= 1
    }
    return UnsafeRawBufferPointer(rebasing: bytes[start..<end])
  }

  @inline(__always)
  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  /// A whole number, counted from the usual one, or one of the usual words; nil for anything else.
  static func priority(_ text: String, usual: Int32) -> Int32? {
    if let number = Int32(text) {
      let (place, isFar) = number.subtractingReportingOverflow(usual)
      return isFar ? nil : place
    }
    switch text.lowercased() {
    case "urgent", "highest", "critical": return -2
    case "high": return -1
    case "normal", "medium", "standard", "default": return 0
    case "low": return 1
    case "lowest": return 2
    default: return nil
    }
  }

  /// Whether a text says yes; nil when it says neither yes nor no.
  static func truth(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "true", "t", "yes", "y", "1", "x", "ja", "oui", "si", "sí", "on": true
    case "false", "f", "no", "n", "0", "nein", "non", "off": false
    default: nil
    }
  }

  /// The two letters of a country, if that is what the bytes are.
  static func region(_ bytes: UnsafeRawBufferPointer) -> String? {
    guard bytes.count == 2 else { return nil }
    let letters = (bytes[0] & 0xDF, bytes[1] & 0xDF)
    guard (65...90).contains(letters.0), (65...90).contains(letters.1) else { return nil }
    let code = withUnsafeBytes(of: letters) { String(decoding: $0, as: UTF8.self) }
    return code == "UK" ? "GB" : code
  }

  /// Whether the bytes are a JSON object or array.
  static func isJSON(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let bytes = trimmed(bytes)
    guard let first = bytes.first, first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else { return false }
    return (try? JSONValue(parsing: bytes, limits: limits)) != nil
  }

  private static let limits = JSONLimits(maximumBytes: 1 << 20, maximumDepth: 32)

  /// What a column with JSON says: an object's members, or any other text under the name of the column.
  ///
  /// - Throws: A reason, when the text begins like JSON and is not.
  static func metadata(
    _ bytes: UnsafeRawBufferPointer, column: String, as encoding: CSVEncoding?
  ) throws(JSONError) -> JSONObject {
    guard let first = bytes.first else { return [:] }
    guard first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else {
      return [column: .string(String(csv: bytes, as: encoding))]
    }
    let value: JSONValue
    if encoding == .windows1252 {
      value = try JSONValue(parsing: String(csv: bytes, as: encoding), limits: limits)
    } else {
      value = try JSONValue(parsing: bytes, limits: limits)
    }
    return value.object ?? [column: value]
  }
}
