import CampaignKit
import JSON

/// Numbers, moments and names as carriers write them.
enum CarrierText {
  /// A number of seconds.
  static func duration(_ text: String) -> Duration? {
    guard let seconds = Double(text), seconds >= 0, seconds < 1e9 else { return nil }
    return .milliseconds(Int64((seconds * 1000).rounded()))
  }

  /// An amount of money in millionths, whatever its sign.
  static func micros(_ text: String) -> Int64? {
    guard let amount = Double(text), amount.magnitude < 1e9 else { return nil }
    return Int64((amount.magnitude * 1e6).rounded())
  }

  /// A moment as mail has it, `Tue, 31 Aug 2010 20:36:28 +0000`, or as ISO 8601 has it, with or without a zone; one
  /// without is UTC.
  static func moment(_ text: String) -> Timestamp? {
    if let moment = Timestamp(text) ?? Timestamp(text + "Z") { return moment }
    var parts = text.split(separator: " ")
    if parts.first?.last == "," { parts.removeFirst() }
    guard parts.count == 5, let month = months.firstIndex(of: parts[1].lowercased()) else { return nil }
    let day = parts[0].count == 1 ? "0\(parts[0])" : String(parts[0])
    let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
    let zone = ["GMT", "UTC", "UT", "Z"].contains(parts[4]) ? "Z" : String(parts[4])
    return Timestamp("\(parts[2])-\(number)-\(day)T\(parts[3])\(zone)")
  }

  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  /// A text in which each number of five digits or more is left out: it may be a telephone number.
  static func withoutNumbers(_ text: String) -> String {
    var result = ""
    var digits = ""
    for character in text + " " {
      if character.isASCII, character.isNumber {
        digits.append(character)
        continue
      }
      result += digits.count < 5 ? digits : "…"
      digits = ""
      result.append(character)
    }
    return String(result.dropLast())
  }

  /// A name of the carrier as a part of a path. One that is no name asks for what does not exist.
  static func pathPart(_ reference: String) -> String {
    let isName = reference.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
      default: false
      }
    }
    return isName ? reference : "-"
  }

  /// A telephone number, with whatever stands between its digits.
  static func phone(_ text: String?) -> PhoneNumber? {
    text.flatMap { UInt64($0.filter { $0.isASCII && $0.isNumber }) }.flatMap(PhoneNumber.init(digits:))
  }

  /// A number in JSON, which may be written as one or as a text.
  static func number(_ value: JSONValue?) -> String? { value?.string ?? value?.number?.literal }

  /// Whole seconds, rounded up, within what the carrier takes.
  static func seconds(_ duration: Duration, in range: ClosedRange<Int64>) -> Int64 {
    min(max((min(duration, .seconds(1_000_000)).milliseconds + 999) / 1000, range.lowerBound), range.upperBound)
  }

  /// An address without the slashes at its end.
  static func withoutSlash(_ url: String) -> String {
    var url = url
    while url.last == "/" { url.removeLast() }
    return url
  }
}
