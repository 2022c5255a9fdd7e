import CampaignKit

/// A reader that goes byte by byte and is easy to check by eye; tests compare the fast one with it.
struct PlainCSV {
  /// What a lenient reader makes of bytes in UTF-8 or Windows-1252; nil when a quote is not closed.
  static func records(in bytes: [UInt8], delimiter: UInt8) -> [[[UInt8]]]? {
    var records: [[[UInt8]]] = []
    var record: [[UInt8]] = []
    var place = 0
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }

    func isLineEnd(_ place: Int) -> Bool { bytes[place] == 10 || bytes[place] == 13 }
    func isFieldEnd(_ place: Int) -> Bool {
      place == bytes.count || bytes[place] == delimiter || isLineEnd(place)
    }

    while place < bytes.count {
      // One record a turn.
      let start = place
      record = []
      while true {
        guard let field = field(bytes, &place, isFieldEnd) else { return nil }
        record.append(field)
        guard place < bytes.count, bytes[place] == delimiter else { break }
        place += 1
      }
      let isEmptyLine = record == [[]] && place == start
      let isEndMark = place == bytes.count && Array(bytes[start...]) == [0x1A]
      if !isEmptyLine, !isEndMark { records.append(record) }
      if place < bytes.count {
        place += bytes[place] == 13 && place + 1 < bytes.count && bytes[place + 1] == 10 ? 2 : 1
      }
    }
    return records
  }

  private static func field(
    _ bytes: [UInt8], _ place: inout Int, _ isFieldEnd: (Int) -> Bool
  ) -> [UInt8]? {
    var field: [UInt8] = []
    guard place < bytes.count, bytes[place] == 34 else {
      while !isFieldEnd(place) {
        field.append(bytes[place])
        place += 1
      }
      return field
    }
    place += 1
    while true {
      guard place < bytes.count else { return nil }
      if bytes[place] != 34 {
        field.append(bytes[place])
        place += 1
      } else if place + 1 < bytes.count, bytes[place + 1] == 34 {
        field.append(34)
        place += 2
      } else {
        break
      }
    }
    place += 1
    var rest: [UInt8] = []
    while !isFieldEnd(place) {
      rest.append(bytes[place])
      place += 1
    }
    if rest.last == 34 { return field + [34] + rest.dropLast() }
    return field + rest
  }
}
