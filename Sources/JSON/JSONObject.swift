/// The members of an object, in the order in which they were written.
///
/// Two objects are equal when they have equal members, in whatever order. Keys are compared as Swift strings,
/// so canonically equivalent spellings are one key.
///
/// Up to 16 members a key is found by looking at one after the other, which for so few is quicker than hashing
/// and takes no memory beyond the members. A larger object keeps an index, so finding stays constant in time; one that
/// is made of up to 64 members at once is mostly made to be written, and has none until it grows.
public struct JSONObject: Sendable {
  /// A key with its value.
  public typealias Element = (key: String, value: JSONValue)

  private static let linearMembers = 16
  private static let listedMembers = 64

  /// An `Element` with a name of its own: tuples are copied and released by slower, generic code.
  private struct Member: Sendable {
    var key: String
    var value: JSONValue
  }

  private var members: [Member] = []
  /// Positions by key, kept while there are more than `linearMembers` members, unless those were given at once.
  private var index: JSONKeyIndex?

  /// Creates an object without members.
  public init() {}

  /// Creates an object from members in order; of a key that is given twice the last value counts, in the place
  /// of the first.
  ///
  /// - Parameter members: Keys with their values.
  public init(_ members: some Sequence<Element>) {
    self.init(Array(members))
  }

  /// Creates an object from members in order; of a key that is given twice the last value counts, in the place
  /// of the first.
  ///
  /// - Parameter members: Keys with their values.
  public init(_ members: [Element]) {
    self.init(count: members.count) { members[$0] }
  }

  @inline(__always)
  private init(count: Int, _ member: (Int) -> (String, JSONValue)) {
    reserveCapacity(count)
    guard count <= Self.listedMembers else {
      index = JSONKeyIndex(capacity: count)
      for place in 0..<count {
        let (key, value) = member(place)
        updateValue(value, forKey: key)
      }
      if members.count <= Self.linearMembers { index = nil }
      return
    }
    // Equal keys have equal hashes, so that only a key whose bit is set can have been there.
    var seen: UInt128 = 0
    for place in 0..<count {
      let (key, value) = member(place)
      let bit = UInt128(1) << UInt128(JSONKeyIndex.hash(key) & 127)
      if seen & bit != 0, let position = position(of: key, hash: 0) {
        members[position].value = value
      } else {
        members.append(Member(key: key, value: value))
      }
      seen |= bit
    }
  }

  /// Makes room for members that will be added.
  ///
  /// - Parameter capacity: How many members the object will have in all.
  public mutating func reserveCapacity(_ capacity: Int) {
    members.reserveCapacity(capacity)
    if capacity > Self.linearMembers { index?.reserveCapacity(capacity) }
  }

  /// The keys in order.
  public var keys: [String] { members.map(\.key) }

  /// The values in order of their keys.
  public var values: [JSONValue] { members.map(\.value) }

  /// The value of a key, or nothing when the object has no such member.
  ///
  /// Setting replaces the value in its place, or adds a member at the end; setting nothing removes the member.
  ///
  /// - Parameter key: The key.
  public subscript(key: String) -> JSONValue? {
    get { position(of: key).map { members[$0].value } }
    set {
      if let newValue { updateValue(newValue, forKey: key) } else { removeValue(forKey: key) }
    }
  }

  /// Sets the value of a key, in its place when the object has it and at the end otherwise.
  ///
  /// - Parameters:
  ///   - value: The new value.
  ///   - key: The key.
  /// - Returns: The value that was replaced, or nothing when the member is new.
  @discardableResult
  public mutating func updateValue(_ value: JSONValue, forKey key: String) -> JSONValue? {
    let hash = index == nil ? 0 : JSONKeyIndex.hash(key)
    if let position = position(of: key, hash: hash) {
      let old = members[position].value
      members[position].value = value
      return old
    }
    members.append(Member(key: key, value: value))
    if index != nil {
      index?.insert(hash, position: members.count - 1)
    } else if members.count > Self.linearMembers {
      rebuildIndex()
    }
    return nil
  }

  /// Removes a member; the others keep their order. Takes time in proportion to the number of members.
  ///
  /// - Parameter key: The key.
  /// - Returns: The value that was removed, or nothing when the object has no such member.
  @discardableResult
  public mutating func removeValue(forKey key: String) -> JSONValue? {
    guard let position = position(of: key) else { return nil }
    let old = members.remove(at: position).value
    rebuildIndex()
    return old
  }

  /// Finds a value quickly when keys are asked for in about the order of the members.
  ///
  /// - Parameters:
  ///   - key: The key.
  ///   - hint: Where the last key was found; where this one is, afterwards.
  /// - Returns: The value, or nothing when the object has no such member.
  func value(of key: String, near hint: inout Int) -> JSONValue? {
    for position in hint..<Swift.min(hint + 2, members.count) where members[position].key == key {
      hint = position
      return members[position].value
    }
    guard let position = position(of: key) else { return nil }
    hint = position
    return members[position].value
  }

  /// Visits the members in order, without a copy of each.
  @inline(__always)
  func visit(_ body: (String, JSONValue) -> Void) {
    for member in members { body(member.key, member.value) }
  }

  private func position(of key: String) -> Int? {
    position(of: key, hash: index == nil ? 0 : JSONKeyIndex.hash(key))
  }

  /// Finds a key whose hash is needed only when there is an index.
  @inline(__always)
  private func position(of key: String, hash: UInt32) -> Int? {
    if let index { return index.position(hash) { members[$0].key == key } }
    for position in members.indices where members[position].key == key { return position }
    return nil
  }

  private mutating func rebuildIndex() {
    guard members.count > Self.linearMembers else {
      index = nil
      return
    }
    var index = JSONKeyIndex(capacity: members.capacity)
    for position in members.indices { index.insert(JSONKeyIndex.hash(members[position].key), position: position) }
    self.index = index
  }
}

extension JSONObject: RandomAccessCollection {
  /// The position of the first member.
  public var startIndex: Int { 0 }

  /// The position behind the last member, which is the number of members.
  public var endIndex: Int { members.count }

  /// The member at a position, which must be one of `indices`.
  ///
  /// - Parameter position: The position, from 0.
  public subscript(position: Int) -> Element { (members[position].key, members[position].value) }
}

extension JSONObject {
  /// As many bytes as its text takes at most. It is found without writing the text, and is rough: each byte of a
  /// string counts as one that has to be escaped.
  ///
  /// The members are looked at where they are; handing one out counts its references up and down.
  package var greatestTextLength: Int {
    members.withUnsafeBufferPointer { members in
      var length = 2
      guard let first = members.baseAddress else { return length }
      for place in 0..<members.count {
        length += Self.greatestLength(of: (first + place).pointee.key)
        length += (first + place).pointee.value.greatestTextLength
      }
      return length
    }
  }

  /// Whether no array and no object is among the members, which are looked at where they are and no deeper.
  var isFlat: Bool {
    members.withUnsafeBufferPointer { members in
      guard let first = members.baseAddress else { return true }
      for place in 0..<members.count {
        switch (first + place).pointee.value {
        case .array, .object: return false
        default: break
        }
      }
      return true
    }
  }
}

extension JSONObject: Hashable {
  /// Tells whether two objects have equal members, in whatever order.
  ///
  /// - Parameters:
  ///   - left: An object.
  ///   - right: Another object.
  /// - Returns: Whether every key of one has an equal value in the other.
  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    guard left.count == right.count else { return false }
    for position in left.members.indices {
      let key = left.members[position].key
      // Mostly the order is the same too, and nothing has to be looked for.
      guard let other = right.members[position].key == key ? position : right.position(of: key),
        left.members[position].value == right.members[other].value
      else { return false }
    }
    return true
  }

  /// Feeds the members into a hasher, in a way that their order does not change.
  ///
  /// - Parameter hasher: The hasher.
  public func hash(into hasher: inout Hasher) {
    var sum = 0
    for position in members.indices {
      var member = Hasher()
      member.combine(members[position].key)
      member.combine(members[position].value)
      sum &+= member.finalize()
    }
    hasher.combine(members.count)
    hasher.combine(sum)
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  /// Creates an object from a literal; of a key that is given twice the last value counts.
  ///
  /// - Parameter elements: Keys with their values, in order.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self.init(listed: elements)
  }

  init(listed elements: [(String, JSONValue)]) { self.init(count: elements.count) { elements[$0] } }
}

extension JSONObject: CustomStringConvertible {
  /// The object as compact JSON.
  public var description: String { JSONValue.object(self).serialized() }
}
