import Foundation

/// The names of time zones.
enum ZoneNames {
  private static let usual = Set(TimeZone.knownTimeZoneIdentifiers)

  /// Whether a text is the name of a time zone, such as `Europe/Paris`.
  static func contains(_ name: String) -> Bool {
    usual.contains(name) || (name == "UTC" || name.contains("/")) && TimeZone(identifier: name) != nil
  }
}
