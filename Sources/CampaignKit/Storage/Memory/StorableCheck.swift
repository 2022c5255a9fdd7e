import JSON

// A change that was made is read back when the store opens, and one that cannot be read keeps it from opening.
// So what JSON cannot hold, or what is nested too deep to be read, is refused before the change is made.
extension Change {
  /// The deepest nesting of what users keep as JSON; what the library puts around it must have room as well.
  static let maximumDepth = 100

  func checkIsStorable() throws(StoreError) {
    switch self {
    case .account(let value): try Self.check(value, value.metadata)
    case .campaign(let value): try Self.check(value, value.metadata, value.agents.configuration ?? [:])
    case .agent(let value): try Self.check(value, value.metadata)
    case .user(let value): try Self.check(value)
    case .key(let value): try Self.check(value)
    case .list(let value): try Self.check(value)
    case .batch(let value): try Self.check(value)
    case .reserved(let value): try Self.check(value)
    case .restored(let value): try Self.check(value)
    case .contact(let contact): try Self.check(contact.fields)
    case .leadChanged(_, let changes): try Self.check(changes.fields ?? [:])
    case .began(let record): try Self.check(record.metadata)
    case .annotated(_, _, let metadata): try Self.check(metadata ?? [:])
    default: break
    }
  }

  /// Refuses what is nested too deep.
  static func check(_ object: JSONObject) throws(StoreError) {
    guard !object.isEmpty, !fits(.object(object), depth: maximumDepth) else { return }
    throw StoreError(.invalid, "metadata or fields are nested more than \(maximumDepth) deep; flatten them")
  }

  private static func check(_ value: some Encodable, _ objects: JSONObject...) throws(StoreError) {
    for object in objects { try check(object) }
    let json: JSONValue
    do {
      json = try JSONValue(encoding: value)
    } catch {
      throw StoreError(.invalid, "a number is infinite or none; JSON has no place for it", cause: error)
    }
    guard fits(json, depth: maximumDepth + 8) else {
      throw StoreError(.invalid, "metadata or fields are nested more than \(maximumDepth) deep; flatten them")
    }
  }

  private static func fits(_ value: JSONValue, depth: Int) -> Bool {
    switch value {
    case .array(let elements): depth > 0 && elements.allSatisfy { fits($0, depth: depth - 1) }
    case .object(let members): depth > 0 && members.allSatisfy { fits($0.value, depth: depth - 1) }
    default: true
    }
  }
}
