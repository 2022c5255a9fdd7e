/// A text as few ASCII letters: every script's digits are digits, every dash is a hyphen, small letters only.
struct PhoneLetters {
  private var letters: [UInt8] = []
  /// Where each letter stood in the text.
  private var positions: [Int] = []

  private static let otherLetter: UInt8 = 0xff
  private static let otherSymbol: UInt8 = 0xfe
  /// The Cyrillic letters of the word for an extension.
  private static let cyrillic: [Unicode.Scalar: UInt8] = [
    "д": 0x80, "Д": 0x80, "о": 0x81, "О": 0x81, "б": 0x82, "Б": 0x82,
  ]

  var count: Int { letters.count }

  init(_ text: UnsafeBufferPointer<UInt8>) {
    for (position, scalar) in String(decoding: text, as: UTF8.self).unicodeScalars.enumerated() {
      guard let letter = Self.letter(scalar) else { continue }
      letters.append(letter)
      positions.append(position)
    }
  }

  /// Nil for what cannot be seen by itself: marks on other letters, and signs for the direction of writing.
  private static func letter(_ scalar: Unicode.Scalar) -> UInt8? {
    switch scalar.value {
    case 9: return UInt8(ascii: " ")
    case 65...90: return UInt8(scalar.value) + 32
    case 0..<128: return UInt8(scalar.value)
    // The wide forms of ASCII.
    case 0xff01...0xff5e:
      let plain = UInt8(scalar.value - 0xff01 + 33)
      return (65...90).contains(plain) ? plain + 32 : plain
    case 0x2010...0x2015, 0x2212, 0x30fc: return UInt8(ascii: "-")
    case 0x2053, 0x223c: return UInt8(ascii: "~")
    case 0xf3, 0xd3: return UInt8(ascii: "o")
    default: break
    }
    if let cyrillic = cyrillic[scalar] { return cyrillic }
    let properties = scalar.properties
    if properties.numericType == .decimal, let value = properties.numericValue { return 48 + UInt8(value) }
    switch properties.generalCategory {
    case .format, .nonspacingMark, .enclosingMark: return nil
    case .spaceSeparator: return UInt8(ascii: " ")
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
      .letterNumber, .otherNumber:
      return otherLetter
    default: return otherSymbol
    }
  }

  // MARK: Classes

  private static func isDigit(_ letter: UInt8) -> Bool { (48...57).contains(letter) }
  private static func isLatin(_ letter: UInt8) -> Bool { (97...122).contains(letter) }

  private static func isPunctuation(_ letter: UInt8) -> Bool {
    switch letter {
    case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "("), UInt8(ascii: ")"),
      UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "/"), UInt8(ascii: "~"), UInt8(ascii: "*"), UInt8(ascii: "x"):
      true
    default: false
    }
  }

  private static func isLetterOrNumber(_ letter: UInt8) -> Bool {
    isDigit(letter) || isLatin(letter) || letter == otherLetter || (0x80...0x82).contains(letter)
  }

  // MARK: Parts

  private func first(_ part: String) -> Int? {
    let part = Array(part.utf8)
    guard part.count <= letters.count else { return nil }
    return (0...letters.count - part.count).first { letters[$0...].starts(with: part) }
  }

  private func ends(with part: [UInt8], before end: Int) -> Bool {
    end >= part.count && letters[(end - part.count)..<end].elementsEqual(part)
  }

  mutating func cut(at end: Int) {
    letters.removeSubrange(end...)
    positions.removeSubrange(end...)
  }

  func error(at index: Int) -> PhoneNumberError {
    guard index < letters.count else { return PhoneNumberError(.noDigits) }
    return PhoneNumberError(.unexpectedCharacter, at: positions[index])
  }

  /// Puts the calling code of a `tel:` address in front, and removes what is no part of a number.
  mutating func applyParameters() {
    if let start = first(";phone-context=") {
      let value = letters[(start + ";phone-context=".utf8.count)...].prefix { $0 != UInt8(ascii: ";") }
      let code = value.first == UInt8(ascii: "+") ? Array(value) : []
      let codePositions = [Int](repeating: start, count: code.count)
      let begin = first("tel:").map { min($0 + 4, start) } ?? 0
      letters = code + letters[begin..<start]
      positions = codePositions + positions[begin..<start]
    }
    if let start = first(";isub=") { cut(at: start) }
  }

  /// Removes what is before the first digit or plus sign, what is behind the last letter, and a second number.
  mutating func trim() throws(PhoneNumberError) {
    guard let start = letters.firstIndex(where: { Self.isDigit($0) || $0 == UInt8(ascii: "+") }) else {
      throw PhoneNumberError(.noDigits)
    }
    letters.removeSubrange(..<start)
    positions.removeSubrange(..<start)
    while let last = letters.last, !Self.isLetterOrNumber(last), last != UInt8(ascii: "#") { cut(at: count - 1) }
    for (index, letter) in letters.enumerated() where letter == UInt8(ascii: "/") || letter == UInt8(ascii: "\\") {
      guard letters[(index + 1)...].first(where: { $0 != UInt8(ascii: " ") }) == UInt8(ascii: "x") else { continue }
      return cut(at: index)
    }
  }

  /// The first letter before `end` that keeps the text from being a number; `end` if there are too few digits.
  func problem(before end: Int) -> Int? {
    let start = letters.firstIndex { $0 != UInt8(ascii: "+") } ?? end
    var digits = 0
    for index in start..<max(start, end) {
      let letter = letters[index]
      if Self.isDigit(letter) {
        digits += 1
      } else if !Self.isPunctuation(letter), digits < 3 || !Self.isLatin(letter) {
        return index
      }
    }
    return digits >= 3 || digits == 2 && end == 2 ? nil : end
  }

  /// The digits that are dialled. Three letters or more stand for the digits on their keys; fewer stand for nothing.
  func dialled() throws(PhoneNumberError) -> DialledNumber {
    let spells = letters.lazy.filter(Self.isLatin).prefix(3).count == 3
    var digits = DigitString()
    for letter in letters {
      var digit: UInt8?
      if Self.isDigit(letter) {
        digit = letter - 48
      } else if spells, Self.isLatin(letter) {
        digit = Self.keys[Int(letter - 97)] - 48
      }
      if let digit, !digits.append(digit) { throw PhoneNumberError(.tooLong) }
    }
    return DialledNumber(digits: digits, isInternational: letters.first == UInt8(ascii: "+"))
  }

  private static let keys = Array("22233344455566677778889999".utf8)
}

// MARK: Extensions

extension PhoneLetters {
  private static let words: [[UInt8]] = {
    let latin = ["xt", "xtn", "xtensi", "xtensin", "xtensio", "xtension"]
    return (latin.map { "e" + $0 } + latin + ["anexo"]).map { Array($0.utf8) } + [[0x80, 0x81, 0x82]]
  }()
  private static let signs = ["x", "#", "~", "int"].map { Array($0.utf8) }
  private static let parameter = Array(";ext=".utf8)

  private static func isSeparator(_ letter: UInt8) -> Bool {
    letter == UInt8(ascii: " ") || letter == UInt8(ascii: ",") || letter == UInt8(ascii: "-")
  }

  /// The extension at the end, and where the number in front of it ends; nil if there is none.
  func splitExtension() -> (end: Int, digits: String)? {
    let hasHash = letters.last == UInt8(ascii: "#")
    let end = count - (hasHash ? 1 : 0)
    let length = letters[..<end].reversed().prefix { Self.isDigit($0) }.count
    guard length > 0, length <= 20 else { return nil }
    let start = end - length
    guard let numberEnd = numberEnd(before: start, length: length, hasHash: hasHash) else { return nil }
    return (numberEnd, String(decoding: letters[start..<end], as: UTF8.self))
  }

  /// Where the number ends in front of the mark of an extension that begins at `start`. The more a mark may mean
  /// something else, the shorter the extension must be.
  private func numberEnd(before start: Int, length: Int, hasHash: Bool) -> Int? {
    if ends(with: Self.parameter, before: start) { return start - Self.parameter.count }
    let gap = start - letters[..<start].reversed().prefix { Self.isSeparator($0) }.count
    var label = gap
    if gap > 0, letters[gap - 1] == UInt8(ascii: ":") || letters[gap - 1] == UInt8(ascii: ".") { label -= 1 }
    for label in label == gap ? [gap] : [label, gap] {
      if let word = Self.words.first(where: { ends(with: $0, before: label) }) {
        return withoutSeparators(label - word.count)
      }
      if length <= 9, let sign = Self.signs.first(where: { ends(with: $0, before: label) }) {
        return withoutSeparators(label - sign.count)
      }
      if length <= 15, ends(with: [UInt8(ascii: ";")], before: label) { return withoutSeparators(label - 1) }
    }
    if let comma = letters[gap..<start].firstIndex(of: UInt8(ascii: ",")) {
      let isDouble = letters[(comma + 1)..<start].first == UInt8(ascii: ",")
      if length <= (isDouble ? 15 : 9) { return withoutSeparators(comma) }
    }
    return hasHash && length <= 6 && gap < start ? gap : nil
  }

  private func withoutSeparators(_ end: Int) -> Int {
    end - letters[..<max(0, end)].reversed().prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ",") }.count
  }
}
