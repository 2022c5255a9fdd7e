extension JSONValue {
  /// Reads the JSON as a value of another type.
  ///
  /// Nothing is converted on the way: text is never taken for a number, nor a number for a truth. An integer can be
  /// read from every number that equals one of its range, `1.0` too; a `Double` from every number within its range,
  /// rounded to the nearest. What is a ``JSONValue``, ``JSONObject`` or ``JSONNumber`` comes as it was written.
  ///
  /// ```swift
  /// let lead = try JSONValue(parsing: body).decode(Lead.self)
  /// ```
  ///
  /// - Parameter type: The type; may be left out where it is known.
  /// - Returns: The value.
  /// - Throws: A `DecodingError` with the path to what does not fit, and a sentence that says what was expected and
  ///   what was found, without quoting it; and what the type itself throws.
  public func decode<T: Decodable>(_ type: T.Type = T.self) throws -> T {
    try JSONDecodingNode(self, defaults: nil).decode(type)
  }

  /// Reads the JSON as a value of another type, and takes what is missing from other JSON.
  ///
  /// A member that this object does not have is taken from `defaults`, at every depth where both have an object. So
  /// a document reads that was written before a field existed.
  ///
  /// ```swift
  /// let settings = try document.decode(Settings.self, defaults: JSONValue(encoding: Settings()))
  /// ```
  ///
  /// What is there counts, `null` as well, and arrays are not merged. Dictionaries are objects too: they get the
  /// entries that only the defaults have. Where a type has a fixed set of keys and asks which of them are there, as
  /// enumerations with associated values do, it is told those of this object if there are any: a case that was
  /// written does not meet another one from the defaults. An optional that had no content when it was written is
  /// missing, so it gets the content that it has in the defaults; give it none there.
  ///
  /// - Parameters:
  ///   - type: The type.
  ///   - defaults: Members for what is missing.
  /// - Returns: The value.
  /// - Throws: What ``decode(_:)`` throws.
  public func decode<T: Decodable>(_ type: T.Type, defaults: JSONValue) throws -> T {
    try JSONDecodingNode(self, defaults: defaults).decode(type)
  }

  /// The value, with the members that it does not have at some depth.
  fileprivate func overlaid(on defaults: JSONObject) -> JSONValue {
    guard case .object(var members) = self else { return self }
    for (key, value) in defaults {
      guard let own = members[key] else {
        members[key] = value
        continue
      }
      if case .object = own, case .object(let inner) = value { members[key] = own.overlaid(on: inner) }
    }
    return .object(members)
  }
}

/// The place of one value while it is decoded: what its type sees as its decoder.
final class JSONDecodingNode: Decoder {
  let value: JSONValue
  /// Members for what the value, which is an object then, does not have.
  let defaults: JSONObject?
  private let parent: JSONDecodingNode?
  private let key: (any CodingKey)?
  /// Where the last member was found.
  private var hint = 0

  init(_ value: JSONValue, defaults: JSONValue?) {
    self.value = value
    self.defaults = Self.defaults(defaults, for: value)
    parent = nil
    key = nil
  }

  init(_ value: JSONValue, defaults: JSONValue? = nil, parent: JSONDecodingNode, key: any CodingKey) {
    self.value = value
    self.defaults = Self.defaults(defaults, for: value)
    self.parent = parent
    self.key = key
  }

  @inline(__always)
  private static func defaults(_ defaults: JSONValue?, for value: JSONValue) -> JSONObject? {
    guard case .object(let members)? = defaults, case .object = value else { return nil }
    return members
  }

  var codingPath: [any CodingKey] {
    guard let parent, let key else { return [] }
    return parent.codingPath + [key]
  }

  var userInfo: [CodingUserInfoKey: Any] { [:] }

  /// The whole value together with its defaults.
  var overlaid: JSONValue { defaults.map { value.overlaid(on: $0) } ?? value }

  // MARK: Containers

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .object(let members) = value else { throw value.mismatch(JSONObject.self, "an object", codingPath) }
    return KeyedDecodingContainer(JSONKeyedDecodingContainer<Key>(node: self, members: members))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .array(let elements) = value else { throw value.mismatch([JSONValue].self, "an array", codingPath) }
    return JSONUnkeyedDecodingContainer(node: self, elements: elements)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { JSONSingleValueDecodingContainer(node: self) }

  // MARK: Values

  /// Finds a member and the defaults inside it.
  @inline(__always)
  func member(_ key: String, of members: JSONObject) -> (value: JSONValue, defaults: JSONValue?)? {
    let found = members.value(of: key, near: &hint)
    guard let defaults else { return found.map { ($0, nil) } }
    let other = defaults[key]
    return if let found { (found, other) } else { other.map { ($0, nil) } }
  }

  /// Reads this place as any type.
  func decode<T: Decodable>(_ type: T.Type) throws -> T {
    guard Self.isPlain(type) else { return try T(from: self) }
    return try Self.plain(type, value, defaults, at: codingPath)
  }

  /// Reads a member or an element as any type.
  func child<T: Decodable>(
    _ type: T.Type, _ value: JSONValue, defaults: JSONValue?, at key: @autoclosure () -> any CodingKey
  ) throws -> T {
    guard Self.isPlain(type) else {
      return try T(from: JSONDecodingNode(value, defaults: defaults, parent: self, key: key()))
    }
    return try Self.plain(type, value, Self.defaults(defaults, for: value), at: self.codingPath + [key()])
  }

  /// Whether a type needs no decoding, or would be read in pieces by its own.
  @inline(__always)
  private static func isPlain<T>(_ type: T.Type) -> Bool {
    T.self == String.self || T.self == Int.self || T.self == Double.self || T.self == JSONValue.self
      || T.self == JSONObject.self || T.self == JSONNumber.self
  }

  /// Reads a value of a plain type. Gives no optional: making the type of that at run time takes longer than reading.
  @inline(__always)
  private static func plain<T>(
    _ type: T.Type, _ value: JSONValue, _ defaults: JSONObject?, at path: @autoclosure () -> [any CodingKey]
  ) throws -> T {
    // The types are the same, so the bits are; a cast would look for conformances and bridges first.
    if T.self == String.self { return unsafeBitCast(try value.decoded(String.self, path()), to: T.self) }
    if T.self == Int.self { return unsafeBitCast(try value.decoded(Int.self, path()), to: T.self) }
    if T.self == Double.self { return unsafeBitCast(try value.decoded(Double.self, path()), to: T.self) }
    if T.self == JSONNumber.self {
      guard case .number(let number) = value else { throw value.mismatch(type, "a number", path()) }
      return unsafeBitCast(number, to: T.self)
    }
    let whole = defaults.map { value.overlaid(on: $0) } ?? value
    if T.self == JSONValue.self { return unsafeBitCast(whole, to: T.self) }
    guard case .object(let members) = whole else { throw value.mismatch(type, "an object", path()) }
    return unsafeBitCast(members, to: T.self)
  }
}
