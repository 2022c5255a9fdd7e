import CampaignKit
import Foundation
import JSON

/// Prints the records of a CSV file as a JSON array of arrays, however large the file is.
func inspectCSV(_ arguments: [String]) async throws {
  var configuration = CSVReader.Configuration()
  let file: String
  switch arguments.count {
  case 1: file = arguments[0]
  case 3 where arguments[1] == "--delimiter":
    file = arguments[0]
    configuration.delimiter = try delimiter(named: arguments[2])
  case 3 where arguments[0] == "--delimiter":
    file = arguments[2]
    configuration.delimiter = try delimiter(named: arguments[1])
  default: throw Misuse(reason: "one file is needed")
  }
  let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: file))
  var reader = CSVReader(configuration)
  var printer = RecordPrinter()
  while let piece = try handle.read(upToCount: 256 << 10), !piece.isEmpty {
    piece.withUnsafeBytes { reader.append($0) }
    while try reader.next() { try printer.add(reader.fields) }
  }
  reader.finish()
  while try reader.next() { try printer.add(reader.fields) }
  try printer.end()
}

private func delimiter(named name: String) throws(Misuse) -> CSVDelimiter {
  let names = ["comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "pipe": "|"]
  let bytes = Array((names[name] ?? name).utf8)
  guard bytes.count == 1, let delimiter = CSVDelimiter(bytes[0]) else {
    throw Misuse(reason: "a delimiter is one ASCII character, no quote and no line break")
  }
  return delimiter
}

/// Writes arrays one after the other, in large pieces.
private struct RecordPrinter {
  private var output = "["
  private var isFirst = true

  mutating func add(_ fields: [String]) throws {
    output += isFirst ? "\n" : ",\n"
    isFirst = false
    output += JSONValue.array(fields.map { .string($0) }).serialized()
    if output.utf8.count > 1 << 16 { try flush() }
  }

  mutating func end() throws {
    output += isFirst ? "]\n" : "\n]\n"
    try flush()
  }

  private mutating func flush() throws {
    try FileHandle.standardOutput.write(contentsOf: Data(output.utf8))
    output = ""
  }
}
