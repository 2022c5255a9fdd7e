/// The facts of numbering-plan.txt.
struct NumberingPlan {
  /// What may share a calling code, the main region first.
  struct Country {
    var callingCode: String
    /// Whether mobile numbers belong to a place, as fixed ones do.
    var hasGeographicMobiles = false
    var regions: [Region] = []
    var layouts: [Layout] = []
  }

  struct Region {
    var name: String
    var international = Pattern.empty
    var trunk: [TrunkRule] = []
    /// How many digits a number can have, and how many one can have that works only in its town.
    var lengths: Set<Int> = []
    var localLengths: Set<Int> = []
    /// The first digits that only this region of the country has.
    var leading: Pattern?
    var general: Pattern?
    var kinds: [(kind: Kind, pattern: Pattern)] = []
    var examples: [(kind: Kind, digits: String)] = []
    var short: Pattern?
    var emergency: Pattern?
  }

  /// The kinds in the order in which they are looked for. Fixed and mobile come last and together.
  enum Kind: String, CaseIterable {
    case premium, tollFree, sharedCost, voip, personal, pager, uan, voicemail, fixed, mobile
  }

  /// Digits in front that are dropped, if `keep` follows them; `tail` behind it is dropped too, and `insert` comes
  /// to the front.
  struct TrunkRule: Equatable {
    var drop = Pattern.empty
    var keep: Pattern?
    /// Whether nothing may follow `keep`.
    var isWhole = false
    var tail = ""
    var insert = ""
  }

  /// How numbers with these first digits are written. In a template `a` is the first group, `b` the second.
  struct Layout {
    var leading: Pattern
    var groups: [ClosedRange<Int>]
    var national: String
    /// Nil for numbers that cannot be called from abroad.
    var international: String?
  }

  /// Time zones of all numbers that begin with some digits, unless longer digits say otherwise.
  struct Zones {
    var names: [String]
    var prefixes: [String]
  }

  var countries: [Country] = []
  var zones: [Zones] = []
}

extension NumberingPlan {
  /// Reads the text form; an indented line continues the one before it.
  init(text: String) throws(PlanError) {
    var lines: [String] = []
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      if line.hasPrefix("  "), !lines.isEmpty {
        lines[lines.count - 1] += line.drop { $0 == " " }
      } else {
        lines.append(String(line))
      }
    }
    for line in lines {
      let key = line.prefix { $0 != " " }
      let value = line.dropFirst(key.count + 1)
      do throws(PlanError) {
        try read(String(key), String(value))
      } catch {
        throw PlanError("\(error), in the line '\(line.prefix(60))'")
      }
    }
  }

  private mutating func read(_ key: String, _ value: String) throws(PlanError) {
    let country = countries.count - 1
    switch key {
    case "country": countries.append(Country(callingCode: value))
    case "zones":
      let halves = value.split(separator: ":", maxSplits: 1)
      guard halves.count == 2 else { throw PlanError("names, a colon and prefixes are needed") }
      zones.append(
        Zones(
          names: halves[0].split(separator: " ").map(String.init),
          prefixes: halves[1].split(separator: ",").map { $0.filter { $0 != " " } }))
    case _ where country < 0: throw PlanError("a country is needed first")
    case "geographic-mobiles": countries[country].hasGeographicMobiles = true
    case "layout": countries[country].layouts.append(try Layout(value))
    case "region": countries[country].regions.append(Region(name: value))
    default:
      let region = countries[country].regions.count - 1
      guard region >= 0 else { throw PlanError("a region is needed first") }
      try countries[country].regions[region].read(key, value)
    }
  }
}

extension NumberingPlan.Region {
  fileprivate mutating func read(_ key: String, _ value: String) throws(PlanError) {
    switch key {
    case "international": international = try Pattern(value)
    case "trunk": trunk.append(try NumberingPlan.TrunkRule(value))
    case "lengths": lengths = Set(value.split(separator: " ").compactMap { Int($0) })
    case "local": localLengths = Set(value.split(separator: " ").compactMap { Int($0) })
    case "leading": leading = try Pattern(value)
    case "general": general = try Pattern(value)
    case "short": short = try Pattern(value)
    case "emergency": emergency = try Pattern(value)
    case "example":
      let words = value.split(separator: " ")
      guard words.count == 2, let kind = NumberingPlan.Kind(rawValue: String(words[0])) else {
        throw PlanError("an example has a kind and digits")
      }
      examples.append((kind, String(words[1])))
    default:
      guard let kind = NumberingPlan.Kind(rawValue: key) else { throw PlanError("nothing is called '\(key)'") }
      kinds.append((kind, try Pattern(value)))
    }
  }
}

extension NumberingPlan.TrunkRule {
  init(_ text: String) throws(PlanError) {
    for word in text.split(separator: " ") {
      let value = word.drop { $0 != "=" }.dropFirst()
      switch word.prefix(while: { $0 != "=" }) {
      case "drop": drop = try Pattern(value)
      case "keep": keep = try Pattern(value)
      case "tail": tail = String(value)
      case "insert": insert = String(value)
      case "whole": isWhole = true
      default: throw PlanError("a trunk rule cannot have '\(word)'")
      }
    }
  }
}

extension NumberingPlan.Layout {
  init(_ text: String) throws(PlanError) {
    let parts = text.split(separator: ";", omittingEmptySubsequences: false).map { part in
      String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
    guard parts.count == 4 else { throw PlanError("a layout has four parts") }
    leading = try Pattern(parts[0])
    groups = []
    for word in parts[1].split(separator: " ") {
      let bounds = word.split(separator: "-").compactMap { Int($0) }
      guard let least = bounds.first, let most = bounds.last, least <= most else {
        throw PlanError("'\(word)' is no group of digits")
      }
      groups.append(least...most)
    }
    national = parts[2]
    international = parts[3] == "-" ? nil : parts[3]
  }
}
