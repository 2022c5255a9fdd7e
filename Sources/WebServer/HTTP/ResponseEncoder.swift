/// Writes the heads of answers.
enum ResponseEncoder {
  /// How the end of an answer's body is told.
  enum Framing {
    case none
    case length(Int)
    case chunked
    /// The connection ends with the body, for a client of HTTP/1.0.
    case untilClose
  }

  /// Appends the status line and all fields.
  ///
  /// - Returns: False, and nothing appended, when a field has a character that could end it: text from outside must
  ///   not become fields.
  static func append(
    _ response: borrowing Response, framing: Framing, keepsAlive: Bool, saysKeepAlive: Bool, date: [UInt8],
    to output: inout [UInt8]
  ) -> Bool {
    let begin = output.count
    appendStatusLine(response.status, to: &output)
    output.append(contentsOf: date)
    if let contentType = response.contentType {
      output.append("Content-Type: " as StaticString)
      guard appendValue(contentType, to: &output) else { return undo(&output, to: begin) }
    }
    for field in response.fields where !isOurs(field.name, hasContentType: response.contentType != nil) {
      guard Characters.isToken(field.name) else { return undo(&output, to: begin) }
      output.append(field.name)
      output.append(": " as StaticString)
      guard appendValue(field.value, to: &output) else { return undo(&output, to: begin) }
    }
    switch framing {
    case .none, .untilClose: break
    case .length(let count):
      output.append("Content-Length: " as StaticString)
      output.append(decimal: count)
      output.append("\r\n" as StaticString)
    case .chunked: output.append("Transfer-Encoding: chunked\r\n" as StaticString)
    }
    if response.status.code == 101 {
      output.append("Connection: Upgrade\r\n" as StaticString)
    } else if !keepsAlive {
      output.append("Connection: close\r\n" as StaticString)
    } else if saysKeepAlive {
      output.append("Connection: keep-alive\r\n" as StaticString)
    }
    output.append("\r\n" as StaticString)
    return true
  }

  private static func undo(_ output: inout [UInt8], to count: Int) -> Bool {
    output.removeLast(output.count - count)
    return false
  }

  private static func appendStatusLine(_ status: Status, to output: inout [UInt8]) {
    if status == .ok { return output.append("HTTP/1.1 200 OK\r\n" as StaticString) }
    output.append("HTTP/1.1 " as StaticString)
    output.append(decimal: status.code)
    output.append(0x20)
    output.append(status.reason)
    output.append("\r\n" as StaticString)
  }

  private static func appendValue(_ value: String, to output: inout [UInt8]) -> Bool {
    for byte in value.utf8 where !Characters.isFieldValue(byte) { return false }
    output.append(value)
    output.append("\r\n" as StaticString)
    return true
  }

  /// Whether a field is the server's own business.
  static func isOurs(_ name: String, hasContentType: Bool) -> Bool {
    switch name.utf8.count {
    case 4: Fields.areSame(name, "date")
    case 10: Fields.areSame(name, "connection")
    case 12: hasContentType && Fields.areSame(name, "content-type")
    case 14: Fields.areSame(name, "content-length")
    case 17: Fields.areSame(name, "transfer-encoding")
    default: false
    }
  }
}

extension [UInt8] {
  @inline(__always)
  mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { append(contentsOf: $0) }
  }

  @inline(__always)
  mutating func append(_ text: String) {
    let isDone: Void? = text.utf8.withContiguousStorageIfAvailable { append(contentsOf: $0) }
    if isDone == nil { append(contentsOf: text.utf8) }
  }

  /// Appends a number of none or more.
  mutating func append(decimal value: Int) {
    var rest = UInt(Swift.max(0, value))
    if rest < 10 { return append(0x30 + UInt8(rest)) }
    let begin = count
    while rest > 0 {
      append(0x30 + UInt8(rest % 10))
      rest /= 10
    }
    self[begin...].reverse()
  }

  mutating func append(hexadecimal value: Int) {
    append(String(UInt(Swift.max(0, value)), radix: 16))
  }
}
