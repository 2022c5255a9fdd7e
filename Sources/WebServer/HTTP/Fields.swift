/// Fields of an answer, in order; names are compared without regard to case.
public struct Fields: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  /// One field.
  public struct Field: Sendable, Hashable {
    /// The name.
    public let name: String
    /// The value.
    public let value: String
  }

  /// Fields that many answers share; they come behind the others, none of which has the name of one of them.
  private(set) var shared: SharedFields?

  /// The fields that are this answer's own.
  private(set) var own: [Field] = []

  /// Creates an empty collection.
  public init() {}

  /// Creates fields from a literal; a name may come twice.
  ///
  /// - Parameter elements: Names with their values.
  public init(dictionaryLiteral elements: (String, String)...) {
    own = elements.map { Field(name: $0.0, value: $0.1) }
  }

  /// The first value of a name; setting it replaces all of that name, and nothing removes them.
  ///
  /// - Parameter name: The name.
  public subscript(name: String) -> String? {
    get { own.first { Self.areSame($0.name, name) }?.value ?? shared?[name] }
    set {
      unshare(name)
      let place = own.firstIndex { Self.areSame($0.name, name) }
      if place != nil { own.removeAll { Self.areSame($0.name, name) } }
      if let newValue { own.insert(Field(name: name, value: newValue), at: place ?? own.count) }
    }
  }

  /// Adds a field beside others of the same name.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - value: The value.
  public mutating func add(_ name: String, _ value: String) {
    unshare(name)
    own.append(Field(name: name, value: value))
  }

  /// Adds those fields whose names are not there yet.
  mutating func addMissing(_ others: SharedFields) {
    if shared == nil, !own.contains(where: { others[$0.name] != nil }) {
      shared = others
    } else {
      for field in others.fields where self[field.name] == nil { add(field.name, field.value) }
    }
  }

  /// Makes the shared fields this answer's own, if one of them has a name.
  private mutating func unshare(_ name: String) {
    guard let shared, shared[name] != nil else { return }
    own += shared.fields
    self.shared = nil
  }

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

  /// Whether two collections have the same fields in the same order.
  public static func == (left: Fields, right: Fields) -> Bool { left.elementsEqual(right) }

  /// Hashes all fields.
  ///
  /// - Parameter hasher: Takes them.
  public func hash(into hasher: inout Hasher) {
    for field in self { hasher.combine(field) }
  }
}

extension Fields: RandomAccessCollection {
  /// The first index, 0.
  public var startIndex: Int { 0 }

  /// The index behind the last.
  public var endIndex: Int { own.count + (shared?.fields.count ?? 0) }

  /// The field at an index.
  ///
  /// - Parameter position: An index below ``endIndex``.
  public subscript(position: Int) -> Field {
    guard position >= own.count, let shared else { return own[position] }
    return shared.fields[position - own.count]
  }
}
