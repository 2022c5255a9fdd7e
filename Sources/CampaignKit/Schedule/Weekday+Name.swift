extension Weekday {
  /// The English name in lower case, such as `monday`.
  public var name: String { "\(self)" }

  /// Finds a day by its English name, whatever its case; nil for anything else.
  public init?(name: String) {
    let wanted = name.lowercased()
    guard let day = Self.allCases.first(where: { $0.name == wanted }) else { return nil }
    self = day
  }
}
