/// Reads the tables that the facts about telephone numbers are compiled to.
enum NumberingFacts {
  /// The word at an address; 0 behind the end.
  @inline(__always)
  static func word(_ address: Int) -> Int {
    guard address >= 0, address < NumberingTables.wordCount else { return 0 }
    // Three bytes a word, and one more behind the last: inside the literal, whose size the generator has made so.
    let bytes = UnsafeRawPointer(NumberingTables.words.utf8Start)
    let raw = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: address &* 3, as: UInt32.self)) ^ 0x30_3030
    return Int(raw & 0x7f | raw >> 1 & 0x3f80 | raw >> 2 & 0x1f_c000)
  }

  /// A text, by where it is and how long.
  static func text(_ reference: Int) -> UnsafeBufferPointer<UInt8> {
    let start = reference & 0x7fff
    let count = reference >> 15
    guard start + count <= NumberingTables.text.utf8CodeUnitCount else {
      return UnsafeBufferPointer(start: nil, count: 0)
    }
    return UnsafeBufferPointer(start: NumberingTables.text.utf8Start + start, count: count)
  }

  // MARK: Automata

  /// Where a digit leads from a state; 0 is nowhere.
  @inline(__always)
  static func step(_ state: Int, _ digit: Int) -> Int {
    let changes = word(state) & 0x3ff & (2 &<< digit &- 1)
    return changes == 0 ? 0 : word(state &+ changes.nonzeroBitCount)
  }

  @inline(__always)
  static func label(_ state: Int) -> Int { word(state) >> 10 }

  /// The label of a number; 0 if the automaton does not have it.
  static func label(of digits: DigitString, from root: Int) -> Int {
    var state = root
    var rest = digits
    while state != 0, let digit = rest.popFirst() { state = step(state, digit) }
    return label(state)
  }

  /// The longest beginning of a number that the automaton has; nil if it has none.
  static func longestPrefix(of digits: DigitString, from root: Int) -> (count: Int, label: Int)? {
    var state = root
    var rest = digits
    var found: (count: Int, label: Int)?
    var count = 0
    while state != 0 {
      let label = label(state)
      if label != 0 { found = (count, label) }
      guard let digit = rest.popFirst() else { break }
      state = step(state, digit)
      count += 1
    }
    return found
  }
}

/// What shares a calling code.
struct CountryFacts {
  private let address: Int
  private static let size = 4

  init(index: Int) { address = NumberingTables.countries + index * Self.size }

  /// The country whose calling code a number begins with, and the length of the code.
  static func first(of digits: DigitString) -> (country: CountryFacts, codeLength: Int)? {
    guard let found = NumberingFacts.longestPrefix(of: digits, from: NumberingTables.callingCodes) else { return nil }
    return (CountryFacts(index: found.label - 1), found.count)
  }

  var callingCode: Int { NumberingFacts.word(address) }
  var mainRegion: RegionFacts { RegionFacts(index: NumberingFacts.word(address + 1)) }
  var layouts: Int { NumberingFacts.word(address + 2) }
  var hasGeographicMobiles: Bool { NumberingFacts.word(address + 3) != 0 }
}

/// The numbering plan of a region.
struct RegionFacts {
  private let address: Int
  private static let size = 9

  init(index: Int) { address = NumberingTables.regions + index * Self.size }

  init?(_ region: Region) {
    guard region.number < 676 else { return nil }
    let index = NumberingFacts.word(NumberingTables.regionIndex + Int(region.number))
    guard index > 0 else { return nil }
    self.init(index: index - 1)
  }

  var region: Region { Region(number: UInt16(truncatingIfNeeded: NumberingFacts.word(address))) }
  var country: CountryFacts { CountryFacts(index: NumberingFacts.word(address + 1)) }
  /// A bit for each possible length, and for each length that only works inside a town.
  private var lengths: Int { NumberingFacts.word(address + 2) }
  private var localLengths: Int { NumberingFacts.word(address + 3) }
  private var general: Int { NumberingFacts.word(address + 4) }
  private var international: Int { NumberingFacts.word(address + 5) }
  private var short: Int { NumberingFacts.word(address + 6) }
  private var trunk: Int { NumberingFacts.word(address + 7) }

  /// Whether digits look like a national number here.
  func isPlausible(_ digits: DigitString) -> Bool { NumberingFacts.label(of: digits, from: general) != 0 }

  enum Length { case possible, localOnly, tooShort, tooLong, between }

  func length(_ count: Int) -> Length {
    let bit = count < 20 ? 1 << count : 1 << 20
    if localLengths & bit != 0 { return .localOnly }
    if lengths & bit != 0 { return .possible }
    if lengths & (bit - 1) == 0 { return .tooShort }
    return lengths < bit ? .tooLong : .between
  }

  /// How many digits in front say that a call goes abroad; nil if they do not.
  func internationalPrefix(of digits: DigitString) -> Int? {
    guard let count = NumberingFacts.longestPrefix(of: digits, from: international)?.count else { return nil }
    // No calling code begins with 0.
    let rest = digits.dropFirst(count)
    return rest.isEmpty || rest.first != 0 ? count : nil
  }

  enum Short { case service, emergency }

  func short(_ digits: DigitString) -> Short? {
    switch NumberingFacts.label(of: digits, from: short) {
    case 0: nil
    case 1: .service
    default: .emergency
    }
  }

  /// The number without what is dialled in front of it inside the country, unless it was a number only with that.
  func withoutTrunkPrefix(_ digits: DigitString) -> DigitString {
    guard let changed = rewritten(digits), changed != digits else { return digits }
    return isPlausible(digits) && !isPlausible(changed) ? digits : changed
  }

  private func rewritten(_ digits: DigitString) -> DigitString? {
    guard trunk != 0 else { return nil }
    for index in 0..<NumberingFacts.word(trunk) {
      let rule = trunk + 1 + index * 6
      var rest = digits
      let drop = NumberingFacts.word(rule)
      if drop != 0 {
        guard let found = NumberingFacts.longestPrefix(of: digits, from: drop) else { continue }
        rest = digits.dropFirst(found.count)
      }
      let keep = NumberingFacts.word(rule + 1)
      guard keep != 0 else { return rest }
      guard let kept = NumberingFacts.longestPrefix(of: rest, from: keep)?.count else { continue }
      guard NumberingFacts.word(rule + 2) == 0 || kept == rest.count else { continue }
      let inserted = DigitString(
        UInt64(NumberingFacts.word(rule + 5)), count: NumberingFacts.word(rule + 4))
      let tail = NumberingFacts.word(rule + 3)
      return inserted.appending(rest.prefix(kept - tail))?.appending(rest.dropFirst(kept))
    }
    return nil
  }
}
