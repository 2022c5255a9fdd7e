/// What the digits of a text look like, whatever the country.
enum NumberShape {
  /// Whether a text holds a phone number, so that it is no name of a column: seven digits or more with only punctuation
  /// among them, unless they are years and days.
  static func holdsNumber(_ text: String) -> Bool {
    runs(in: text).contains { groups in groups.reduce(0) { $0 + $1.count } >= 7 && !areDays(groups) }
  }

  /// Whether a text holds a day such as 2026-01-31, which has the digits of many a number.
  static func holdsDay(_ text: String) -> Bool { runs(in: text).contains { $0.count > 1 && areDays($0) } }

  private static func areDays(_ groups: [String]) -> Bool {
    let years = groups.count { $0.count == 4 && ($0.hasPrefix("19") || $0.hasPrefix("20")) }
    return years > 0 && years + groups.count { $0.count <= 2 } == groups.count
  }

  /// Groups of digits that stand behind one another with only punctuation between them.
  private static func runs(in text: String) -> [[String]] {
    var runs: [[String]] = [[]]
    var isGroup = false
    for scalar in text.unicodeScalars {
      if scalar.properties.numericType == .decimal, let digit = scalar.properties.numericValue {
        if !isGroup { runs[runs.count - 1].append("") }
        runs[runs.count - 1][runs[runs.count - 1].count - 1] += "\(Int(digit))"
        isGroup = true
      } else {
        isGroup = false
        guard !scalar.properties.isWhitespace, !punctuation.contains(scalar), runs.last != [] else { continue }
        runs.append([])
      }
    }
    return runs
  }

  private static let punctuation = Set("+-‐‑–.()/".unicodeScalars)
}
