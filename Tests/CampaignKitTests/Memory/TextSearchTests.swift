import Testing

@testable import CampaignKit

@Suite struct TextSearchTests {
  @Test func anEmptyTextIsNoSearch() {
    #expect(TextSearch(nil) == nil)
    #expect(TextSearch("") == nil)
  }

  /// The quick look at stored bytes must never say no to what the slow one finds.
  @Test(arguments: [121, 122, 123, 124] as [UInt64])
  func theQuickLookMissesNothing(seed: UInt64) throws {
    var dice = Dice(seed)
    var found = 0
    var passedOver = 0
    for _ in 0..<6000 {
      var person = Person()
      let isPlain = dice.coin()
      func name(_ dice: inout Dice) -> String? {
        if isPlain { return dice.pick(["Ada", "LOVELACE", "o'neill", "bob@Example.com", "", nil], or: nil) }
        switch dice(0...3) {
        case 0: return nil
        case 1: return dice.text()
        case 2:
          return dice.pick(
            ["Ada", "LOVELACE", "o'neill", "ﬁ", "Straße", "İstanbul", "\u{212A}elvin", "\u{37E}"], or: "")
        default: return String(repeating: dice.pick(["ab", "Ba", "é"], or: "a"), count: dice(0...90))
        }
      }
      person.firstName = name(&dice)
      person.lastName = name(&dice)
      person.email = name(&dice)
      person.company = name(&dice)
      let number = dice.number()
      // A piece of what is there, in some case, or anything.
      let texts = [person.fullName ?? "", person.email ?? "", number.description].map { Array($0) }
      let from = dice.pick(texts, or: [])
      let start = dice(0...from.count)
      var needle = String(from[start..<min(from.count, start + dice(0...6))])
      if dice(0...3) == 0 { needle = isPlain ? "Q\(dice(0...99))" : dice.text() }
      if dice.coin() { needle = needle.uppercased() }
      guard let search = TextSearch(needle) else { continue }
      let bytes = writing { person.write(to: &$0) }
      let quick = search.words.allSatisfy { word in
        bytes.withUnsafeBytes { word.mayBeIn($0) } || word.isIn(number: number.digits)
      }
      let slow = search.matches(person, number: number)
      if slow { found += 1 }
      if !quick { passedOver += 1 }
      #expect(quick || !slow, "seed \(seed): \(needle.debugDescription) in \(person)")
    }
    // Otherwise the test would say nothing, or the quick look would be of no use.
    #expect(found > 200 && passedOver > 100, "seed \(seed): \(found) found, \(passedOver) passed over")
  }

  @Test func textIsFoundWhateverTheCase() {
    let person = Person(firstName: "Ada", lastName: "LOVELACE", email: "Ada@Example.COM", company: "Engines")
    for needle in ["ada", "ADA", "a l", "lovelace", "@EXAMPLE", "ada lovelace", "4155", "+1415", "2671"] {
      #expect(TextSearch(needle)?.matches(person, number: samplePhone) == true, "\(needle)")
    }
    for needle in ["adal", "Engines", "9999", "lovelaces"] {
      #expect(TextSearch(needle)?.matches(person, number: samplePhone) == false, "\(needle)")
    }
    #expect(TextSearch("x")?.matches(nil) == false)
  }
}
