extension JSONNumber: Codable {
  /// Decodes a number as an integer of 64 bits where it is one, and as a `Double` otherwise.
  ///
  /// A decoder hands over values, not text: `1.0` may arrive as 1, and digits beyond a `Double` are rounded.
  /// Only ``JSONValue/decode(_:)`` gives the number as it was written.
  ///
  /// - Parameter decoder: The decoder.
  /// - Throws: A `DecodingError` when there is no number, or one that the decoder cannot express.
  public init(from decoder: any Decoder) throws {
    if let node = decoder as? JSONDecodingNode {
      self = try node.decode(JSONNumber.self)
      return
    }
    let container = try decoder.singleValueContainer()
    guard let number = try JSONNumber(in: container) else {
      throw DecodingError.typeMismatch(
        JSONNumber.self, .init(codingPath: decoder.codingPath, debugDescription: "Expected a finite number."))
    }
    self = number
  }

  fileprivate init?(in container: any SingleValueDecodingContainer) throws {
    if let value = try? container.decode(Int64.self) {
      self.init(value)
    } else if let value = try? container.decode(UInt64.self) {
      self.init(value)
    } else if let value = try? container.decode(Double.self), let number = JSONNumber(value) {
      self = number
    } else {
      return nil
    }
  }

  /// Encodes the number as an integer of 64 bits where it is one, and as the nearest `Double` otherwise.
  ///
  /// - Parameter encoder: The encoder.
  /// - Throws: An `EncodingError` when the number is beyond the range of `Double`, or what the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    if let node = encoder as? JSONEncodingNode { return node.set(.number(self)) }
    var container = encoder.singleValueContainer()
    if case .double(let value) = storage {
      try container.encode(value)
    } else if let value = int64 {
      try container.encode(value)
    } else if let value = uint64 {
      try container.encode(value)
    } else if let value = double {
      try container.encode(value)
    } else {
      throw EncodingError.invalidValue(
        self, .init(codingPath: encoder.codingPath, debugDescription: "The number is beyond the range of Double."))
    }
  }
}

extension JSONValue: Codable {
  /// Decodes whatever value is there, as the plain JSON it is.
  ///
  /// Decoders do not tell the order of members; they are put in order of their keys, so the outcome is the same
  /// in every process. To keep the order and the text of numbers, read the bytes with an initializer that parses,
  /// and go on with ``decode(_:)``.
  ///
  /// - Parameter decoder: The decoder.
  /// - Throws: A `DecodingError` when there is something that JSON has no value for, or nesting deeper than
  ///   ``JSONLimits/depthCeiling``.
  public init(from decoder: any Decoder) throws {
    if let node = decoder as? JSONDecodingNode {
      self = node.overlaid
      return
    }
    if let container = try? decoder.singleValueContainer(), let value = try Self.scalar(in: container) {
      self = value
      return
    }
    guard decoder.codingPath.count < JSONLimits.depthCeiling else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: [], debugDescription: "Nested deeper than \(JSONLimits.depthCeiling); flatten the value."))
    }
    if var container = try? decoder.unkeyedContainer() {
      var elements: [JSONValue] = []
      elements.reserveCapacity(min(container.count ?? 0, 1024))
      while !container.isAtEnd { elements.append(try container.decode(JSONValue.self)) }
      self = .array(elements)
      return
    }
    let container = try decoder.container(keyedBy: JSONKey.self)
    var object = JSONObject()
    for key in container.allKeys.sorted(by: { JSONSerializer.precedes($0.stringValue, $1.stringValue) }) {
      object.updateValue(try container.decode(JSONValue.self, forKey: key), forKey: key.stringValue)
    }
    self = .object(object)
  }

  private static func scalar(in container: any SingleValueDecodingContainer) throws -> JSONValue? {
    if container.decodeNil() { return .null }
    if let value = try? container.decode(String.self) { return .string(value) }
    if let value = try? container.decode(Bool.self) { return .bool(value) }
    return try JSONNumber(in: container).map { .number($0) }
  }

  /// Encodes the value as the plain JSON it is.
  ///
  /// Encoders may reorder members and write numbers in their own way; ``init(encoding:)`` does not.
  ///
  /// - Parameter encoder: The encoder.
  /// - Throws: An `EncodingError` for a number beyond the range of `Double`, or what the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    if let node = encoder as? JSONEncodingNode { return node.set(self) }
    switch self {
    case .null:
      var container = encoder.singleValueContainer()
      try container.encodeNil()
    case .bool(let value):
      var container = encoder.singleValueContainer()
      try container.encode(value)
    case .number(let value):
      try value.encode(to: encoder)
    case .string(let value):
      var container = encoder.singleValueContainer()
      try container.encode(value)
    case .array(let elements):
      var container = encoder.unkeyedContainer()
      for element in elements { try container.encode(element) }
    case .object(let members):
      var container = encoder.container(keyedBy: JSONKey.self)
      for (key, value) in members { try container.encode(value, forKey: JSONKey(stringValue: key)) }
    }
  }
}

extension JSONObject: Codable {
  /// Decodes an object, its members in order of their keys.
  ///
  /// - Parameter decoder: The decoder.
  /// - Throws: A `DecodingError` when there is no object.
  public init(from decoder: any Decoder) throws {
    guard case .object(let members) = try JSONValue(from: decoder) else {
      throw DecodingError.typeMismatch(
        JSONObject.self, .init(codingPath: decoder.codingPath, debugDescription: "Expected an object."))
    }
    self = members
  }

  /// Encodes the members as a plain object; encoders may reorder them.
  ///
  /// - Parameter encoder: The encoder.
  /// - Throws: What ``JSONValue/encode(to:)`` throws.
  public func encode(to encoder: any Encoder) throws { try JSONValue.object(self).encode(to: encoder) }
}
