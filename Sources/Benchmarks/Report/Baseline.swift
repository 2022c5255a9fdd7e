import Foundation
import JSON

/// Figures of an earlier run, as `--json` has written them, and how far a later one is from them.
///
/// Only what hardly depends on the machine is compared: ratios to what the same machine reaches at best, and counts of
/// allocations. A ratio that is half as good, or a quarter more allocations, is told as worse. Other work on the machine
/// alone can do the first, so that nobody fails by it: it is for people to look at.
struct Baseline {
  private struct Kept {
    var value: Double
    var isRatio: Bool
  }

  private var kept: [String: Kept] = [:]

  /// Reads the file.
  ///
  /// - Throws: What reading throws, or why a line is none.
  init(file path: String) throws {
    for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
      let object = try JSONValue(parsing: Array(line.utf8))
      guard let name = object["name"]?.string else { continue }
      if let ratio = object["ratio"]?.double {
        kept[name] = Kept(value: ratio, isRatio: true)
      } else if object["unit"]?.string == Figure.allocations, let value = object["value"]?.double {
        kept[name] = Kept(value: value, isRatio: false)
      }
    }
  }

  /// A table of what can be compared, and how much of it is worse.
  func comparison(with figures: [Figure]) -> String {
    var lines: [String] = []
    var worse = 0
    for figure in figures {
      guard let before = kept[figure.name], let now = before.isRatio ? figure.ratio : figure.value, before.value > 0
      else { continue }
      let change = now / before.value
      let isWorse =
        before.isRatio ? (figure.isBetterWhenHigher ? change < 0.5 : change > 2) : now > before.value * 1.25 + 0.05
      if isWorse { worse += 1 }
      lines.append(
        "  \(figure.name): \(now.short), was \(before.value.short)\(before.isRatio ? " of the limit" : "")"
          + (isWorse ? "  WORSE" : ""))
    }
    return "compared with the baseline, \(lines.count) figures, \(worse) much worse:\n" + lines.joined(separator: "\n")
  }
}

extension Figure {
  /// Whether more of it is better.
  fileprivate var isBetterWhenHigher: Bool {
    switch target {
    case .atLeast, .ratioAtLeast: true
    case .atMost, .ratioAtMost: false
    case nil: unit.hasSuffix("/s")
    }
  }
}
