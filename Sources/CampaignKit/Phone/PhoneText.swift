/// The parts of a written telephone number.
struct PhoneText {
  private(set) var dialled = DialledNumber(digits: DigitString(), isInternational: false)
  private(set) var phoneExtension: String?

  /// The most bytes that a text may have.
  static let longest = 1000

  /// Reads what most numbers are: plus signs, digits and plain punctuation. Nil for anything else, right or wrong.
  static func plain(_ text: UnsafeBufferPointer<UInt8>) -> (digits: DigitString, isInternational: Bool)? {
    guard text.count <= longest else { return nil }
    var digits = DigitString()
    var isInternational = false
    var hasBegun = false
    var lastWasPlus = false
    for byte in text {
      let value = byte &- 48
      if value < 10 {
        guard digits.append(value) else { return nil }
        hasBegun = true
        lastWasPlus = false
        continue
      }
      switch byte {
      case UInt8(ascii: "+"):
        guard !hasBegun || lastWasPlus else { return nil }
        isInternational = true
        hasBegun = true
        lastWasPlus = true
      case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "("), UInt8(ascii: ")"),
        UInt8(ascii: "/"):
        lastWasPlus = false
      default: return nil
      }
    }
    return digits.count >= 3 ? (digits, isInternational) : nil
  }

  /// Reads any text.
  init(_ text: UnsafeBufferPointer<UInt8>) throws(PhoneNumberError) {
    guard text.count <= Self.longest else { throw PhoneNumberError(.tooLong) }
    var letters = PhoneLetters(text)
    letters.applyParameters()
    try letters.trim()
    if let split = letters.splitExtension(), letters.problem(before: split.end) == nil {
      phoneExtension = split.digits
      letters.cut(at: split.end)
    } else if let position = letters.problem(before: letters.count) {
      throw letters.error(at: position)
    }
    dialled = try letters.dialled()
  }
}
