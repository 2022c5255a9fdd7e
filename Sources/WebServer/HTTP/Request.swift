/// A request: what a handler is given.
public struct Request: Sendable {
  let head: RequestHead

  /// What is to be done.
  public let method: Method

  /// The body.
  public internal(set) var body: RequestBody

  /// The parts of the path that the route's pattern named.
  public internal(set) var parameters = PathParameters()

  /// Where the client connects from.
  public let peer: SocketAddress

  /// What words the answers to errors.
  var errorAnswers: ErrorAnswers?

  private var context: [ObjectIdentifier: any Sendable] = [:]

  init(head: RequestHead, body: RequestBody, peer: SocketAddress) {
    self.head = head
    method = head.method
    self.body = body
    self.peer = peer
  }

  /// Creates a request as it would arrive, for tests and for handlers that call others.
  ///
  /// - Parameters:
  ///   - method: What is to be done.
  ///   - target: Path and query, encoded.
  ///   - fields: Fields; a `Host` is added where there is none.
  ///   - body: The body.
  ///   - peer: Where the client connects from.
  /// - Throws: An ``HTTPError``, as the server would answer it, for what is no request.
  public init(
    _ method: Method, _ target: String, fields: Fields = [:], body: [UInt8] = [],
    peer: SocketAddress = .loopback(port: 0)
  ) throws(HTTPError) {
    var text = "\(method.name) \(target) HTTP/1.1\r\n"
    if fields["Host"] == nil { text += "Host: localhost\r\n" }
    for field in fields { text += "\(field.name): \(field.value)\r\n" }
    let bytes = Array((text + "\r\n").utf8)
    var parser = RequestParser(limits: ParsingLimits())
    guard try parser.parse(bytes, from: 0, to: bytes.count) == bytes.count else {
      throw HTTPError(.badRequest, "The target or a field has a line end.")
    }
    self.init(
      head: RequestHead(bytes: bytes, base: 0, fields: parser.fields, facts: parser.facts), body: .bytes(body),
      peer: peer)
  }

  /// Path and query as they arrived.
  public var target: String { head.pathAndQuery.text }

  /// The path as it arrived, encoded.
  public var path: String { head.path.text }

  /// What stands behind the question mark, as it arrived.
  public var queryText: String { head.query.text }

  /// The values behind the question mark.
  ///
  /// - Returns: The values, decoded.
  /// - Throws: An ``HTTPError`` with 400 for what is not encoded correctly.
  public func query() throws(HTTPError) -> FormValues { try FormValues(decoding: head.query) }

  /// The first value of a field; bytes that are not UTF-8 are replaced.
  ///
  /// - Parameter name: The field's name in any case.
  public subscript(name: String) -> String? { head.value(of: name).map { $0.text } }

  /// Every value of a field that may come more than once.
  ///
  /// - Parameter name: The field's name in any case.
  /// - Returns: The values in their order.
  public func values(of name: String) -> [String] { head.values(of: name) }

  /// All fields in their order.
  public var fields: [Fields.Field] {
    head.fields.map { Fields.Field(name: head.text($0.name), value: head.text($0.value)) }
  }

  /// Whether the client spoke HTTP/1.1, which knows chunks.
  public var isVersion11: Bool { head.facts.minorVersion > 0 }

  /// What a middleware has noted for the handlers behind it.
  ///
  /// - Parameter key: A type that names the value.
  public subscript<Key: RequestContextKey>(key: Key.Type) -> Key.Value? {
    get { context[ObjectIdentifier(key)] as? Key.Value }
    set { context[ObjectIdentifier(key)] = newValue }
  }
}

/// The name of a value that a middleware notes on a request.
///
/// ```swift ignore
/// enum CurrentUser: RequestContextKey { typealias Value = User }
/// request[CurrentUser.self] = user
/// ```
public protocol RequestContextKey {
  /// What is noted.
  associatedtype Value: Sendable
}

/// The parts of a path that the route's pattern named, decoded.
public struct PathParameters: Sendable, Hashable {
  private var values: [(name: String, value: String)] = []

  /// Creates an empty collection.
  public init() {}

  mutating func add(_ name: String, _ value: String) { values.append((name, value)) }

  mutating func removeLast(_ count: Int) { values.removeLast(count) }

  var count: Int { values.count }

  /// The value of a name.
  ///
  /// - Parameter name: The name that stands in the pattern.
  public subscript(name: String) -> String? { values.first { $0.name == name }?.value }

  /// The value of a name as a type that can be read from text, such as `Int`.
  ///
  /// - Parameters:
  ///   - name: The name that stands in the pattern.
  ///   - type: What the value is to be.
  /// - Returns: The value.
  /// - Throws: An ``HTTPError`` with 400 that names the parameter, when the text is no such value.
  public func require<Value: LosslessStringConvertible>(
    _ name: String, as type: Value.Type = Value.self
  ) throws(HTTPError) -> Value {
    guard let value = self[name].flatMap(Value.init) else {
      throw HTTPError(.badRequest, "\(name): not a valid \(Value.self); correct this part of the path.")
    }
    return value
  }

  /// Whether two collections have the same names and values in the same order.
  public static func == (left: PathParameters, right: PathParameters) -> Bool {
    left.values.elementsEqual(right.values, by: ==)
  }

  /// Hashes names and values.
  ///
  /// - Parameter hasher: Takes them.
  public func hash(into hasher: inout Hasher) {
    for (name, value) in values {
      hasher.combine(name)
      hasher.combine(value)
    }
  }
}
