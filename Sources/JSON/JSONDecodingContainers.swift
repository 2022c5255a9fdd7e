/// Members of an object that is being decoded.
struct JSONKeyedDecodingContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let node: JSONDecodingNode
  let members: JSONObject

  var codingPath: [any CodingKey] { node.codingPath }

  var allKeys: [Key] {
    let own = members.keys.compactMap(Key.init(stringValue:))
    guard let defaults = node.defaults else { return own }
    // A fixed set of keys does not take any name. Those of an enumeration's cases exclude each other.
    if !own.isEmpty, Key(stringValue: "\u{0}") == nil { return own }
    return own + defaults.keys.filter { members[$0] == nil }.compactMap(Key.init(stringValue:))
  }

  private func path(_ key: Key) -> [any CodingKey] { codingPath + [key] }

  @inline(__always)
  private func member(_ key: Key) throws -> (value: JSONValue, defaults: JSONValue?) {
    guard let member = node.member(key.stringValue, of: members) else { throw missing(key) }
    return member
  }

  @inline(__always)
  private func read(_ key: Key) throws -> JSONValue { try member(key).value }

  @inline(never)
  private func missing(_ key: Key) -> DecodingError {
    .keyNotFound(
      key, .init(codingPath: codingPath, debugDescription: "Expected the member “\(key.stringValue)”, found none."))
  }

  func contains(_ key: Key) -> Bool { node.member(key.stringValue, of: members) != nil }

  func decodeNil(forKey key: Key) throws -> Bool { try member(key).value.isNull }
  func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try read(key).decoded(type, path(key)) }
  func decode(_ type: String.Type, forKey key: Key) throws -> String { try read(key).decoded(type, path(key)) }
  func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try read(key).decoded(type, path(key)) }
  func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try read(key).decoded(type, path(key)) }
  func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try read(key).decoded(type, path(key)) }
  func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try read(key).decoded(type, path(key)) }
  func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try read(key).decoded(type, path(key)) }
  func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try read(key).decoded(type, path(key)) }
  func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try read(key).decoded(type, path(key)) }
  func decode(_ type: Int128.Type, forKey key: Key) throws -> Int128 { try read(key).decoded(type, path(key)) }
  func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try read(key).decoded(type, path(key)) }
  func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try read(key).decoded(type, path(key)) }
  func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try read(key).decoded(type, path(key)) }
  func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try read(key).decoded(type, path(key)) }
  func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try read(key).decoded(type, path(key)) }
  func decode(_ type: UInt128.Type, forKey key: Key) throws -> UInt128 { try read(key).decoded(type, path(key)) }
  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    let (value, defaults) = try member(key)
    return try node.child(type, value, defaults: defaults, at: key)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try child(key).container(keyedBy: type)
  }
  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try child(key).unkeyedContainer()
  }
  func superDecoder() -> any Decoder { superDecoder(at: JSONKey.superclass) }
  func superDecoder(forKey key: Key) -> any Decoder { superDecoder(at: key) }

  private func child(_ key: Key) throws -> JSONDecodingNode {
    let (value, defaults) = try member(key)
    return JSONDecodingNode(value, defaults: defaults, parent: node, key: key)
  }

  /// A superclass that wrote nothing finds `null`.
  private func superDecoder(at key: any CodingKey) -> JSONDecodingNode {
    let member = node.member(key.stringValue, of: members)
    return JSONDecodingNode(member?.value ?? .null, defaults: member?.defaults, parent: node, key: key)
  }
}

/// Elements of an array that is being decoded.
struct JSONUnkeyedDecodingContainer: UnkeyedDecodingContainer {
  let node: JSONDecodingNode
  let elements: [JSONValue]
  private(set) var currentIndex = 0

  init(node: JSONDecodingNode, elements: [JSONValue]) {
    self.node = node
    self.elements = elements
  }

  var codingPath: [any CodingKey] { node.codingPath }
  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex >= elements.count }
  private var path: [any CodingKey] { codingPath + [JSONKey(index: currentIndex)] }

  private func element(_ type: any Any.Type) throws -> JSONValue {
    guard currentIndex < elements.count else {
      throw DecodingError.valueNotFound(
        type, .init(codingPath: path, debugDescription: "Expected another element, found the end of the array."))
    }
    return elements[currentIndex]
  }

  /// Goes on to the next element only when this one could be read.
  @inline(__always)
  private mutating func next<T>(_ value: T) -> T {
    currentIndex += 1
    return value
  }

  mutating func decodeNil() throws -> Bool {
    guard try element(Never?.self).isNull else { return false }
    return next(true)
  }
  mutating func decode(_ type: Bool.Type) throws -> Bool { next(try element(type).decoded(type, path)) }
  mutating func decode(_ type: String.Type) throws -> String { next(try element(type).decoded(type, path)) }
  mutating func decode(_ type: Double.Type) throws -> Double { next(try element(type).decoded(type, path)) }
  mutating func decode(_ type: Float.Type) throws -> Float { next(try element(type).decoded(type, path)) }
  mutating func decode(_ type: Int.Type) throws -> Int { next(try element(type).decoded(type, path)) }
  mutating func decode(_ type: Int8.Type) throws -> Int8 { next(try element(type).decoded(type, path)) }
  mutating func decode(_ type: Int16.Type) throws -> Int16 { next(try element(type).decoded(type, path)) }
  mutating func decode(_ type: Int32.Type) throws -> Int32 { next(try element(type).decoded(type, path)) }
  mutating func decode(_ type: Int64.Type) throws -> Int64 { next(try element(type).decoded(type, path)) }
  mutating func decode(_ type: Int128.Type) throws -> Int128 { next(try element(type).decoded(type, path)) }
  mutating func decode(_ type: UInt.Type) throws -> UInt { next(try element(type).decoded(type, path)) }
  mutating func decode(_ type: UInt8.Type) throws -> UInt8 { next(try element(type).decoded(type, path)) }
  mutating func decode(_ type: UInt16.Type) throws -> UInt16 { next(try element(type).decoded(type, path)) }
  mutating func decode(_ type: UInt32.Type) throws -> UInt32 { next(try element(type).decoded(type, path)) }
  mutating func decode(_ type: UInt64.Type) throws -> UInt64 { next(try element(type).decoded(type, path)) }
  mutating func decode(_ type: UInt128.Type) throws -> UInt128 { next(try element(type).decoded(type, path)) }
  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
    next(try node.child(type, try element(type), defaults: nil, at: JSONKey(index: currentIndex)))
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> {
    next(try child(JSONObject.self).container(keyedBy: type))
  }
  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    next(try child([JSONValue].self).unkeyedContainer())
  }
  mutating func superDecoder() throws -> any Decoder { next(try child(JSONValue.self)) }

  private func child(_ type: any Any.Type) throws -> JSONDecodingNode {
    JSONDecodingNode(try element(type), parent: node, key: JSONKey(index: currentIndex))
  }
}

/// A value that is decoded without a container.
struct JSONSingleValueDecodingContainer: SingleValueDecodingContainer {
  let node: JSONDecodingNode

  var codingPath: [any CodingKey] { node.codingPath }

  func decodeNil() -> Bool { node.value.isNull }
  func decode(_ type: Bool.Type) throws -> Bool { try node.value.decoded(type, codingPath) }
  func decode(_ type: String.Type) throws -> String { try node.value.decoded(type, codingPath) }
  func decode(_ type: Double.Type) throws -> Double { try node.value.decoded(type, codingPath) }
  func decode(_ type: Float.Type) throws -> Float { try node.value.decoded(type, codingPath) }
  func decode(_ type: Int.Type) throws -> Int { try node.value.decoded(type, codingPath) }
  func decode(_ type: Int8.Type) throws -> Int8 { try node.value.decoded(type, codingPath) }
  func decode(_ type: Int16.Type) throws -> Int16 { try node.value.decoded(type, codingPath) }
  func decode(_ type: Int32.Type) throws -> Int32 { try node.value.decoded(type, codingPath) }
  func decode(_ type: Int64.Type) throws -> Int64 { try node.value.decoded(type, codingPath) }
  func decode(_ type: Int128.Type) throws -> Int128 { try node.value.decoded(type, codingPath) }
  func decode(_ type: UInt.Type) throws -> UInt { try node.value.decoded(type, codingPath) }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try node.value.decoded(type, codingPath) }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try node.value.decoded(type, codingPath) }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try node.value.decoded(type, codingPath) }
  func decode(_ type: UInt64.Type) throws -> UInt64 { try node.value.decoded(type, codingPath) }
  func decode(_ type: UInt128.Type) throws -> UInt128 { try node.value.decoded(type, codingPath) }
  func decode<T: Decodable>(_ type: T.Type) throws -> T { try node.decode(type) }
}
