extension NumberingPlan {
  /// The text form that ``init(text:)`` reads.
  var text: String {
    var lines = [
      "# The telephone numbers of every country, as facts: what is dialled in front, how long numbers are, which digits",
      "# are given to what, and how they are written. Documentation/Phone-Numbers.md tells the notation.",
    ]
    var writer = PatternText()
    for country in countries {
      lines.append("country \(country.callingCode)")
      if country.hasGeographicMobiles { lines.append("geographic-mobiles") }
      for layout in country.layouts {
        let groups = layout.groups.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
        lines.append(
          "layout \(writer.text(layout.leading)); \(groups.joined(separator: " ")); \(layout.national); "
            + (layout.international ?? "-"))
      }
      for region in country.regions { lines += region.lines(&writer) }
    }
    for zones in zones {
      lines.append("zones \(zones.names.joined(separator: " ")): \(zones.prefixes.joined(separator: ","))")
    }
    return lines.map(Self.folded).joined(separator: "\n") + "\n"
  }

  /// Breaks a line behind 118 bytes; what follows is indented.
  private static func folded(_ line: String) -> String {
    guard !line.hasPrefix("#") else { return line }
    var result = ""
    var width = 0
    for character in line {
      if width >= 116, character != " " {
        result += "\n  "
        width = 2
      }
      result.append(character)
      width += 1
    }
    return result
  }
}

/// Writes patterns, each language always in the same way.
struct PatternText {
  private var automata = Automata()

  mutating func text(_ pattern: Pattern) -> String {
    let root = automata.build(pattern)
    var writer = PatternWriter(automata)
    return writer.text(root)
  }
}

extension NumberingPlan.Region {
  func lines(_ writer: inout PatternText) -> [String] {
    var lines = ["region \(name)"]
    if international != .empty { lines.append("international \(writer.text(international))") }
    for rule in trunk {
      var words: [String] = []
      let drop = writer.text(rule.drop)
      if !drop.isEmpty { words.append("drop=\(drop)") }
      if let keep = rule.keep { words.append("keep=\(writer.text(keep))") }
      if rule.isWhole { words.append("whole") }
      if !rule.tail.isEmpty { words.append("tail=\(rule.tail)") }
      if !rule.insert.isEmpty { words.append("insert=\(rule.insert)") }
      lines.append("trunk " + words.joined(separator: " "))
    }
    if !lengths.isEmpty { lines.append("lengths " + lengths.sorted().map(String.init).joined(separator: " ")) }
    if !localLengths.isEmpty {
      lines.append("local " + localLengths.sorted().map(String.init).joined(separator: " "))
    }
    if let leading { lines.append("leading \(writer.text(leading))") }
    if let general { lines.append("general \(writer.text(general))") }
    for (kind, pattern) in kinds { lines.append("\(kind.rawValue) \(writer.text(pattern))") }
    if let short { lines.append("short \(writer.text(short))") }
    if let emergency { lines.append("emergency \(writer.text(emergency))") }
    for (kind, digits) in examples { lines.append("example \(kind.rawValue) \(digits)") }
    return lines
  }
}
