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
    _ response: Response, framing: Framing, keepsAlive: Bool, saysKeepAlive: Bool, date: [UInt8],
    to output: inout [UInt8]
  ) -> Bool {
    // Taken out one by one, since the closure would copy the whole answer.
    let (status, contentType, fields) = (response.status, response.contentType, response.fields.own)
    let shared = response.fields.shared?.encoded ?? []
    // The line, the names and line ends of our own fields, and the longest number come to less than 256 bytes.
    var size = 256 + date.count + shared.count + (contentType?.utf8.count ?? 0)
    for field in fields { size += field.name.utf8.count + field.value.utf8.count + 4 }
    return withUnsafeTemporaryAllocation(byteCount: size, alignment: 1) { room in
      var head = HeadWriter(room: room)
      write(status, date: date, to: &head)
      write(contentType, fields, to: &head)
      shared.withUnsafeBytes { head.append($0) }
      write(framing, status, keepsAlive: keepsAlive, saysKeepAlive: saysKeepAlive, to: &head)
      guard head.isValid else { return false }
      output.append(contentsOf: head.written)
      return true
    }
  }

  @inline(__always)
  private static func write(_ contentType: String?, _ fields: [Fields.Field], to head: inout HeadWriter) {
    if let contentType {
      head.append("Content-Type: " as StaticString)
      head.append(value: contentType)
    }
    for field in fields where !isOurs(field.name, hasContentType: contentType != nil) {
      head.append(name: field.name)
      head.append(value: field.value)
    }
  }

  @inline(__always)
  private static func write(
    _ framing: Framing, _ status: Status, keepsAlive: Bool, saysKeepAlive: Bool, to head: inout HeadWriter
  ) {
    switch framing {
    case .none, .untilClose: break
    case .length(let count):
      head.append("Content-Length: " as StaticString)
      head.append(decimal: count)
      head.append("\r\n" as StaticString)
    case .chunked: head.append("Transfer-Encoding: chunked\r\n" as StaticString)
    }
    if status.code == 101 {
      head.append("Connection: Upgrade\r\n" as StaticString)
    } else if !keepsAlive {
      head.append("Connection: close\r\n" as StaticString)
    } else if saysKeepAlive {
      head.append("Connection: keep-alive\r\n" as StaticString)
    }
    head.append("\r\n" as StaticString)
  }

  @inline(__always)
  private static func write(_ status: Status, date: [UInt8], to head: inout HeadWriter) {
    if status == .ok {
      head.append("HTTP/1.1 200 OK\r\n" as StaticString)
    } else {
      head.append("HTTP/1.1 " as StaticString)
      head.append(decimal: status.code)
      head.append(" " as StaticString)
      head.append(status.reason)
      head.append("\r\n" as StaticString)
    }
    date.withUnsafeBytes { head.append($0) }
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

  mutating func append(hexadecimal value: Int) {
    append(contentsOf: String(UInt(Swift.max(0, value)), radix: 16).utf8)
  }
}
