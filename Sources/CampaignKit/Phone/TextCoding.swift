extension Decoder {
  func decodeText<Value: LosslessStringConvertible>(_ rule: String) throws -> Value {
    let text = try singleValueContainer().decode(String.self)
    guard let value = Value(text) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: codingPath, debugDescription: "\(rule), this is '\(text)'"))
    }
    return value
  }
}

extension Encoder {
  func encodeText(_ value: some LosslessStringConvertible) throws {
    var container = singleValueContainer()
    try container.encode(String(value))
  }
}
