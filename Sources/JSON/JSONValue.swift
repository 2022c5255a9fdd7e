/// Any value that JSON can express.
///
/// ```swift
/// let lead: JSONValue = ["name": "Ada", "tags": ["vip"], "score": 4.5, "note": nil]
/// lead["tags"]?[0]?.string  // "vip"
/// ```
///
/// What was read is written back unchanged: members keep their order and numbers their text. Equality is about
/// meaning: the order of members does not count, and 1 equals 1.0.
///
/// A value that was read is nested no deeper than ``JSONLimits/depthCeiling``. Comparing, hashing, writing and
/// releasing take stack in proportion to the depth, so code that builds values keeps to that as well.
public enum JSONValue: Sendable, Hashable {
  /// The word `null`.
  case null
  /// The words `true` and `false`.
  case bool(Bool)
  /// A number of any size and precision.
  case number(JSONNumber)
  /// A text.
  case string(String)
  /// Values in order.
  case array([JSONValue])
  /// Values by key, in the order in which they were written.
  case object(JSONObject)
}

extension JSONValue {
  /// Creates a number from an integer of any width, exactly.
  ///
  /// - Parameter value: The integer.
  public init(_ value: some BinaryInteger) { self = .number(JSONNumber(value)) }

  /// Creates a number, or nothing when the value is infinite or not a number.
  ///
  /// - Parameter value: The value.
  public init?(_ value: Double) {
    guard let number = JSONNumber(value) else { return nil }
    self = .number(number)
  }

  /// Creates a string.
  ///
  /// - Parameter value: The text.
  public init(_ value: String) { self = .string(value) }

  /// Creates one of the words `true` and `false`.
  ///
  /// - Parameter value: The truth.
  public init(_ value: Bool) { self = .bool(value) }

  /// Whether the value is `null`.
  public var isNull: Bool { if case .null = self { true } else { false } }

  /// The truth, or nothing when the value is something else.
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// The number, or nothing when the value is something else.
  public var number: JSONNumber? { if case .number(let value) = self { value } else { nil } }

  /// The integer, or nothing when the value is no number or no integer of this width; 1.0 is the integer 1.
  public var int: Int? { number?.int }

  /// The nearest `Double`, or nothing when the value is no number or beyond that range.
  public var double: Double? { number?.double }

  /// The text, or nothing when the value is something else.
  public var string: String? { if case .string(let value) = self { value } else { nil } }

  /// The elements, or nothing when the value is no array.
  public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }

  /// The members, or nothing when the value is no object.
  public var object: JSONObject? { if case .object(let value) = self { value } else { nil } }

  /// The value of a key, or nothing when this is no object or has no such member.
  ///
  /// - Parameter key: The key.
  public subscript(key: String) -> JSONValue? { object?[key] }

  /// The element at an index, or nothing when this is no array or has no such element.
  ///
  /// - Parameter index: The index, from 0.
  public subscript(index: Int) -> JSONValue? {
    guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
    return elements[index]
  }
}

extension JSONValue: CustomStringConvertible {
  /// The value as compact JSON.
  public var description: String { serialized() }
}

// MARK: - Literals

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral {
  /// Creates `null`.
  ///
  /// - Parameter nilLiteral: Nothing.
  public init(nilLiteral: ()) { self = .null }

  /// Creates one of the words `true` and `false`.
  ///
  /// - Parameter value: The truth.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSONValue: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
  /// Creates a number from an integer literal.
  ///
  /// - Parameter value: The integer.
  public init(integerLiteral value: Int64) { self = .number(JSONNumber(integerLiteral: value)) }

  /// Creates a number from a floating-point literal.
  ///
  /// - Parameter value: The value.
  public init(floatLiteral value: Double) { self = .number(JSONNumber(floatLiteral: value)) }
}

extension JSONValue: ExpressibleByStringInterpolation {
  /// Creates a string from a literal.
  ///
  /// - Parameter value: The text.
  public init(stringLiteral value: String) { self = .string(value) }
}

extension JSONValue: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
  /// Creates an array from a literal.
  ///
  /// - Parameter elements: The elements in order.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

  /// Creates an object from a literal; of a key that is given twice the last value counts.
  ///
  /// - Parameter elements: Keys with their values, in order.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(JSONObject(listed: elements))
  }
}
