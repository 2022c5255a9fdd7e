public import JSON
import WebServer

extension CampaignService {
  /// The description of everything that can be asked, in OpenAPI 3.1.
  public var openAPI: JSONObject {
    var document = Self.openAPI(of: dialects)
    if let url = configuration.publicURL { document["servers"] = [["url": .string(url)]] }
    return document
  }

  /// The description of dialects, in OpenAPI 3.1.
  ///
  /// - Parameter dialects: The dialects, with their bases.
  /// - Returns: The document.
  public static func openAPI(of dialects: [Dialect]) -> JSONObject {
    var paths = JSONObject()
    for dialect in dialects {
      for operation in dialect.operations {
        let path = dialect.path(of: operation)
        var item = paths[path]?.object ?? [:]
        item[operation.method.name.lowercased()] = .object(describe(operation, in: dialect))
        paths[path] = .object(item)
      }
    }
    return [
      "openapi": "3.1.0",
      "info": [
        "title": "CampaignKit", "version": .string(version),
        "description": "Outbound calling campaigns, in the dialects that this server has mounted.",
      ],
      "tags": .array(
        dialects.map { ["name": .string($0.name), "description": .string($0.title)] }),
      "paths": .object(paths),
      "components": [
        "securitySchemes": [
          "token": ["type": "http", "scheme": "bearer", "bearerFormat": "JWT"],
          "key": ["type": "apiKey", "in": "header", "name": "x-api-key"],
        ]
      ],
    ]
  }

  private static func describe(_ operation: Operation, in dialect: Dialect) -> JSONObject {
    var result: JSONObject = [
      "summary": .string(operation.summary), "tags": [.string(dialect.name), .string(operation.tag)],
      "operationId": .string(name(of: operation, in: dialect)),
    ]
    let parameters = operation.pathNames.map { describe(path: $0, of: operation) } + operation.query.map(describe)
    if !parameters.isEmpty { result["parameters"] = .array(parameters) }
    switch operation.body {
    case .none: break
    case .json(let schema, let mayBeEmpty):
      result["requestBody"] = [
        "required": .bool(!mayBeEmpty), "content": ["application/json": ["schema": .object(schema.openAPI)]],
      ]
    case .jsonOrForm(let schema, let form):
      result["requestBody"] = [
        "required": true,
        "content": [
          "application/json": ["schema": .object(schema.openAPI)],
          "multipart/form-data": ["schema": .object(form.openAPI)],
        ],
      ]
    case .raw(let type, let schema):
      result["requestBody"] = [
        "required": true, "content": .object([type: ["schema": .object(schema.openAPI)]]),
      ]
    }
    result["responses"] = .object(answers(of: operation, in: dialect))
    if operation.access != .everybody, operation.access != .carrier {
      var security: [JSONValue] = [["token": []], ["key": []]]
      if dialect.isOpenToThisMachine { security.append([:]) }
      result["security"] = .array(security)
    }
    return result
  }

  private static func name(of operation: Operation, in dialect: Dialect) -> String {
    let words = operation.path.split(separator: "/").map { $0.hasPrefix("{") ? "by-" + $0.dropFirst().dropLast() : $0 }
    return ([dialect.name, operation.method.name.lowercased()] + words.map(String.init)).joined(separator: "-")
  }

  private static func describe(path name: String, of operation: Operation) -> JSONValue {
    let schema = operation.pathParameters[name] ?? .text(1...200)
    return ["name": .string(name), "in": "path", "required": true, "schema": .object(schema.openAPI)]
  }

  private static func describe(_ parameter: Operation.Parameter) -> JSONValue {
    [
      "name": .string(parameter.name), "in": "query", "required": .bool(parameter.isRequired),
      "schema": .object(parameter.schema.openAPI),
    ]
  }

  private static func answers(of operation: Operation, in dialect: Dialect) -> JSONObject {
    var answers = JSONObject()
    for success in operation.successes {
      answers["\(success.status.code)"] = [
        "description": .string(success.status.reason),
        "content": .object([success.mediaType: ["schema": .object(success.schema.openAPI)]]),
      ]
    }
    let statuses = Set(operation.allRefusals.map { dialect.style.status(of: $0).code })
    for code in statuses.sorted() where answers["\(code)"] == nil {
      answers["\(code)"] = [
        "description": .string(Status(code).reason),
        "content": ["application/json": ["schema": .object(dialect.style.schema.openAPI)]],
      ]
    }
    for status in beforeAnyRoute {
      answers["\(status.code)"] = [
        "description": .string(status.reason), "content": ["text/plain": ["schema": .object(Schema.text().openAPI)]],
      ]
    }
    return answers
  }

  /// Refusals of requests that are too long to be read, and so to be given to a dialect.
  private static let beforeAnyRoute: [Status] = [.uriTooLong, .headerFieldsTooLarge]
}
