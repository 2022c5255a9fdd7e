import JSON

extension Schema {
  /// The schema as JSON Schema has it, in the edition of OpenAPI 3.1.
  var openAPI: JSONObject {
    var result = JSONObject()
    switch kind {
    case .anything: break
    case .text(let rule): describe(rule, &result)
    case .integer(let range):
      result["type"] = "integer"
      result["minimum"] = .number(JSONNumber(range.lowerBound))
      result["maximum"] = .number(JSONNumber(range.upperBound))
    case .number(let range):
      result["type"] = "number"
      if let lower = JSONNumber(range.lowerBound) { result["minimum"] = .number(lower) }
      if let upper = JSONNumber(range.upperBound) { result["maximum"] = .number(upper) }
    case .flag: result["type"] = "boolean"
    case .list(let element, let count):
      result["type"] = "array"
      result["items"] = .object(element.openAPI)
      if count.lowerBound > 0 { result["minItems"] = .number(JSONNumber(count.lowerBound)) }
      if count.upperBound < 100_000 { result["maxItems"] = .number(JSONNumber(count.upperBound)) }
    case .object(let properties, let others):
      result["type"] = "object"
      if !properties.isEmpty {
        result["properties"] = .object(
          JSONObject(properties.map { (key: $0.name, value: .object($0.schema.openAPI)) }))
      }
      let required = properties.filter(\.isRequired).map { JSONValue.string($0.name) }
      if !required.isEmpty { result["required"] = .array(required) }
      if case .kept(let schema) = others { result["additionalProperties"] = .object(schema.openAPI) }
    case .either(let schemas): result["anyOf"] = .array(schemas.map { .object($0.openAPI) })
    }
    if isNullable { allowNull(in: &result) }
    if let summary { result["description"] = .string(summary) }
    if let standard { result["default"] = standard }
    if let example { result["examples"] = [example] }
    return result
  }

  private func describe(_ rule: TextRule, _ result: inout JSONObject) {
    result["type"] = "string"
    if let choices = rule.choices {
      result["enum"] = .array(choices.map { .string($0) })
      return
    }
    if rule.length.lowerBound > 0 { result["minLength"] = .number(JSONNumber(rule.length.lowerBound)) }
    result["maxLength"] = .number(JSONNumber(rule.length.upperBound))
    if let format = rule.format {
      result["format"] = .string(format.name)
      if let pattern = format.pattern { result["pattern"] = .string(pattern) }
      if example == nil { result["examples"] = [.string(format.example)] }
    }
    if rule.refusesBlank { result["pattern"] = "\\S" }
  }

  private func allowNull(in result: inout JSONObject) {
    if let type = result["type"]?.string { result["type"] = [.string(type), "null"] }
    if var choices = result["enum"]?.array {
      choices.append(.null)
      result["enum"] = .array(choices)
    }
    if var members = result["anyOf"]?.array {
      members.append(["type": "null"])
      result["anyOf"] = .array(members)
    }
  }
}
