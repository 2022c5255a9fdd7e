/// The facts as numbers of 21 bits, and the texts that they point to.
///
/// A state of an automaton is a header and the addresses its digits lead to. The header has a bit for each digit that
/// leads elsewhere than the digit before it, and above these ten bits the label. Address 0 is nowhere.
struct NumberingTables {
  private(set) var words: [Int] = [0]
  private(set) var text = ""
  /// Where things are, by the names they have in the library.
  private(set) var places: [(name: String, value: Int)] = []
  private(set) var stateCount = 0

  static let kinds: [NumberingPlan.Kind] = [
    .tollFree, .premium, .sharedCost, .personal, .voip, .pager, .uan, .voicemail,
  ]
  /// The numbers of fixed, mobile and either; the others follow in the order of ``kinds``.
  static let fixed = 1
  static let mobile = 2
  static let either = 3

  private var automata = Automata()
  private var addresses = [Automata.nowhere: 0]
  private var texts: [String: Int] = [:]

  init(_ plan: NumberingPlan) throws(PlanError) {
    let regions = plan.countries.flatMap(\.regions)
    var callingCodes = Automata.nowhere
    var everything = Automata.nowhere
    var labels: [Int: Int] = [:]
    var countryWords: [Int] = []
    var regionWords: [Int] = []
    var regionIndex = [Int](repeating: 0, count: 676)
    var layouts = Layouts()
    for (index, country) in plan.countries.enumerated() {
      let code = try Pattern(country.callingCode)
      guard let number = Int(country.callingCode), country.callingCode.utf8.count <= 3, !country.regions.isEmpty else {
        throw PlanError("the calling code \(country.callingCode) is unusable")
      }
      let first = regionWords.count / Self.regionSize
      callingCodes = automata.union(callingCodes, automata.build(code, then: automata.accepting(index + 1)))
      let numbers = kinds(of: country, firstRegion: first, &labels)
      let short = automata.limited(numbers, to: Set(2...(15 - country.callingCode.utf8.count)))
      everything = automata.union(everything, automata.build(code, then: short))
      countryWords += [number, first, store(self.layouts(of: country, &layouts)), country.hasGeographicMobiles ? 1 : 0]
      for region in country.regions {
        let name = try Self.number(of: region.name)
        if name < 676 { regionIndex[name] = regionWords.count / Self.regionSize + 1 }
        regionWords += try words(of: region, name: name, country: index)
      }
    }
    guard labels.count < 2048, layouts.pairs.count < 2048, regions.count < 512 else {
      throw PlanError("there are more labels than fit into 11 bits")
    }
    place("callingCodes", store(callingCodes))
    place("plan", store(everything))
    try placeZones(plan.zones)
    append("labels", [0] + labels.sorted { $0.value < $1.value }.map(\.key))
    append("countries", countryWords)
    append("regionIndex", regionIndex)
    append("regions", regionWords)
    try placeLayouts(layouts)
    guard words.allSatisfy({ (0..<1 << 21).contains($0) }) else { throw PlanError("a number has more than 21 bits") }
  }

  private mutating func place(_ name: String, _ value: Int) { places.append((name, value)) }

  private mutating func append(_ name: String, _ values: [Int]) {
    place(name, words.count)
    words += values
  }

  /// A region's letters as a number; the world, which has numbers of its own, is 676.
  static func number(of name: String) throws(PlanError) -> Int {
    let letters = name.utf8.map { Int($0) - 65 }
    if name == "001" { return 676 }
    guard letters.count == 2, letters.allSatisfy({ (0..<26).contains($0) }) else {
      throw PlanError("the region '\(name)' has no two letters")
    }
    return letters[0] * 26 + letters[1]
  }

  // MARK: Automata

  /// The address of a state; its targets come first.
  private mutating func store(_ root: Int) -> Int {
    if let address = addresses[root] { return address }
    let state = automata.states[root]
    let targets = state.targets.map { store($0) }
    var runs: [Int] = []
    var changes = 0
    if targets.contains(where: { $0 != 0 }) {
      for (digit, target) in targets.enumerated() where digit == 0 || target != targets[digit - 1] {
        runs.append(target)
        changes |= 1 << digit
      }
    }
    let address = words.count
    words += [changes | state.label << 10] + runs
    addresses[root] = address
    stateCount += 1
    return address
  }

  /// Every number of a country with its region and kind, as one label.
  private mutating func kinds(
    of country: NumberingPlan.Country, firstRegion: Int, _ labels: inout [Int: Int]
  ) -> Int {
    let nobodys = -1
    var result = Automata.nowhere
    for (index, region) in country.regions.enumerated() {
      let kinds = region.kinds.map(\.kind)
      var roots = [automata.build(region.general ?? .empty)]
      for (_, pattern) in region.kinds { roots.append(automata.build(pattern)) }
      // What a region's first digits claim is no other region's, assigned or not.
      if let leading = region.leading {
        let rest = automata.anyDigits(upTo: 15)
        roots.append(automata.build(leading, then: rest))
      }
      let isClaiming = region.leading != nil
      let own = automata.product(roots) { accepted in
        let kind = Self.kind(accepted, kinds)
        if isClaiming {
          guard accepted.last != 0 else { return 0 }
          if kind == 0 { return nobodys }
        }
        guard kind != 0 else { return 0 }
        let key = (firstRegion + index) << 4 | kind
        let label = labels[key] ?? labels.count + 1
        labels[key] = label
        return label
      }
      result = result == Automata.nowhere ? own : automata.product([result, own]) { $0[0] != 0 ? $0[0] : $0[1] }
    }
    return automata.product([result]) { max(0, $0[0]) }
  }

  /// The kind of a number of these patterns: the general one first, then one for each of `kinds`.
  private static func kind(_ accepted: [Int], _ kinds: [NumberingPlan.Kind]) -> Int {
    guard accepted[0] != 0 else { return 0 }
    let found = zip(kinds, accepted.dropFirst()).filter { $0.1 != 0 }.map(\.0)
    if let special = NumberingPlan.Kind.allCases.first(where: { found.contains($0) && Self.kinds.contains($0) }) {
      return either + 1 + (Self.kinds.firstIndex(of: special) ?? 0)
    }
    return (found.contains(.fixed) ? fixed : 0) + (found.contains(.mobile) ? mobile : 0)
  }

  // MARK: Regions

  private static let regionSize = 9

  private mutating func words(
    of region: NumberingPlan.Region, name: Int, country: Int
  ) throws(PlanError) -> [Int] {
    let general = automata.build(region.general ?? .empty)
    let international = automata.build(region.international)
    var short = Automata.nowhere
    if let pattern = region.short { short = automata.build(pattern) }
    if let pattern = region.emergency {
      short = automata.union(short, automata.build(pattern, then: automata.accepting(2)))
    }
    let rules = try region.trunk.map { rule throws(PlanError) in try words(of: rule) }
    let stored = [store(general), region.international == .empty ? 0 : store(international), store(short)]
    let trunk = rules.isEmpty ? 0 : words.count
    if !rules.isEmpty { words += [rules.count] + rules.flatMap { $0 } }
    return [
      name, country, region.lengths.reduce(0) { $0 | 1 << $1 }, region.localLengths.reduce(0) { $0 | 1 << $1 },
    ] + stored + [trunk, 0]
  }

  private mutating func words(of rule: NumberingPlan.TrunkRule) throws(PlanError) -> [Int] {
    let drop = rule.drop == .empty ? 0 : store(automata.build(rule.drop))
    var keep = 0
    if let kept = rule.keep {
      let tail = automata.build(try Pattern(rule.tail))
      keep = store(automata.build(kept, then: tail))
    }
    guard let insert = Int("0" + rule.insert), rule.insert.utf8.count < 8 else {
      throw PlanError("a trunk rule inserts '\(rule.insert)'")
    }
    return [drop, keep, rule.isWhole ? 1 : 0, rule.tail.utf8.count, rule.insert.utf8.count, insert]
  }

  // MARK: Layouts

  private struct Layouts {
    struct Pair: Hashable {
      var national: Template?
      var international: Template?
    }
    struct Template: Hashable {
      var groups: [ClosedRange<Int>]
      var text: String
    }
    var pairs: [Pair] = []
  }

  private mutating func layouts(of country: NumberingPlan.Country, _ layouts: inout Layouts) -> Int {
    var roots: [Int] = []
    for layout in country.layouts {
      let lengths = layout.groups.map(\.lowerBound).reduce(0, +)...layout.groups.map(\.upperBound).reduce(0, +)
      let begun = automata.build(layout.leading, then: automata.anyDigits(upTo: 15))
      let counted = automata.build(.repeated(.digit(Pattern.anyDigit), lengths))
      roots.append(automata.product([begun, counted]) { $0[0] & $0[1] })
    }
    guard !roots.isEmpty else { return Automata.nowhere }
    var found = layouts
    let root = automata.product(roots) { accepted in
      let fitting = zip(country.layouts, accepted).filter { $0.1 != 0 }.map(\.0)
      guard let national = fitting.first else { return 0 }
      let abroad = fitting.first { $0.international != nil }
      let pair = Layouts.Pair(
        national: .init(groups: national.groups, text: national.national),
        international: abroad.map { .init(groups: $0.groups, text: $0.international ?? "") })
      if let index = found.pairs.firstIndex(of: pair) { return index + 1 }
      found.pairs.append(pair)
      return found.pairs.count
    }
    layouts = found
    return root
  }

  private mutating func placeLayouts(_ layouts: Layouts) throws(PlanError) {
    var known: [Layouts.Template: Int] = [:]
    func address(_ template: Layouts.Template?) throws(PlanError) -> Int {
      guard let template else { return 0 }
      if let address = known[template] { return address }
      let place = words.count
      let text = try reference(template.text)
      words += [text, template.groups.count] + template.groups.map { $0.lowerBound | $0.upperBound << 5 }
      known[template] = place
      return place
    }
    var pairs = [0, 0]
    for pair in layouts.pairs {
      pairs.append(try address(pair.national))
      pairs.append(try address(pair.international))
    }
    append("layouts", pairs)
  }

  /// Where a text is and how long.
  private mutating func reference(_ string: String) throws(PlanError) -> Int {
    let start = texts[string] ?? text.utf8.count
    if texts[string] == nil {
      texts[string] = start
      text += string
    }
    guard start < 1 << 15, string.utf8.count < 64, string.utf8.allSatisfy({ (32..<127).contains($0) }) else {
      throw PlanError("the text '\(string)' does not fit")
    }
    return start | string.utf8.count << 15
  }

  // MARK: Time zones

  private final class Prefix {
    var label = 0
    var next = [Prefix?](repeating: nil, count: 10)
  }

  private mutating func placeZones(_ zones: [NumberingPlan.Zones]) throws(PlanError) {
    let root = Prefix()
    for (index, entry) in zones.enumerated() {
      for prefix in entry.prefixes {
        var place = root
        for digit in prefix.utf8 {
          guard (48...57).contains(digit) else { throw PlanError("'\(prefix)' has something else than digits") }
          let next = place.next[Int(digit - 48)] ?? Prefix()
          place.next[Int(digit - 48)] = next
          place = next
        }
        place.label = index + 1
      }
    }
    let state = merged(root, inherited: 0)
    place("zones", store(state))
    var sets: [Int] = [0]
    for entry in zones {
      var names: [Int] = []
      for name in entry.names { names.append(try reference(name)) }
      sets.append(words.count)
      words += [names.count] + names
    }
    append("zoneSets", sets)
  }

  /// Leaves out what says the same as the shorter prefix above it.
  private mutating func merged(_ prefix: Prefix, inherited: Int) -> Int {
    let label = prefix.label == 0 ? inherited : prefix.label
    let targets = prefix.next.map { next in next.map { merged($0, inherited: label) } ?? Automata.nowhere }
    return automata.state(label == inherited ? 0 : label, targets)
  }
}

extension NumberingTables {
  var summary: String {
    "\(words.count * 3 + text.utf8.count) bytes: \(words.count) words of three bytes, of which \(stateCount) states of "
      + "automata, and \(text.utf8.count) bytes of text"
  }
}
