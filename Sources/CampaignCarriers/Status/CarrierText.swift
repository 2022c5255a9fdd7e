import CampaignKit

/// Reads the texts in which carriers write numbers and moments.
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
}
