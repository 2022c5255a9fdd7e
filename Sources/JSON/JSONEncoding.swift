extension JSONValue {
  /// Creates the JSON that a value encodes itself as.
  ///
  /// Members come in the order in which they are encoded; of a key that is encoded twice the last value counts.
  /// What is a ``JSONValue``, ``JSONObject`` or ``JSONNumber`` already is taken over as it is. Integers of every
  /// width are exact, and `Float` has its own shortest form. An optional without content that is encoded by
  /// `encodeIfPresent`, as synthesised code does, is absent. Dates, data and URLs are what their own
  /// `encode(to:)` makes of them. Dictionaries and sets have no order of their own, so it differs between processes.
  ///
  /// ```swift
  /// let body = try JSONValue(encoding: lead).bytes
  /// ```
  ///
  /// - Parameter value: The value.
  /// - Throws: An `EncodingError` for a number that is not finite, for containers inside one another deeper than
  ///   ``JSONLimits/depthCeiling``, or for a value that encodes nothing; and what the value itself throws.
  public init(encoding value: some Encodable) throws {
    let root = JSONEncodingNode()
    try root.encode(value)
    guard !root.isEmpty else {
      throw EncodingError.invalidValue(
        value, .init(codingPath: [], debugDescription: "Expected the value to encode something, found nothing."))
    }
    self = try root.finish()
  }
}

/// The place of one value while it is encoded: what the value sees as its encoder.
///
/// Scalars are stored at once and need no place of their own. A nested value has one until it is encoded. Only
/// containers and super encoders that a value asked for stay open until the value around them is finished.
final class JSONEncodingNode: Encoder {
  private enum Kind { case empty, value, array, object }

  private struct OpenChild {
    var key: String
    /// The place in an array; without meaning in an object.
    var index: Int
    var node: JSONEncodingNode
  }

  private var kind = Kind.empty
  private var value = JSONValue.null
  private var elements: [JSONValue] = []
  private var members = JSONObject()
  private var openChildren: [OpenChild] = []
  /// A failure in a call that could not throw it.
  private var failure: EncodingError?

  /// The node around, for the path; open children have the whole path instead, or both would hold each other.
  private let parent: JSONEncodingNode?
  private let key: (any CodingKey)?
  private let basePath: [any CodingKey]
  /// Containers around this one.
  private let depth: Int

  init() {
    parent = nil
    key = nil
    basePath = []
    depth = 0
  }

  private init(parent: JSONEncodingNode, key: any CodingKey) {
    self.parent = parent
    self.key = key
    basePath = []
    depth = parent.depth + 1
  }

  private init(basePath: [any CodingKey], depth: Int) {
    parent = nil
    key = nil
    self.basePath = basePath
    self.depth = depth
  }

  var codingPath: [any CodingKey] {
    guard let parent, let key else { return basePath }
    return parent.codingPath + [key]
  }

  var userInfo: [CodingUserInfoKey: Any] { [:] }

  var isEmpty: Bool { kind == .empty && failure == nil }

  /// Elements so far.
  var count: Int { elements.count }

  // MARK: Containers

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    begin(.object)
    return KeyedEncodingContainer(JSONKeyedEncodingContainer<Key>(node: self))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    begin(.array)
    return JSONUnkeyedEncodingContainer(node: self)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { JSONSingleValueEncodingContainer(node: self) }

  private func begin(_ wanted: Kind) {
    guard kind != wanted else { return }
    guard kind == .empty else { return fail("Expected one kind of container for the value, found two.") }
    kind = wanted
    // The first few members would each move the ones before them.
    if wanted == .object { members.reserveCapacity(8) }
    if depth >= JSONLimits.depthCeiling { fail(Self.tooDeep) }
  }

  private static var tooDeep: String {
    "Expected containers no deeper than \(JSONLimits.depthCeiling) inside one another, found more; flatten the value."
  }

  private func fail(_ message: String) {
    guard failure == nil else { return }
    failure = .invalidValue(self.value, .init(codingPath: codingPath, debugDescription: message))
  }

  // MARK: Values

  /// Stores the whole value. Members and elements join those that the value has encoded by itself.
  func set(_ value: JSONValue) {
    switch value {
    case .object(let added):
      begin(.object)
      if members.isEmpty {
        members = added
      } else {
        for (key, value) in added { set(value, forKey: key) }
      }
    case .array(let added):
      begin(.array)
      elements += added
    default:
      guard kind == .empty || kind == .value else {
        return fail("Expected either a container or a single value, found both.")
      }
      kind = .value
      self.value = value
    }
  }

  func set(_ value: JSONValue, forKey key: String) {
    if !openChildren.isEmpty { openChildren.removeAll { $0.key == key } }
    members.updateValue(value, forKey: key)
  }

  func append(_ value: JSONValue) { elements.append(value) }

  /// Encodes any value into this place.
  func encode<T: Encodable>(_ value: T) throws {
    if let json = Self.json(value) { return set(json) }
    try value.encode(to: self)
  }

  /// Encodes any value as a member or as the next element, which has the key of its position.
  func child<T: Encodable>(_ value: T, at key: @autoclosure () -> any CodingKey) throws -> JSONValue {
    if let json = Self.json(value) { return json }
    let child = JSONEncodingNode(parent: self, key: key())
    // Beyond this an endless value would use up the stack.
    guard child.depth <= JSONLimits.depthCeiling else {
      throw EncodingError.invalidValue(value, .init(codingPath: child.codingPath, debugDescription: Self.tooDeep))
    }
    try value.encode(to: child)
    return try child.finish()
  }

  /// What needs no encoding, or would be written in pieces by its own.
  @inline(__always)
  private static func json<T: Encodable>(_ value: T) -> JSONValue? {
    // The types are the same, so the bits are; a cast would look for conformances and bridges first.
    if T.self == String.self { return .string(unsafeBitCast(value, to: String.self)) }
    if T.self == Int.self { return JSONValue(unsafeBitCast(value, to: Int.self)) }
    if T.self == JSONValue.self { return unsafeBitCast(value, to: JSONValue.self) }
    if T.self == JSONObject.self { return .object(unsafeBitCast(value, to: JSONObject.self)) }
    if T.self == JSONNumber.self { return .number(unsafeBitCast(value, to: JSONNumber.self)) }
    return nil
  }

  /// Gives a member that stays open a place, or the one that it has.
  func openMember(_ key: any CodingKey) -> JSONEncodingNode {
    let name = key.stringValue
    if let child = openChildren.first(where: { $0.key == name }) { return child.node }
    members.updateValue(.null, forKey: name)
    return open(OpenChild(key: name, index: 0, node: openNode(key)))
  }

  /// Gives an element that stays open a place.
  func openElement() -> JSONEncodingNode {
    let child = OpenChild(key: "", index: elements.count, node: openNode(JSONKey(index: elements.count)))
    elements.append(.null)
    return open(child)
  }

  private func openNode(_ key: any CodingKey) -> JSONEncodingNode {
    JSONEncodingNode(basePath: codingPath + [key], depth: depth + 1)
  }

  private func open(_ child: OpenChild) -> JSONEncodingNode {
    if child.node.depth > JSONLimits.depthCeiling {
      fail(Self.tooDeep)
    } else {
      openChildren.append(child)
    }
    return child.node
  }

  // MARK: Result

  /// The value that was encoded here; an empty object when there was none.
  func finish() throws -> JSONValue {
    if let failure { throw failure }
    for child in openChildren {
      let value = try child.node.finish()
      if kind == .array { elements[child.index] = value } else { members.updateValue(value, forKey: child.key) }
    }
    return switch kind {
    case .value: value
    case .array: .array(elements)
    case .empty, .object: .object(members)
    }
  }
}

extension JSONValue {
  /// A floating-point value as JSON.
  init(finite value: Double, at path: @autoclosure () -> [any CodingKey]) throws {
    guard let number = JSONNumber(value) else { throw Self.notFinite(value, path()) }
    self = .number(number)
  }

  /// A floating-point value as JSON, with no more digits than its own precision needs.
  init(finite value: Float, at path: @autoclosure () -> [any CodingKey]) throws {
    guard value.isFinite, let number = Double(value.description).flatMap({ JSONNumber($0) }) else {
      throw Self.notFinite(value, path())
    }
    self = .number(number)
  }

  private static func notFinite(_ value: Any, _ path: [any CodingKey]) -> EncodingError {
    .invalidValue(value, .init(codingPath: path, debugDescription: "Expected a finite number, found \(value)."))
  }
}
