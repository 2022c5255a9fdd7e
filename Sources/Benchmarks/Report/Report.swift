import Foundation
import JSON

/// Writes figures as they come: as a table, or as a line of JSON each.
final class Report: Sendable {
  private let asJSON: Bool
  private let widths = [44, 12, 10, 12, 8, 14, 5]

  init(asJSON: Bool) {
    self.asJSON = asJSON
  }

  func begin(_ machine: Machine, folder: String, isQuick: Bool) {
    guard !asJSON else { return }
    say(machine.description + "\nfolder     \(folder)")
    if isQuick { say("quick      rough figures at a tenth of the size") }
    say("")
    say(row(["figure", "value", "unit", "limit", "ratio", "target", "met"], "limit and way"))
    say(String(repeating: "-", count: widths.reduce(2 * widths.count, +) + 20))
  }

  func add(_ figure: Figure) {
    guard !asJSON else { return say(json(figure)) }
    let met = figure.isMet.map { $0 ? "yes" : "NO" } ?? ""
    say(
      row(
        [
          figure.name, figure.value.short, figure.unit, figure.limit?.short ?? "", figure.ratio?.short ?? "",
          figure.target?.description ?? "", met,
        ], figure.note))
  }

  func end() {
    if !asJSON { say("") }
  }

  private func json(_ figure: Figure) -> String {
    var object: JSONObject = [:]
    object["name"] = .string(figure.name)
    object["value"] = number(figure.value)
    object["unit"] = .string(figure.unit)
    object["limit"] = number(figure.limit)
    object["ratio"] = number(figure.ratio)
    object["target"] = figure.target.map { .string($0.description) } ?? .null
    object["met"] = figure.isMet.map { .bool($0) } ?? .null
    object["note"] = .string(figure.note)
    return JSONValue.object(object).serialized()
  }

  private func number(_ value: Double?) -> JSONValue { value.flatMap { JSONValue($0) } ?? .null }

  /// Text to the left, numbers to the right.
  private func row(_ cells: [String], _ note: String) -> String {
    let padded = zip(cells, widths).enumerated().map { index, cell in
      let padding = String(repeating: " ", count: max(0, cell.1 - cell.0.count))
      return [0, 2].contains(index) ? cell.0 + padding : padding + cell.0
    }
    return padded.joined(separator: "  ") + "  " + note
  }

  private func say(_ text: String) {
    print(text)
    fflush(nil)
  }
}
