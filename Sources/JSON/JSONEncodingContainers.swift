/// Members of an object that is being encoded.
struct JSONKeyedEncodingContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let node: JSONEncodingNode

  var codingPath: [any CodingKey] { node.codingPath }

  func encodeNil(forKey key: Key) { node.set(.null, forKey: key.stringValue) }
  func encode(_ value: Bool, forKey key: Key) { node.set(.bool(value), forKey: key.stringValue) }
  func encode(_ value: String, forKey key: Key) { node.set(.string(value), forKey: key.stringValue) }
  func encode(_ value: Double, forKey key: Key) throws {
    node.set(try JSONValue(finite: value, at: codingPath + [key]), forKey: key.stringValue)
  }
  func encode(_ value: Float, forKey key: Key) throws {
    node.set(try JSONValue(finite: value, at: codingPath + [key]), forKey: key.stringValue)
  }
  func encode(_ value: Int, forKey key: Key) { node.set(JSONValue(value), forKey: key.stringValue) }
  func encode(_ value: Int8, forKey key: Key) { node.set(JSONValue(value), forKey: key.stringValue) }
  func encode(_ value: Int16, forKey key: Key) { node.set(JSONValue(value), forKey: key.stringValue) }
  func encode(_ value: Int32, forKey key: Key) { node.set(JSONValue(value), forKey: key.stringValue) }
  func encode(_ value: Int64, forKey key: Key) { node.set(JSONValue(value), forKey: key.stringValue) }
  func encode(_ value: Int128, forKey key: Key) { node.set(JSONValue(value), forKey: key.stringValue) }
  func encode(_ value: UInt, forKey key: Key) { node.set(JSONValue(value), forKey: key.stringValue) }
  func encode(_ value: UInt8, forKey key: Key) { node.set(JSONValue(value), forKey: key.stringValue) }
  func encode(_ value: UInt16, forKey key: Key) { node.set(JSONValue(value), forKey: key.stringValue) }
  func encode(_ value: UInt32, forKey key: Key) { node.set(JSONValue(value), forKey: key.stringValue) }
  func encode(_ value: UInt64, forKey key: Key) { node.set(JSONValue(value), forKey: key.stringValue) }
  func encode(_ value: UInt128, forKey key: Key) { node.set(JSONValue(value), forKey: key.stringValue) }
  func encode(_ value: some Encodable, forKey key: Key) throws {
    node.set(try node.child(value, at: key), forKey: key.stringValue)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy keyType: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> {
    node.openMember(key).container(keyedBy: keyType)
  }
  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    node.openMember(key).unkeyedContainer()
  }
  func superEncoder() -> any Encoder { node.openMember(JSONKey.superclass) }
  func superEncoder(forKey key: Key) -> any Encoder { node.openMember(key) }
}

/// Elements of an array that is being encoded.
struct JSONUnkeyedEncodingContainer: UnkeyedEncodingContainer {
  let node: JSONEncodingNode

  var codingPath: [any CodingKey] { node.codingPath }
  var count: Int { node.count }
  private var nextKey: JSONKey { JSONKey(index: node.count) }

  func encodeNil() { node.append(.null) }
  func encode(_ value: Bool) { node.append(.bool(value)) }
  func encode(_ value: String) { node.append(.string(value)) }
  func encode(_ value: Double) throws { node.append(try JSONValue(finite: value, at: codingPath + [nextKey])) }
  func encode(_ value: Float) throws { node.append(try JSONValue(finite: value, at: codingPath + [nextKey])) }
  func encode(_ value: Int) { node.append(JSONValue(value)) }
  func encode(_ value: Int8) { node.append(JSONValue(value)) }
  func encode(_ value: Int16) { node.append(JSONValue(value)) }
  func encode(_ value: Int32) { node.append(JSONValue(value)) }
  func encode(_ value: Int64) { node.append(JSONValue(value)) }
  func encode(_ value: Int128) { node.append(JSONValue(value)) }
  func encode(_ value: UInt) { node.append(JSONValue(value)) }
  func encode(_ value: UInt8) { node.append(JSONValue(value)) }
  func encode(_ value: UInt16) { node.append(JSONValue(value)) }
  func encode(_ value: UInt32) { node.append(JSONValue(value)) }
  func encode(_ value: UInt64) { node.append(JSONValue(value)) }
  func encode(_ value: UInt128) { node.append(JSONValue(value)) }
  func encode(_ value: some Encodable) throws { node.append(try node.child(value, at: nextKey)) }

  func nestedContainer<Nested: CodingKey>(keyedBy keyType: Nested.Type) -> KeyedEncodingContainer<Nested> {
    node.openElement().container(keyedBy: keyType)
  }
  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { node.openElement().unkeyedContainer() }
  func superEncoder() -> any Encoder { node.openElement() }
}

/// A value that is encoded without a container.
struct JSONSingleValueEncodingContainer: SingleValueEncodingContainer {
  let node: JSONEncodingNode

  var codingPath: [any CodingKey] { node.codingPath }

  func encodeNil() { node.set(.null) }
  func encode(_ value: Bool) { node.set(.bool(value)) }
  func encode(_ value: String) { node.set(.string(value)) }
  func encode(_ value: Double) throws { node.set(try JSONValue(finite: value, at: codingPath)) }
  func encode(_ value: Float) throws { node.set(try JSONValue(finite: value, at: codingPath)) }
  func encode(_ value: Int) { node.set(JSONValue(value)) }
  func encode(_ value: Int8) { node.set(JSONValue(value)) }
  func encode(_ value: Int16) { node.set(JSONValue(value)) }
  func encode(_ value: Int32) { node.set(JSONValue(value)) }
  func encode(_ value: Int64) { node.set(JSONValue(value)) }
  func encode(_ value: Int128) { node.set(JSONValue(value)) }
  func encode(_ value: UInt) { node.set(JSONValue(value)) }
  func encode(_ value: UInt8) { node.set(JSONValue(value)) }
  func encode(_ value: UInt16) { node.set(JSONValue(value)) }
  func encode(_ value: UInt32) { node.set(JSONValue(value)) }
  func encode(_ value: UInt64) { node.set(JSONValue(value)) }
  func encode(_ value: UInt128) { node.set(JSONValue(value)) }
  func encode(_ value: some Encodable) throws { try node.encode(value) }
}
