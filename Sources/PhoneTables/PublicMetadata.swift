/// Takes the facts out of public numbering metadata (PhoneNumberMetadata.xml, ShortNumberMetadata.xml and
/// map_data.txt of the project libphonenumber), so that numbering-plan.txt can follow what regulators change.
struct PublicMetadata {
  private var automata = Automata()

  private static let kinds: [(NumberingPlan.Kind, String)] = [
    (.premium, "premiumRate"), (.tollFree, "tollFree"), (.sharedCost, "sharedCost"), (.voip, "voip"),
    (.personal, "personalNumber"), (.pager, "pager"), (.uan, "uan"), (.voicemail, "voicemail"),
    (.fixed, "fixedLine"), (.mobile, "mobile"),
  ]

  /// Calling codes whose mobile numbers carry the code of a place. The metadata has this in its code.
  private static let geographicMobiles: Set = ["52", "54", "55", "62", "86"]

  static func plan(numbers: String, short: String, zones: String) throws(PlanError) -> NumberingPlan {
    var metadata = PublicMetadata()
    var plan = NumberingPlan()
    let territories = try XMLElement.document(numbers).first("territories")?.children ?? []
    let shortTerritories = try XMLElement.document(short).first("territories")?.children ?? []
    for territory in territories {
      guard let code = territory.attributes["countryCode"], let name = territory.attributes["id"] else {
        throw PlanError("a territory has no code")
      }
      let own = shortTerritories.first { $0.attributes["id"] == name && name != "001" }
      let region = try metadata.region(territory, name, short: own)
      let isMain = territory.attributes["mainCountryForCode"] == "true"
      let index = plan.countries.firstIndex { $0.callingCode == code } ?? plan.countries.count
      if index == plan.countries.count {
        plan.countries.append(.init(callingCode: code, hasGeographicMobiles: geographicMobiles.contains(code)))
      }
      plan.countries[index].regions.insert(region, at: isMain ? 0 : plan.countries[index].regions.count)
      // Only the main region has layouts; some others repeat them.
      if isMain || plan.countries[index].regions.count == 1 {
        plan.countries[index].layouts = try metadata.layouts(territory)
      }
    }
    plan.countries.sort { $0.callingCode < $1.callingCode }
    plan.zones = self.zones(zones)
    return plan
  }

  // MARK: Regions

  private mutating func region(
    _ territory: XMLElement, _ name: String, short: XMLElement?
  ) throws(PlanError) -> NumberingPlan.Region {
    var region = NumberingPlan.Region(name: name)
    region.international = try Pattern(territory.attributes["internationalPrefix"] ?? "")
    region.trunk = try trunk(territory)
    region.leading = try territory.attributes["leadingDigits"].map { text throws(PlanError) in try Pattern(text) }
    region.general = try pattern(territory.first("generalDesc"))
    for (kind, tag) in Self.kinds {
      guard let element = territory.first(tag), let pattern = try pattern(element) else { continue }
      let (lengths, local) = try lengths(element)
      region.lengths.formUnion(lengths)
      region.localLengths.formUnion(local)
      let language = automata.build(pattern)
      let limited = lengths.isEmpty ? language : automata.limited(language, to: lengths)
      if limited != Automata.nowhere { region.kinds.append((kind, try Pattern(written(limited)))) }
      if let digits = element.first("exampleNumber")?.text { region.examples.append((kind, digits)) }
    }
    region.localLengths.subtract(region.lengths)
    region.short = try pattern(short?.first("shortCode"))
    region.emergency = try pattern(short?.first("emergency"))
    return region
  }

  private func written(_ root: Int) -> String {
    var writer = PatternWriter(automata)
    return writer.text(root)
  }

  /// The pattern of an element, written anew.
  private mutating func pattern(_ element: XMLElement?) throws(PlanError) -> Pattern? {
    guard let text = element?.first("nationalNumberPattern")?.text else { return nil }
    return try canonical(try Pattern(text))
  }

  private mutating func canonical(_ pattern: Pattern) throws(PlanError) -> Pattern {
    let root = automata.build(pattern)
    return try Pattern(written(root))
  }

  private func lengths(_ element: XMLElement) throws(PlanError) -> (Set<Int>, local: Set<Int>) {
    let attributes = element.first("possibleLengths")?.attributes ?? [:]
    return (Self.lengths(attributes["national"]), Self.lengths(attributes["localOnly"]))
  }

  /// Reads lengths such as `6,[8-10]`; -1 means none.
  private static func lengths(_ text: String?) -> Set<Int> {
    var lengths: Set<Int> = []
    for part in (text ?? "").split(separator: ",") where !part.hasPrefix("-") {
      let bounds = part.filter { $0 != "[" && $0 != "]" }.split(separator: "-").compactMap { Int($0) }
      if let first = bounds.first, let last = bounds.last, first <= last { lengths.formUnion(first...last) }
    }
    return lengths
  }

  // MARK: Trunk prefixes

  private mutating func trunk(_ territory: XMLElement) throws(PlanError) -> [NumberingPlan.TrunkRule] {
    let text = territory.attributes["nationalPrefixForParsing"] ?? territory.attributes["nationalPrefix"] ?? ""
    guard !text.isEmpty else { return [] }
    let (insert, used) = Self.transform(territory.attributes["nationalPrefixTransformRule"])
    let choices = if case .choice(let choices) = try Pattern(text) { choices } else { [try Pattern(text)] }
    var rules: [NumberingPlan.TrunkRule] = []
    for choice in choices {
      var parts = if case .sequence(let parts) = choice { parts } else { [choice] }
      guard used > 0, case .repeated(let inner, 0...1)? = parts.last, Self.captures(inner) > 0 else {
        rules.append(try rule(parts, insert, used))
        continue
      }
      parts.removeLast()
      // An optional group is tried with it first.
      let inside = if case .sequence(let inside) = inner { inside } else { [inner] }
      rules.append(try rule(parts + inside, insert, used))
      rules.append(try rule(parts, insert, used))
    }
    // Plain prefixes are one pattern.
    let plain = rules.filter { $0.keep == nil }.map(\.drop)
    rules.removeAll { $0.keep == nil }
    if !plain.isEmpty { rules.append(.init(drop: try canonical(.choice(plain)))) }
    return rules
  }

  /// `268$1` puts 268 in front of the first group.
  private static func transform(_ text: String?) -> (insert: String, group: Int) {
    let parts = (text ?? "").split(separator: "$", omittingEmptySubsequences: false)
    guard parts.count == 2, let group = Int(parts[1]) else { return ("", 0) }
    return (String(parts[0]), group)
  }

  private static func captures(_ pattern: Pattern) -> Int {
    switch pattern {
    case .capture: 1
    case .sequence(let parts), .choice(let parts): parts.map(captures).reduce(0, +)
    case .repeated(let part, _): captures(part)
    case .digit, .end: 0
    }
  }

  private mutating func rule(
    _ parts: [Pattern], _ insert: String, _ used: Int
  ) throws(PlanError) -> NumberingPlan.TrunkRule {
    var rule = NumberingPlan.TrunkRule()
    var dropped: [Pattern] = []
    var group = 0
    for part in parts {
      if case .capture(let kept) = part {
        group += 1
        if group == used {
          rule.keep = try canonical(kept)
          rule.insert = insert
          continue
        }
      }
      if case .end = part {
        rule.isWhole = true
      } else if rule.keep == nil {
        dropped.append(part)
      } else if case .digit(let set) = part, set.nonzeroBitCount == 1 {
        rule.tail += String(set.trailingZeroBitCount)
      } else {
        throw PlanError("a trunk rule has more than plain digits behind what it keeps")
      }
    }
    rule.drop = try canonical(.sequence(dropped))
    return rule
  }

  // MARK: Layouts

  private mutating func layouts(_ territory: XMLElement) throws(PlanError) -> [NumberingPlan.Layout] {
    var layouts: [NumberingPlan.Layout] = []
    let trunk = territory.attributes["nationalPrefix"] ?? ""
    for format in territory.first("availableFormats")?.all("numberFormat") ?? [] {
      guard let text = format.attributes["pattern"], let written = format.first("format")?.text else { continue }
      let leading = format.all("leadingDigits").last?.text
      let national = Self.template(
        written,
        rule: format.attributes["nationalPrefixFormattingRule"]
          ?? territory.attributes["nationalPrefixFormattingRule"], trunk: trunk)
      let abroad = format.first("intlFormat")?.text ?? written
      layouts.append(
        .init(
          leading: try canonical(try Pattern(leading ?? "")), groups: try Self.groups(text), national: national,
          international: abroad == "NA" ? nil : Self.template(abroad, rule: nil, trunk: trunk)))
    }
    return layouts
  }

  private static func groups(_ text: String) throws(PlanError) -> [ClosedRange<Int>] {
    let pattern = try Pattern(text)
    let parts = if case .sequence(let parts) = pattern { parts } else { [pattern] }
    var groups: [ClosedRange<Int>] = []
    for part in parts {
      switch part {
      case .capture(.digit(Pattern.anyDigit)): groups.append(1...1)
      case .capture(.repeated(.digit(Pattern.anyDigit), let counts)): groups.append(counts)
      default: throw PlanError("the groups of '\(text)' are not all digits")
      }
    }
    return groups
  }

  /// Writes `$1 $2` with the rule `($NP$FG)` and the trunk prefix 0 as `(0a) b`.
  private static func template(_ format: String, rule: String?, trunk: String) -> String {
    var text = ""
    var isGroup = false
    var isFirst = true
    for character in format {
      if character == "$" {
        isGroup = true
      } else if isGroup, let number = character.wholeNumberValue {
        let letter = String(Array("abcdefghi")[max(0, min(number, 9) - 1)])
        text += isFirst ? (rule ?? "$FG").replacing("$NP", trunk).replacing("$FG", letter) : letter
        isFirst = false
        isGroup = false
      } else {
        text.append(character)
      }
    }
    return text
  }

  // MARK: Time zones

  private static func zones(_ text: String) -> [NumberingPlan.Zones] {
    var prefixes: [String: [String]] = [:]
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let parts = line.split(separator: "|")
      if parts.count == 2 { prefixes[String(parts[1]), default: []].append(String(parts[0])) }
    }
    return prefixes.sorted { $0.key < $1.key }.map { names, prefixes in
      .init(names: names.split(separator: "&").map(String.init), prefixes: prefixes.sorted())
    }
  }
}

extension String {
  fileprivate func replacing(_ part: String, _ other: String) -> String {
    var result = ""
    var rest = self[...]
    while !rest.isEmpty {
      if rest.hasPrefix(part) {
        result += other
        rest = rest.dropFirst(part.count)
      } else {
        result.append(rest.removeFirst())
      }
    }
    return result
  }
}
