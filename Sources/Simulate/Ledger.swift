import CampaignKit

/// What a writer tells of its changes: before each, and after.
enum Report: Sendable {
  /// A change of these begins.
  case trying([Fact])
  /// It was acknowledged, and these are the values.
  case done([(fact: Fact, value: String)])
  /// It was refused, and changed nothing.
  case refused([Fact])

  /// The report as lines, each of which can be understood by itself.
  var lines: String {
    switch self {
    case .trying(let facts): facts.map { "? \($0)\n" }.joined()
    case .done(let values): values.map { "+ \($0.fact) \($0.value)\n" }.joined()
    case .refused(let facts): facts.map { "= \($0)\n" }.joined()
    }
  }
}

/// What was acknowledged, and what was under way: all that a store may show after a crash.
struct Ledger: Sendable {
  private(set) var values: [Fact: String] = [:]
  /// Facts with changes that may have been made or not.
  private(set) var doubts: [Fact: Int] = [:]
  private(set) var acknowledged = 0

  mutating func take(_ report: Report) {
    switch report {
    case .trying(let facts): for fact in facts { doubts[fact, default: 0] += 1 }
    case .done(let values): for (fact, value) in values { acknowledge(fact, value) }
    case .refused(let facts): for fact in facts { withdraw(fact) }
    }
  }

  /// Takes a line; false when it is none of a writer.
  mutating func take(line: some StringProtocol) -> Bool {
    let parts = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count >= 3, let kind = Fact.Kind(rawValue: String(parts[1])) else { return false }
    let fact = Fact(kind, String(parts[2]))
    switch parts[0] {
    case "?": doubts[fact, default: 0] += 1
    case "=": withdraw(fact)
    case "+" where parts.count == 4: acknowledge(fact, String(parts[3]))
    default: return false
    }
    return true
  }

  private mutating func acknowledge(_ fact: Fact, _ value: String) {
    values[fact] = value
    doubts[fact] = nil
    acknowledged += 1
  }

  private mutating func withdraw(_ fact: Fact) {
    guard let count = doubts[fact] else { return }
    doubts[fact] = count > 1 ? count - 1 : nil
  }

  /// Compares a store with all that was acknowledged, and takes its word where there was doubt.
  mutating func settle(with store: any CampaignStorage) async throws -> [String] {
    var differences: [String] = []
    for fact in Set(values.keys).union(doubts.keys).sorted() {
      let value = try await fact.value(in: store)
      let expected = values[fact] ?? Fact.absent
      if value != expected, doubts[fact] == nil {
        differences.append("\(fact) was acknowledged as \"\(expected)\" and is \"\(value)\"")
      }
      values[fact] = value == Fact.absent ? nil : value
    }
    doubts = [:]
    return differences
  }
}
