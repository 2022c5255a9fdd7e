/// Fields of an answer, in order; names are compared without regard to case.
public struct Fields: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  /// One field.
  public struct Field: Sendable, Hashable {
    /// The name.
    public let name: String
    /// The value.
    public let value: String
  }

  private var fields: [Field] = []

  /// The fields as an array, which costs less to go through than the collection.
  var all: [Field] { fields }

  /// Creates an empty collection.
  public init() {}

  /// Creates fields from a literal; a name may come twice.
  ///
  /// - Parameter elements: Names with their values.
  public init(dictionaryLiteral elements: (String, String)...) {
    fields = elements.map { Field(name: $0.0, value: $0.1) }
  }

  /// The first value of a name; setting it replaces all of that name, and nothing removes them.
  ///
  /// - Parameter name: The name.
  public subscript(name: String) -> String? {
    get { fields.first { Self.areSame($0.name, name) }?.value }
    set {
      let place = fields.firstIndex { Self.areSame($0.name, name) }
      fields.removeAll { Self.areSame($0.name, name) }
      if let newValue { fields.insert(Field(name: name, value: newValue), at: place ?? fields.count) }
    }
  }

  /// Adds a field beside others of the same name.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - value: The value.
  public mutating func add(_ name: String, _ value: String) { fields.append(Field(name: name, value: value)) }

  /// Adds a member to a field that is a list, unless it is there.
  ///
  /// - Parameters:
  ///   - member: What to add.
  ///   - name: The field's name.
  public mutating func addMember(_ member: String, to name: String) {
    guard let present = self[name] else { return self[name] = member }
    let isThere = FieldList(ArraySlice(present.utf8)).contains {
      Self.areSame(String(decoding: $0, as: UTF8.self), member)
    }
    if !isThere { self[name] = present + ", " + member }
  }

  static func areSame(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count
      && zip(left.utf8, right.utf8).allSatisfy { Characters.lowercased($0) == Characters.lowercased($1) }
  }
}

extension Fields: RandomAccessCollection {
  /// The first index, 0.
  public var startIndex: Int { 0 }

  /// The index behind the last.
  public var endIndex: Int { fields.count }

  /// The field at an index.
  ///
  /// - Parameter position: An index below ``endIndex``.
  public subscript(position: Int) -> Field { fields[position] }
}
