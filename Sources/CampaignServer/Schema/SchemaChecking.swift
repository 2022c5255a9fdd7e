import JSON

extension Schema {
  /// Checks a value.
  ///
  /// - Parameters:
  ///   - value: The value.
  ///   - place: Where it stands, for the problems.
  ///   - problems: Takes what is wrong, all of it.
  /// - Returns: The value with what was left out filled in, and what is ignored left out.
  func check(_ value: JSONValue, at place: String = "", _ problems: inout [Problem]) -> JSONValue {
    if value.isNull, isNullable { return value }
    switch kind {
    case .anything: return value
    case .text(let rule):
      guard let text = value.string else { return object("must be a text", place, &problems) }
      if let objection = rule.objection(to: text) { problems.append(Problem(place, objection)) }
      return value
    case .integer(let range):
      let phrase = "must be a whole number from \(range.lowerBound) to \(range.upperBound)"
      guard let number = value.int, range.contains(number) else { return object(phrase, place, &problems) }
      return .number(JSONNumber(number))
    case .number(let range):
      let phrase = "must be a number from \(range.lowerBound) to \(range.upperBound)"
      guard let number = value.double, range.contains(number) else { return object(phrase, place, &problems) }
      return value
    case .flag:
      guard value.bool != nil else { return object("must be true or false", place, &problems) }
      return value
    case .list(let element, let count): return check(value, element, count, place, &problems)
    case .object(let properties, let others): return check(value, properties, others, place, &problems)
    case .either(let schemas):
      var first: [Problem]?
      for schema in schemas {
        var found: [Problem] = []
        let result = schema.check(value, at: place, &found)
        if found.isEmpty { return result }
        first = first ?? found
      }
      problems += first ?? []
      return value
    }
  }

  /// Checks a text from a query or a form, and gives the value that it stands for.
  func check(text: String, at place: String, _ problems: inout [Problem]) -> JSONValue {
    switch kind {
    case .integer: return check(Int(text).map { .number(JSONNumber($0)) } ?? .string(text), at: place, &problems)
    case .number: return check(JSONNumber(literal: text).map { .number($0) } ?? .string(text), at: place, &problems)
    case .flag: return check(text == "true" ? true : text == "false" ? false : .string(text), at: place, &problems)
    case .text, .list, .object, .either, .anything: return check(.string(text), at: place, &problems)
    }
  }

  private func object(_ message: String, _ place: String, _ problems: inout [Problem]) -> JSONValue {
    problems.append(Problem(place, message))
    return .null
  }

  private func check(
    _ value: JSONValue, _ element: Schema, _ count: ClosedRange<Int>, _ place: String, _ problems: inout [Problem]
  ) -> JSONValue {
    guard let elements = value.array else { return object("must be a list", place, &problems) }
    if elements.count < count.lowerBound {
      return object("must have at least \(count.lowerBound) of them", place, &problems)
    }
    if elements.count > count.upperBound {
      return object("must have at most \(count.upperBound) of them", place, &problems)
    }
    return .array(elements.enumerated().map { element.check($1, at: "\(place)[\($0)]", &problems) })
  }

  private func check(
    _ value: JSONValue, _ properties: [Property], _ others: Others, _ place: String, _ problems: inout [Problem]
  ) -> JSONValue {
    guard let members = value.object else { return object("must be an object", place, &problems) }
    var result = JSONObject()
    let prefix = place.isEmpty ? "" : place + "."
    for property in properties {
      if let member = members[property.name] {
        result[property.name] = property.schema.check(member, at: prefix + property.name, &problems)
      } else if let standard = property.schema.standard {
        result[property.name] = standard
      } else if property.isRequired {
        problems.append(Problem(prefix + property.name, "is missing"))
      }
    }
    if case .kept(let schema) = others {
      for (name, member) in members where result[name] == nil {
        guard !properties.contains(where: { $0.name == name }) else { continue }
        result[name] = schema.check(member, at: prefix + name, &problems)
      }
    }
    return .object(result)
  }
}
