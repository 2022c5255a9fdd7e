// Coverage-guided fuzzing of the CSV reader: no input makes it trap, and however the input is cut into pieces, the
// records, their places and the error are the same. Documentation/Contributing.md says how it is run.

import CampaignKit

private struct Outcome: Equatable {
  var records: [[String]] = []
  var offsets: [Int] = []
  var problems: [CSVError?] = []
  var error: CSVError?
}

/// Reads input that comes in pieces whose sizes repeat.
private func read(_ bytes: ArraySlice<UInt8>, _ configuration: CSVReader.Configuration, _ sizes: [Int]) -> Outcome {
  var reader = CSVReader(configuration)
  var outcome = Outcome()
  var rest = bytes
  var turn = 0
  do throws(CSVError) {
    while true {
      while try reader.next() {
        outcome.records.append(reader.fields)
        outcome.offsets.append(reader.offset)
        outcome.problems.append(reader.problem)
      }
      guard !rest.isEmpty else { break }
      let piece = rest.prefix(sizes[turn % sizes.count])
      turn += 1
      reader.append(Array(piece))
      rest = rest.dropFirst(piece.count)
    }
    reader.finish()
    while try reader.next() {
      outcome.records.append(reader.fields)
      outcome.offsets.append(reader.offset)
      outcome.problems.append(reader.problem)
    }
  } catch {
    outcome.error = error
  }
  return outcome
}

/// Reads one input in ways that must agree.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  // The first bytes say how the rest is read.
  guard input.count >= 4 else { return 0 }
  var configuration = CSVReader.Configuration()
  let delimiters: [CSVDelimiter?] = [nil, .comma, .semicolon, .tab, .pipe]
  configuration.delimiter = delimiters[Int(input[0]) % delimiters.count]
  let encodings: [CSVEncoding?] = [nil, nil, .utf8, .windows1252, .utf16LittleEndian, .utf16BigEndian]
  configuration.encoding = encodings[Int(input[1]) % encodings.count]
  configuration.mode = input[0] >= 128 ? .strict : .lenient
  if input[1] >= 128 { configuration.maximumRecordBytes = Int(input[2]) }
  if input[2] >= 128 { configuration.maximumColumns = Int(input[2] & 15) }
  let bytes = input[4...]
  let whole = read(bytes, configuration, [.max])
  let pieces = read(bytes, configuration, [1 + Int(input[3] & 15), 1 + Int(input[3] >> 4) * 5])
  precondition(whole == pieces, "the pieces make a difference")

  // What was read is written, and read again the same.
  guard whole.error == nil, !whole.records.contains([]) else { return 0 }
  var writer = CSVWriter(delimiter: configuration.delimiter ?? .comma)
  for record in whole.records { writer.write(record) }
  var plain = CSVReader.Configuration()
  plain.delimiter = configuration.delimiter ?? .comma
  plain.encoding = .utf8
  plain.mode = .lenient
  plain.maximumColumns = 1 << 20
  let written = writer.take()
  // A first field that begins with the byte order mark would lose it.
  guard !written.starts(with: [0xEF, 0xBB, 0xBF]) else { return 0 }
  let again = read(written[...], plain, [.max])
  precondition(again.error == nil && again.records == whole.records, "what is written does not read back")
  return 0
}
