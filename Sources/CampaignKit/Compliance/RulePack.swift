/// When the law lets people be called, as data.
///
/// Rules have names, and each name stands once. ``standard`` is a start; a program takes rules out, changes them and
/// adds its own by name, or starts with an empty pack. Nothing here is legal advice.
public struct RulePack: Hashable, Sendable {
  /// What it is called.
  public var name: String
  /// Which edition of it this is.
  public var version: String
  /// The rules, in the order of their names.
  public private(set) var rules: [Rule]

  /// Creates a pack; of several rules with the same name, the last counts.
  public init(name: String, version: String, rules: [Rule] = []) {
    self.name = name
    self.version = version
    self.rules = []
    for rule in rules { self[rule.id] = rule }
  }

  /// The rule of a name. Setting it adds or replaces the rule; setting nil takes it out.
  public subscript(id: String) -> Rule? {
    get { rules.first { $0.id == id } }
    set {
      rules.removeAll { $0.id == id }
      guard var rule = newValue else { return }
      rule.id = id
      rules.insert(rule, at: rules.firstIndex { id < $0.id } ?? rules.endIndex)
    }
  }

  /// One rule.
  public struct Rule: Hashable, Sendable, Identifiable {
    /// What it is called, such as `us.hours`. It is the name that decision records have.
    public var id: String
    /// The country or state in which it holds, such as `US` or `US-FL`; nil for a rule that holds wherever and
    /// whenever none with hours does.
    public var jurisdiction: String?
    /// What the calls are for to which it applies.
    public var purposes: Set<Compliance.Purpose>
    /// The hours in which it lets people be called, in their own time zone; nil if it is not about hours.
    public var hours: WeeklyHours?
    /// How often it lets people be called; see ``RulePack/limits(for:in:on:)``.
    public var limits: [RollingLimit]
    /// Where it is written.
    public var citation: String
    /// How certain it is.
    public var confidence: Confidence
    /// The first day on which it holds; nil for always.
    public var effectiveFrom: CivilDate?
    /// The last day on which it holds; nil for ever.
    public var effectiveUntil: CivilDate?

    /// Creates a rule.
    public init(
      _ id: String, in jurisdiction: String?, for purposes: Set<Compliance.Purpose>, hours: WeeklyHours? = nil,
      limits: [RollingLimit] = [], citation: String, confidence: Confidence = .high,
      effectiveFrom: CivilDate? = nil, effectiveUntil: CivilDate? = nil
    ) {
      self.id = id
      self.jurisdiction = jurisdiction
      self.purposes = purposes
      self.hours = hours
      self.limits = limits
      self.citation = citation
      self.confidence = confidence
      self.effectiveFrom = effectiveFrom
      self.effectiveUntil = effectiveUntil
    }

    /// Whether it is about a place, alone or as the country that a state belongs to.
    func covers(_ place: String?) -> Bool {
      guard let jurisdiction, let place else { return false }
      return place == jurisdiction || place.hasPrefix(jurisdiction + "-")
    }
  }

  /// How certain a rule is.
  public enum Confidence: String, Hashable, Sendable, Codable, CaseIterable {
    /// The text itself was read.
    case high
    /// Somebody else's account of it was read.
    case medium
    /// Sources disagree, or say part of it.
    case low
  }

  /// The limits on how often somebody may be called, for a purpose, in a place, on a day.
  ///
  /// A ``CampaignEngine`` keeps them wherever a campaign keeps its legal hours.
  public func limits(for purpose: Compliance.Purpose, in jurisdiction: String?, on date: CivilDate) -> [RollingLimit] {
    rules.filter { rule in
      rule.covers(jurisdiction) && rule.purposes.contains(purpose) && rule.effectiveFrom.map { $0 <= date } ?? true
        && rule.effectiveUntil.map { date <= $0 } ?? true
    }.flatMap(\.limits)
  }

  /// What is different from another edition, in the order of the rules' names.
  public func changes(since old: RulePack) -> [Change] {
    Set(rules.map(\.id)).union(old.rules.map(\.id)).sorted().compactMap { id in
      switch (old[id], self[id]) {
      case (nil, let rule?): .added(rule)
      case (let rule?, nil): .removed(rule)
      case (let before?, let after?): before == after ? nil : .changed(from: before, to: after)
      case (nil, nil): nil
      }
    }
  }

  /// A difference between two editions of a pack.
  public enum Change: Hashable, Sendable {
    /// A rule that is new.
    case added(Rule)
    /// A rule that is gone.
    case removed(Rule)
    /// A rule that is not as it was.
    case changed(from: Rule, to: Rule)
  }
}

extension RulePack: Codable {
  private enum CodingKeys: String, CodingKey {
    case name, version, rules
  }

  /// Reads a pack; refuses one in which a name stands twice.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let rules = try container.decode([Rule].self, forKey: .rules)
    self.init(
      name: try container.decode(String.self, forKey: .name),
      version: try container.decode(String.self, forKey: .version), rules: rules)
    guard self.rules.count == rules.count else {
      throw DecodingError.dataCorruptedError(
        forKey: .rules, in: container, debugDescription: "two rules have the same id; each needs its own")
    }
  }
}

extension RulePack.Rule: Codable {
  private enum CodingKeys: String, CodingKey {
    case id, jurisdiction, purposes, hours, limits, citation, confidence, effectiveFrom, effectiveUntil
  }

  /// Reads a rule; `limits` and what may be nil may be missing.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try container.decode(String.self, forKey: .id),
      in: try container.decodeIfPresent(String.self, forKey: .jurisdiction),
      for: try container.decode(Set<Compliance.Purpose>.self, forKey: .purposes),
      hours: try container.decodeIfPresent(WeeklyHours.self, forKey: .hours),
      limits: try container.decodeIfPresent([RollingLimit].self, forKey: .limits) ?? [],
      citation: try container.decode(String.self, forKey: .citation),
      confidence: try container.decode(RulePack.Confidence.self, forKey: .confidence),
      effectiveFrom: try container.decodeIfPresent(CivilDate.self, forKey: .effectiveFrom),
      effectiveUntil: try container.decodeIfPresent(CivilDate.self, forKey: .effectiveUntil))
  }

  /// Writes what ``init(from:)`` reads, the same text each time.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(id, forKey: .id)
    try container.encodeIfPresent(jurisdiction, forKey: .jurisdiction)
    try container.encode(purposes.sorted { $0.rawValue < $1.rawValue }, forKey: .purposes)
    try container.encodeIfPresent(hours, forKey: .hours)
    if !limits.isEmpty { try container.encode(limits, forKey: .limits) }
    try container.encode(citation, forKey: .citation)
    try container.encode(confidence, forKey: .confidence)
    try container.encodeIfPresent(effectiveFrom, forKey: .effectiveFrom)
    try container.encodeIfPresent(effectiveUntil, forKey: .effectiveUntil)
  }
}
