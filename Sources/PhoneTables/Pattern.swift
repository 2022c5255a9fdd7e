/// What digits a number may have, as a tree: the notation of numbering-plan.txt and of public numbering metadata.
///
/// `x` (or `\d`) is any digit, `[2-57]` some digits, `{3}` and `{2,9}` repeat, `?` is optional, `|` separates choices.
/// A `$` is only understood at the end of a trunk rule of the public metadata.
indirect enum Pattern: Equatable, Sendable {
  /// One digit of a set, a bit for each.
  case digit(UInt16)
  case sequence([Pattern])
  case choice([Pattern])
  case repeated(Pattern, ClosedRange<Int>)
  /// A group that a rule of the public metadata refers to.
  case capture(Pattern)
  case end

  static let anyDigit = UInt16(0b11_1111_1111)
  static let empty = Pattern.sequence([])

  init(_ text: some StringProtocol) throws(PlanError) {
    var parser = PatternParser(text: Array(text.utf8.filter { $0 > 32 }))
    self = try parser.choice()
    guard parser.isAtEnd else { throw PlanError("the pattern '\(text)' has something behind its end") }
  }
}

/// What is wrong with the facts.
struct PlanError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

private struct PatternParser {
  let text: [UInt8]
  var position = 0

  var isAtEnd: Bool { position == text.count }

  private var next: Character? { position < text.count ? Character(Unicode.Scalar(text[position])) : nil }

  private mutating func skip(_ wanted: String) -> Bool {
    guard text[position...].starts(with: wanted.utf8) else { return false }
    position += wanted.utf8.count
    return true
  }

  private func failure(_ wanted: String) -> PlanError {
    PlanError("the pattern '\(String(decoding: text, as: UTF8.self))' needs \(wanted) at \(position)")
  }

  mutating func choice() throws(PlanError) -> Pattern {
    var choices = [try sequence()]
    while skip("|") { choices.append(try sequence()) }
    return choices.count == 1 ? choices[0] : .choice(choices)
  }

  private mutating func sequence() throws(PlanError) -> Pattern {
    var parts: [Pattern] = []
    while let next, next != "|", next != ")" {
      let part = try atom()
      parts.append(try repeated(part))
    }
    return parts.count == 1 ? parts[0] : .sequence(parts)
  }

  private mutating func atom() throws(PlanError) -> Pattern {
    if skip("(?:") { return try group() }
    if skip("(") { return .capture(try group()) }
    if skip("[") { return .digit(try digitSet()) }
    if skip("x") || skip("\\d") { return .digit(Pattern.anyDigit) }
    if skip("$") { return .end }
    return .digit(1 << (try digit()))
  }

  private mutating func group() throws(PlanError) -> Pattern {
    let inner = try choice()
    guard skip(")") else { throw failure("a ')'") }
    return inner
  }

  private mutating func digit() throws(PlanError) -> Int {
    guard let value = next?.wholeNumberValue else { throw failure("a digit") }
    position += 1
    return value
  }

  private mutating func digitSet() throws(PlanError) -> UInt16 {
    var set: UInt16 = 0
    while !skip("]") {
      if skip("\\d") {
        set = Pattern.anyDigit
        continue
      }
      let first = try digit()
      let last = skip("-") ? try digit() : first
      guard first <= last else { throw failure("digits in order") }
      for value in first...last { set |= 1 << value }
    }
    return set
  }

  private mutating func repeated(_ part: Pattern) throws(PlanError) -> Pattern {
    if skip("?") { return .repeated(part, 0...1) }
    guard skip("{") else { return part }
    let least = try number()
    let most = skip(",") ? try number() : least
    guard skip("}"), least <= most else { throw failure("a '}'") }
    return .repeated(part, least...most)
  }

  private mutating func number() throws(PlanError) -> Int {
    var value = try digit()
    while next?.isWholeNumber == true { value = value * 10 + (try digit()) }
    return value
  }
}
