import CampaignKit

/// Moments as carriers write them.
enum CarrierMoments {
  /// As mail has it: `Tue, 31 Aug 2010 20:36:28 +0000`.
  static func mail(_ moment: Timestamp) -> String {
    let parts = moment.description.prefix(19).split(separator: "T")
    guard parts.count == 2 else { return "" }
    let date = parts[0].split(separator: "-")
    guard date.count == 3, let month = Int(date[1]), months.indices.contains(month - 1) else { return "" }
    // The first of January 1970 was a Thursday.
    let day = Int(moment.milliseconds / 86_400_000)
    return "\(days[((day + 4) % 7 + 7) % 7]), \(date[2]) \(months[month - 1]) \(date[0]) \(parts[1]) +0000"
  }

  /// With a blank and without a zone: `2024-09-26 14:05:18`.
  static func plain(_ moment: Timestamp) -> String {
    String(moment.description.prefix(19)).replacing("T", with: " ")
  }

  /// With milliseconds and a zone: `2026-11-20T23:13:45.695+0000`.
  static func short(_ moment: Timestamp) -> String { moment.description.replacing("Z", with: "+0000") }

  /// The same with a zone.
  static func zoned(_ moment: Timestamp) -> String { plain(moment) + "+00:00" }

  private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
}
