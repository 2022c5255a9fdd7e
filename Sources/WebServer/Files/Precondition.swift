/// The conditions that a request makes, in the order of RFC 9110, section 13.2.2.
enum Precondition {
  case passed
  case notModified
  case failed

  static func check(_ request: Request, entityTag: String, modifiedSeconds: Int) -> Precondition {
    let isReading = request.method == .get || request.method == .head
    let matches = request.values(of: "If-Match")
    if !matches.isEmpty {
      // The comparison is strong: a weak tag is no match.
      guard tags(matches).contains(where: { $0 == "*" || $0 == entityTag }) else { return .failed }
    } else if let date = request["If-Unmodified-Since"].flatMap(HTTPDate.seconds), modifiedSeconds > date {
      return .failed
    }
    let others = request.values(of: "If-None-Match")
    if !others.isEmpty {
      let isThere = tags(others).contains { tag in
        tag == "*" || tag == entityTag || tag.hasPrefix("W/") && tag.dropFirst(2) == entityTag
      }
      if isThere { return isReading ? .notModified : .failed }
    } else if isReading, let date = request["If-Modified-Since"].flatMap(HTTPDate.seconds), modifiedSeconds <= date {
      return .notModified
    }
    return .passed
  }

  /// Whether a range is of the content that the client has the rest of.
  static func rangeIsCurrent(_ request: Request, entityTag: String, modifiedSeconds: Int) -> Bool {
    guard let condition = request["If-Range"] else { return true }
    return condition == entityTag || HTTPDate.seconds(condition) == modifiedSeconds
  }

  /// Our own tags have no commas, so one that has is none of ours.
  private static func tags(_ values: [String]) -> [String] {
    values.flatMap { value in
      FieldList(ArraySlice(value.utf8)).map { String(decoding: $0, as: UTF8.self) }
    }
  }
}
