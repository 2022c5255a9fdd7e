import CampaignKit
import Testing

@Suite struct PhoneNumberTests {
  @Test func has3To15Digits() {
    #expect(PhoneNumber(digits: 99) == nil)
    #expect(PhoneNumber(digits: 0) == nil)
    #expect(PhoneNumber(digits: 100)?.description == "+100")
    #expect(PhoneNumber(digits: 999_999_999_999_999)?.description == "+999999999999999")
    #expect(PhoneNumber(digits: 1_000_000_000_000_000) == nil)
    #expect(PhoneNumber(digits: .max) == nil)
  }

  @Test func readsBackAndSorts() {
    var dice = Dice(41)
    for _ in 0..<2000 {
      let digits = UInt64.random(in: 100...999_999_999_999_999, using: &dice.generator)
      let number = PhoneNumber(digits: digits)
      #expect(number.flatMap { PhoneNumber($0.description) } == number)
      #expect(number.flatMap { PhoneNumber(e164: $0.description) }?.digits == digits)
    }
  }

  @Test(
    arguments: [
      ("+1 (415) 555-2671", 14_155_552_671), ("+1.415.555.2671", 14_155_552_671), (" +14155552671 ", 14_155_552_671),
      ("(+1)4155552671", 14_155_552_671), ("+123", 123), ("+999999999999999", 999_999_999_999_999),
    ] as [(String, UInt64)])
  func signsAmongTheDigitsAreIgnored(_ text: String, _ digits: UInt64) {
    #expect(PhoneNumber(e164: text)?.digits == digits)
  }

  @Test(arguments: [
    "", "+", "14155552671", "+0", "+014155552671", "++14155552671", "+1+4155552671", "1+4155552671", "+12",
    "+1000000000000000", "+99999999999999999999999999", "+1415555267x", "+１４１５５５５２６７１", "+1415 555 2671 ext 5",
    "tel:+14155552671", "+1\u{0}4155552671", "+1\t4155552671", "+-", "+1\u{301}4155552671", "0014155552671",
  ])
  func malformedNumbersAreRefused(_ text: String) {
    #expect(PhoneNumber(e164: text) == nil)
    #expect(PhoneNumber(text) == nil)
  }

  @Test func theMaskShowsFourDigitsAtMost() {
    #expect(samplePhone.masked == "+14*******71")
    #expect(PhoneNumber(digits: 123)?.masked == "+***")
    #expect(PhoneNumber(digits: 1234)?.masked == "+****")
    #expect(PhoneNumber(digits: 12_345)?.masked == "+12*45")
    #expect(PhoneNumber(digits: 999_999_999_999_999)?.masked == "+99***********99")
  }
}

@Suite struct PhonePrefixTests {
  @Test func aNumberHasExactlyThePrefixesOfItsDigits() throws {
    var dice = Dice(42)
    for _ in 0..<2000 {
      let length = dice(3...15)
      let text = String(dice(1...9)) + (1..<length).map { _ in String(dice(0...9)) }.joined()
      let number = try #require(UInt64(text).flatMap { PhoneNumber(digits: $0) })
      for count in 1...length {
        let start = try #require(UInt64(text.prefix(count)))
        #expect(PhonePrefix(digits: start).map(number.hasPrefix) == true, "\(text) has \(start)")
        if let above = PhonePrefix(digits: start + 1) { #expect(!number.hasPrefix(above), "\(text) has not \(above)") }
        if let below = PhonePrefix(digits: start - 1) { #expect(!number.hasPrefix(below), "\(text) has not \(below)") }
      }
      if let longer = UInt64(text + "0").flatMap({ PhonePrefix(digits: $0) }) { #expect(!number.hasPrefix(longer)) }
    }
  }

  @Test func has1To15Digits() {
    #expect(PhonePrefix(digits: 0) == nil)
    #expect(PhonePrefix(digits: 1)?.description == "+1")
    #expect(PhonePrefix(digits: 999_999_999_999_999)?.description == "+999999999999999")
    #expect(PhonePrefix(digits: 1_000_000_000_000_000) == nil)
    #expect(PhonePrefix(digits: .max) == nil)
    let last = PhoneNumber(digits: 999_999_999_999_999)
    #expect(PhonePrefix(digits: 999_999_999_999_999).flatMap { last?.hasPrefix($0) } == true)
  }

  @Test(arguments: [
    "", "+", "1900", "+0", "+01900", "+0001", "++1900", "+-1900", "+1 900", "+1900*", "+²", "+１９００",
    "+1000000000000000", "+99999999999999999999999", "+1900\u{0}", " +1900", "+00000000000000000001",
  ])
  func malformedPrefixesAreRefused(_ text: String) {
    #expect(PhonePrefix(text) == nil)
    #expect(Suppression.Pattern(text + "*") == nil)
  }

  @Test(arguments: ["*", "+*", "+12", "+1900**", "1900*", "+1900 *", "", "+019005551234"])
  func malformedPatternsAreRefused(_ text: String) {
    #expect(Suppression.Pattern(text) == nil)
  }

  @Test func patternsReadBack() {
    for entry in Samples.suppressions {
      #expect(Suppression.Pattern(entry.pattern.description) == entry.pattern)
    }
  }
}
