import JSON

/// The format of an export: one line of JSON for each record, between a first line and a last.
///
/// ```
/// {"format":"CampaignKit store","version":1}
/// {"limits":{"system":100,"account":20}}
/// {"account":{"id":"018f3c…","name":"Example", …},"lastEvent":4711}
/// …
/// {"end":{"accounts":1,"users":2, …}}
/// ```
///
/// The first line tells a reader whether it knows the format, and the counts in the last one that nothing was cut
/// off. The same contents give the same bytes, so two exports can be compared as files.
///
/// - Important: Lines hold everything, phone numbers, password hashes and notes among it. Keep them accordingly.
enum StoreLines {
  static let format = "CampaignKit store"
  static let version = 1

  struct Head: Codable {
    var format: String
    var version: Int
  }

  struct Tail: Codable {
    var end: StoreTally
  }

  /// The JSON of a record. What the model keeps without an order is sorted, so that equal records are equal bytes;
  /// what users keep as JSON stays as it is.
  static func json(of record: StoreRecord) throws -> JSONValue {
    var value = try JSONValue(encoding: record)
    switch record {
    case .account: change(&value, at: ["account", "copiedLists"], sortedMembers)
    case .agent: change(&value, at: ["agent", "workingHours"], sortedMembers)
    case .campaign:
      change(&value, at: ["campaign", "schedule", "days"], sortedElements)
      change(&value, at: ["campaign", "retries", "retried"], sortedElements)
      change(&value, at: ["campaign", "retries", "delays"], sortedMembers)
      change(&value, at: ["campaign", "compliance", "rollingLimits"]) { limits in
        guard case .array(let elements) = limits else { return limits }
        return .array(
          elements.map { element in
            var element = element
            change(&element, at: ["counting"], sortedElements)
            return element
          })
      }
    default: break
    }
    return value
  }

  private static func change(
    _ value: inout JSONValue, at path: ArraySlice<String>, _ body: (JSONValue) -> JSONValue
  ) {
    guard let key = path.first else {
      value = body(value)
      return
    }
    guard case .object(var members) = value, var member = members[key] else { return }
    change(&member, at: path.dropFirst(), body)
    members[key] = member
    value = .object(members)
  }

  private static func sortedMembers(_ value: JSONValue) -> JSONValue {
    guard case .object(let members) = value else { return value }
    return .object(JSONObject(members.sorted { $0.key < $1.key }))
  }

  private static func sortedElements(_ value: JSONValue) -> JSONValue {
    guard case .array(let elements) = value else { return value }
    return .array(elements.sorted { $0.description < $1.description })
  }
}

/// Why the lines of an export could not be read.
public struct StoreLinesError: Error, Sendable, CustomStringConvertible {
  /// The line, from 1.
  public var line: Int
  /// What is wrong with it. It holds no phone number and no secret.
  public var reason: String
  /// What lies behind it; it may quote the line.
  public var cause: (any Error)?

  /// Creates an error.
  public init(line: Int, reason: String, cause: (any Error)? = nil) {
    self.line = line
    self.reason = reason
    self.cause = cause
  }

  /// The line and the reason.
  public var description: String { "line \(line): \(reason)" }
}
