import Foundation
import JSON
import Synchronization

/// Writes figures as they come: as a table, and as lines of JSON where they are wanted.
final class Report: Sendable {
  private let lines: FileHandle?
  private let figures = Mutex<[Figure]>([])
  private let widths = [44, 12, 10, 12, 8, 14, 5]

  /// Makes the file of lines, if there is to be one.
  init(jsonFile: String?) throws {
    lines = try jsonFile.map { path in
      guard FileManager.default.createFile(atPath: path, contents: nil), let file = FileHandle(forWritingAtPath: path)
      else { throw Options.Failure(description: "\(path) cannot be written.") }
      return file
    }
  }

  func begin(_ machine: Machine, folder: String, isQuick: Bool) {
    write([
      "machine": [
        "processor": .string(machine.processor), "cores": JSONValue(machine.cores),
        "memory": JSONValue(machine.memory),
        "kernel": .string(machine.system), "swift": .string(machine.compiler), "quick": .bool(isQuick),
      ]
    ])
    say(machine.description + "\nfolder     \(folder)")
    if isQuick { say("quick      rough figures at a tenth of the size") }
    say("")
    say(row(["figure", "value", "unit", "limit", "ratio", "target", "met"], "limit and way"))
    say(String(repeating: "-", count: widths.reduce(2 * widths.count, +) + 20))
  }

  func add(_ figure: Figure) {
    figures.withLock { $0.append(figure) }
    write(json(figure))
    let met = figure.isMet.map { $0 ? "yes" : "NO" } ?? ""
    say(
      row(
        [
          figure.name, figure.value.short, figure.unit, figure.limit?.short ?? "", figure.ratio?.short ?? "",
          figure.target?.description ?? "", met,
        ], figure.note))
    for peer in figure.peers { say(row(["  beside it", peer.value.short, figure.unit, "", "", "", ""], peer.name)) }
  }

  /// Tells what could not be measured here.
  func skip(_ reason: String) { say(reason) }

  func end(comparedWith baseline: Baseline?) {
    say("")
    if let baseline { say(baseline.comparison(with: figures.withLock { $0 })) }
  }

  private func write(_ object: JSONObject) {
    try? lines?.write(contentsOf: Data((JSONValue.object(object).serialized() + "\n").utf8))
  }

  private func json(_ figure: Figure) -> JSONObject {
    var object: JSONObject = [:]
    object["name"] = .string(figure.name)
    object["value"] = number(figure.value)
    object["unit"] = .string(figure.unit)
    object["limit"] = number(figure.limit)
    object["ratio"] = number(figure.ratio)
    object["target"] = figure.target.map { .string($0.description) } ?? .null
    object["met"] = figure.isMet.map { .bool($0) } ?? .null
    object["note"] = .string(figure.note)
    if !figure.peers.isEmpty {
      object["peers"] = .array(figure.peers.map { ["name": .string($0.name), "value": number($0.value)] })
    }
    return object
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
