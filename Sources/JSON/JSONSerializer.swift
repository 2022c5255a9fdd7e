extension JSONValue {
  /// The value as compact JSON in UTF-8.
  public var bytes: [UInt8] { serializedBytes() }

  /// Writes the value as JSON.
  ///
  /// Of strings only what must be escaped is escaped. Equal calls give equal text in every process.
  ///
  /// - Parameters:
  ///   - sortedKeys: Whether members come in order of the Unicode scalars of their keys, not in their own order.
  ///   - pretty: Whether every element and member gets a line of its own, indented by two spaces a level.
  /// - Returns: The text, without a line break at its end.
  public func serialized(sortedKeys: Bool = false, pretty: Bool = false) -> String {
    String(decoding: serializedBytes(sortedKeys: sortedKeys, pretty: pretty), as: UTF8.self)
  }

  /// Writes the value as JSON in UTF-8; the same as ``serialized(sortedKeys:pretty:)`` in bytes.
  ///
  /// - Parameters:
  ///   - sortedKeys: Whether members come in order of the Unicode scalars of their keys, not in their own order.
  ///   - pretty: Whether every element and member gets a line of its own, indented by two spaces a level.
  /// - Returns: The bytes, without a line break at their end.
  public func serializedBytes(sortedKeys: Bool = false, pretty: Bool = false) -> [UInt8] {
    var output = JSONBuffer()
    JSONSerializer(sortedKeys: sortedKeys, pretty: pretty).append(self, to: &output, depth: 0)
    return output.bytes()
  }
}

/// Writes whole values in one of the ways that callers may choose.
struct JSONSerializer {
  var sortedKeys = false
  var pretty = false

  func append(_ value: JSONValue, to output: inout JSONBuffer, depth: Int) {
    switch value {
    case .null: output.appendNull(comma: false)
    case .bool(let value): output.append(value, comma: false)
    case .number(let value): output.append(value)
    case .string(let value): output.append(value)
    case .array(let elements):
      output.append(byte: 0x5B)
      var isFirst = true
      for element in elements {
        separate(&isFirst, in: &output, depth: depth + 1)
        append(element, to: &output, depth: depth + 1)
      }
      close(0x5D, isEmpty: isFirst, in: &output, depth: depth)
    case .object(let members):
      output.append(byte: 0x7B)
      var isFirst = true
      if sortedKeys {
        for (key, value) in members.sorted(by: { Self.precedes($0.key, $1.key) }) {
          append(key, value, &isFirst, to: &output, depth: depth + 1)
        }
      } else {
        members.visit { append($0, $1, &isFirst, to: &output, depth: depth + 1) }
      }
      close(0x7D, isEmpty: isFirst, in: &output, depth: depth)
    }
  }

  /// Tells whether a key comes before another in the order of their Unicode scalars, which is that of their UTF-8.
  static func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }

  private func append(
    _ key: String, _ value: JSONValue, _ isFirst: inout Bool, to output: inout JSONBuffer, depth: Int
  ) {
    separate(&isFirst, in: &output, depth: depth)
    output.append(key)
    output.append(byte: 0x3A)
    if pretty { output.append(byte: 0x20) }
    append(value, to: &output, depth: depth)
  }

  private func separate(_ isFirst: inout Bool, in output: inout JSONBuffer, depth: Int) {
    if !isFirst { output.append(byte: 0x2C) }
    isFirst = false
    if pretty { newLine(in: &output, depth: depth) }
  }

  private func close(_ byte: UInt8, isEmpty: Bool, in output: inout JSONBuffer, depth: Int) {
    if pretty, !isEmpty { newLine(in: &output, depth: depth) }
    output.append(byte: byte)
  }

  private func newLine(in output: inout JSONBuffer, depth: Int) {
    output.append(byte: 0x0A)
    for _ in 0..<depth {
      output.append(byte: 0x20)
      output.append(byte: 0x20)
    }
  }
}
